"""Measures of time and speed: functions of a movement.  The first sentence of each is its definition."""

from __future__ import annotations

import numpy as np

from ....motion import Floats
from .movement import Movement
from .reading import Reading, absent

# A movement down in the ascent is one only beyond both: what is lifted from pictures jitters by a centimetre.
DEAD_BAND_M, DEAD_BAND_S = 0.02, 0.15
_STOPPED = 0.1  # of the fastest
_UNKNOWN = "its points are not known throughout"
_RISEN = 0.03  # less than 3 cm is no rise to tell the speed of


def down(movement: Movement) -> Reading:
    """Time from the start until the effort is within a tenth of its range from the turn."""
    return Reading(movement.at_s(movement.turning[0]) - movement.repetition.start_s)


def pause(movement: Movement) -> Reading:
    """Time in which the effort is within a tenth of its range from its value at the turn; also a turn without a stop
    takes 0.3 to 0.5 s."""
    first, last = movement.turning
    return Reading(movement.at_s(last) - movement.at_s(first), movement.at_s(first))


def up(movement: Movement) -> Reading:
    """Time from when the effort leaves the last tenth of its range to lock-out."""
    return Reading(movement.repetition.end_s - movement.at_s(movement.turning[1]))


def angle_range(movement: Movement) -> Reading:
    """Range of the exercise's angle: at the turn less the smaller one of start and lock-out."""
    effort = movement.effort_deg
    return Reading(movement.at_turn(effort) - float(min(effort[0], effort[-1])), movement.at_s(movement.bottom))


def rise(movement: Movement) -> Reading:
    """How far it rises from its lowest to its highest place after that."""
    if not np.isfinite(movement.height_m).all():
        return absent(_UNKNOWN)
    lowest, highest = _lowest(movement), _highest(movement)
    return Reading(100 * float(movement.height_m[highest] - movement.height_m[lowest]), movement.at_s(highest))


def mean_velocity(movement: Movement) -> Reading:
    """Mean velocity of the rise, over the time in which it rises faster than a tenth of its fastest."""
    if not np.isfinite(movement.height_m).all():
        return absent(_UNKNOWN)
    start, end = _ascent(movement)
    height = movement.height_m
    if end <= start or height[end] - height[start] < _RISEN:
        return absent("it hardly rises")
    return Reading(float((height[end] - height[start]) / (movement.times_s[end] - movement.times_s[start])))


def sinks(movement: Movement) -> Reading:
    """Largest movement down in the ascent, below the highest place before; 0 unless it is more than 2 cm and lasts more
    than 0.15 s."""
    if not np.isfinite(movement.height_m).all():
        return absent(_UNKNOWN)
    lowest, highest = _lowest(movement), _highest(movement)
    return _deepest_dip(movement.height_m[lowest : highest + 1], movement.times_s[lowest : highest + 1])


def _deepest_dip(height: Floats, times_s: Floats) -> Reading:
    below = np.maximum.accumulate(height) - height
    deepest = Reading(0.0)
    for frame in np.flatnonzero(below > DEAD_BAND_M):
        peak = int(np.flatnonzero(below[:frame] <= 0)[-1])
        if times_s[frame] - times_s[peak] > DEAD_BAND_S and 100 * below[frame] > deepest.value:
            deepest = Reading(100 * float(below[frame]), float(times_s[frame]))
    return deepest


def _lowest(movement: Movement) -> int:
    return int(np.argmin(movement.height_m))


def _highest(movement: Movement) -> int:
    lowest = _lowest(movement)
    return lowest + int(np.argmax(movement.height_m[lowest:]))


def _ascent(movement: Movement) -> tuple[int, int]:
    """Its first and last frame."""
    start, end = _lowest(movement), _highest(movement)
    if end - start < 2:
        return start, start
    speed = np.gradient(movement.height_m)[start : end + 1]
    rising = np.flatnonzero(speed > _STOPPED * speed.max())
    return start + int(rising[0]), start + int(rising[-1])
