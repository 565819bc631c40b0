"""When feet touch the floor, from markers at their native rate: the truth that events are compared with.

A heel touches the floor while it is slower than half the speed of progress, a toe while it is slower than 0.8 times
that (the limits of Bonci et al., "An algorithm for accurate marker-based gait event detection in healthy and
pathological populations during complex motor tasks", Front. Bioeng. Biotechnol. 10, 2022), and both while they are at
most 4 cm above the level at which they stand.  A foot touches it while its heel or its toe does.

Speeds are three-dimensional, from a straight line fitted to the frames within 17 ms; the speed of progress is that of
the pelvis over 0.4 s.  The heel of CMU's trials is not captured: it is the heel of a mean foot, which turns with the
captured foot bone; their toe is the captured end of the toes.  The Qualisys runner has markers on heel and forefoot.
No force plate was there: `Limits` that are scaled up and down tell by how much the events depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....analysis.gait.result import CONTACT, SIDES, TOE_OFF
from ....motion import Floats
from .trials import Trial

_SLOPE_S = 0.017
_LEVEL_QUANTILE = 0.05  # of a point's heights: where it stands, if it does so only once
_SLOW = 0.3  # of the limit of speed: a point that stands; of the way: it stood at two places
_SLOWEST_PROGRESS_M_S = 0.6  # who starts from a crouch
_LONGEST_HOLE_S, _SHORTEST_S = 0.05, 0.08
_CLEAR_S = 0.12  # of contacts and swings: shorter ones are a foot that drags


@dataclass(frozen=True)
class Limits:
    """Below these a point touches the floor: speeds relative to that of progress, height over its level."""

    heel: float = 0.5
    toe: float = 0.8
    height_m: float = 0.04

    def scaled(self, factor: float) -> Limits:
        """All of them times a factor."""
        return Limits(self.heel * factor, self.toe * factor, self.height_m * factor)


@dataclass(frozen=True)
class Event:
    """A foot of `side` touches the floor (`kind` CONTACT) or leaves it (TOE_OFF) at `t_s`."""

    side: str
    kind: str
    t_s: float


def true_events(trial: Trial, limits: Limits | None = None) -> list[Event]:
    """The events of both feet, by time.  A contact that had begun before the trial, or lasts beyond it, has
    one event."""
    found = [event for side in SIDES for event in _of_foot(trial, side, limits or Limits())]
    return sorted(found, key=lambda event: event.t_s)


def is_clear(events: list[Event]) -> bool:
    """Whether no foot drags or stumbles: then nobody can say when it touched the floor."""
    feet = ([event.t_s for event in events if event.side == side] for side in SIDES)
    return all(len(times) > 1 and np.diff(times).min() > _CLEAR_S for times in feet)


def _of_foot(trial: Trial, side: str, limits: Limits) -> list[Event]:
    progress = np.maximum(trial.speed_m_s, _SLOWEST_PROGRESS_M_S)
    parts = (("heel", limits.heel), ("toe", limits.toe))
    margin = np.max(
        [_margin(trial.at(f"{side}_{part}"), trial.rate_hz, most * progress, limits) for part, most in parts], 0
    )
    events = []
    for start, end in _stretches(margin > 0, trial.rate_hz):
        if start > 0:
            events.append(Event(side, CONTACT, _crossing(margin, start - 1) / trial.rate_hz))
        if end < len(trial):
            events.append(Event(side, TOE_OFF, _crossing(margin, end - 1) / trial.rate_hz))
    return events


def _margin(path: Floats, rate_hz: float, most_m_s: Floats, limits: Limits) -> Floats:
    """Above 0 where a point (T, 3) touches the floor; 1 where it lies still at its level."""
    speed = np.linalg.norm(slope(path, rate_hz), axis=1)
    height = path[:, 2] - _level(path, speed < _SLOW * most_m_s)
    margin: Floats = np.minimum(1 - speed / most_m_s, 1 - height / limits.height_m)
    return margin


def _level(path: Floats, stands: NDArray[np.bool_]) -> Floats:
    """The height (T,) at which a point (T, 3) stands: a straight line along the way, for floors of captures tilt."""
    way = (path - path[0]) @ ((path[-1] - path[0]) * (1, 1, 0))
    if not stands.any() or np.ptp(way[stands]) < _SLOW * np.ptp(way):
        return np.full(len(path), np.quantile(path[:, 2], _LEVEL_QUANTILE))
    level: Floats = np.polyval(np.polyfit(way[stands], path[stands, 2], 1), way)
    return level


def slope(path: Floats, rate_hz: float) -> Floats:
    """Velocities (T, 3) of a path (T, 3): the slope of a straight line through the frames within 17 ms."""
    reach = max(1, round(_SLOPE_S * rate_hz))
    padded = np.concatenate([path[:1].repeat(reach, 0), path, path[-1:].repeat(reach, 0)])
    steps = np.arange(-reach, reach + 1)
    weights = steps / (steps**2).sum() * rate_hz
    velocity: Floats = np.stack([np.convolve(axis, weights[::-1], "valid") for axis in padded.T], 1)
    return velocity


def _stretches(touches: NDArray[np.bool_], rate_hz: float) -> list[tuple[int, int]]:
    """First and last + 1 of the frames of each contact; short holes are closed, short contacts left out."""
    edges = np.flatnonzero(np.diff(touches, prepend=False, append=False)).reshape(-1, 2).tolist()
    joined: list[tuple[int, int]] = []
    for start, end in edges:
        goes_on = joined and start - joined[-1][1] < _LONGEST_HOLE_S * rate_hz
        joined.append((joined.pop()[0] if goes_on else start, end))
    last = len(touches)
    return [(a, b) for a, b in joined if b - a >= _SHORTEST_S * rate_hz or a == 0 or b == last]


def _crossing(margin: Floats, before: int) -> float:
    """Where, between the frames `before` and the next, the margin is 0."""
    low, high = margin[before], margin[before + 1]
    return float(before + low / (low - high))
