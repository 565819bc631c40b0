"""Measures of hips, knees and trunk: functions of a movement.  The first sentence of each is its definition."""

from __future__ import annotations

import numpy as np

from ....motion import Floats
from .movement import Movement
from .reading import Reading, absent
from .sinking import excess_m, knee_flexion_deg

FPPA_UP_TO_DEG = 60.0  # of knee flexion; in a deep squat the thigh points at the viewer and its projection turns freely


def depth(movement: Movement) -> Reading:
    """Height of the hip's centre over the knee's centre at the turn, of the working leg or both legs' mean; negative
    is below the knee."""
    return _at_turn(movement, 100 * sum(share * thigh[2] for share, thigh in _thighs(movement)))


def thigh_angle(movement: Movement) -> Reading:
    """Thigh from the knee's to the hip's centre against the horizontal at the turn, of the working leg or both legs'
    mean; negative where the hip is below the knee."""
    rises = (share * np.degrees(np.arcsin(thigh[2] / np.linalg.norm(thigh))) for share, thigh in _thighs(movement))
    return _at_turn(movement, sum(rises))


def knee_flexion(movement: Movement, side: str = "") -> Reading:
    """Flexion of the knee at the turn (180° less the angle between thigh and shank), of the working leg or both legs'
    mean."""
    shares = {side: 1.0} if side else movement.shares
    return _at_turn(
        movement, sum(share * movement.at_turn(knee_flexion_deg(movement, one)) for one, share in shares.items())
    )


def hip_flexion(movement: Movement, side: str = "") -> Reading:
    """Flexion of the hip at the turn (180° less the angle between trunk and thigh), of the working leg or both legs'
    mean."""
    return _at_turn(movement, movement.at_turn(movement.hip_deg(side)))


def trunk_lean(movement: Movement) -> Reading:
    """Lean of the trunk, from between the hips to between the shoulders, against the vertical in the sagittal plane at
    the turn; forwards is positive."""
    return _at_turn(movement, movement.at_turn(movement.lean_deg))


def most_lean(movement: Movement) -> Reading:
    """Largest lean of the trunk forwards in the repetition, against the vertical in the sagittal plane: that which it
    has, or more, for a tenth of the time."""
    return _for_a_tenth(movement, movement.lean_deg)


def most_sideways(movement: Movement) -> Reading:
    """Largest lean of the trunk to either side in the repetition, against the vertical in the frontal plane: that which
    it has, or more, for a tenth of the time."""
    return _for_a_tenth(movement, np.abs(movement.sideways_deg))


def knee_separation(movement: Movement) -> Reading:
    """Distance of the knees across the body as a share of that of the ankles, at the turn."""
    return _at_turn(movement, 100 * movement.at_turn(movement.knee_separation))


def least_knee_separation(movement: Movement) -> Reading:
    """Smallest distance of the knees across the body as a share of that of the ankles, on the way up while the knees
    are bent by more than half of what they are at the turn: that which they have, or less, for a tenth of that time."""
    bent = movement.knee_deg() > movement.knee_deg()[movement.bottom] / 2
    rising = np.arange(len(bent)) >= movement.bottom
    path = np.where(bent & rising, movement.knee_separation, np.nan)
    return _for_a_tenth(movement, -path, -100)


def fppa(movement: Movement) -> Reading:
    """Frontal plane projection angle at the turn: hip, knee and ankle in the frontal plane, of the working leg or both
    legs' mean; the knee inwards is positive.  Only up to 60° of knee flexion."""
    bent_deg = float(movement.knee_deg()[movement.bottom])
    if bent_deg > FPPA_UP_TO_DEG:
        return absent(
            f"the knee is bent {bent_deg:.0f}° there: beyond {FPPA_UP_TO_DEG:.0f}° a projected angle means nothing"
        )
    return _at_turn(movement, float(np.mean([_inwards_deg(movement, side) for side in movement.working])))


def shift(movement: Movement) -> Reading:
    """How far the middle of the hips is to the left of the middle of the ankles at the turn, less than at the start;
    negative is to the right."""
    aside = _aside(movement)
    return _at_turn(movement, movement.at_turn(aside) - float(aside[0]))


def reach(movement: Movement) -> Reading:
    """How far the middle of the hips is from the middle of the ankles towards the working leg at the turn, as a share
    of the leg's length."""
    sign = 1 if movement.repetition.side == "left" else -1
    return _at_turn(movement, sign * movement.at_turn(_aside(movement)) / movement.body.leg_m)


def left_right(movement: Movement) -> Reading:
    """Flexion of the left knee less that of the right at the turn."""
    return _at_turn(movement, movement.at_turn(movement.knee_deg("left") - movement.knee_deg("right")))


def stance(movement: Movement) -> Reading:
    """Distance of the ankles across the body as a share of that of the shoulders: the medians of the repetition."""
    apart = [abs(float(np.nanmedian(movement.between(part) @ movement.left))) for part in ("ankle", "shoulder")]
    return Reading(100 * apart[0] / apart[1])


def locked_knees(movement: Movement) -> Reading:
    """Flexion of the knees at lock-out, the mean of both."""
    return Reading(float(movement.knee_deg()[-1]), movement.at_s(-1))


def _aside(movement: Movement) -> Floats:
    """Of the middle of the hips to the left of the middle of the ankles (T,), cm."""
    aside: Floats = 100 * (movement.middle("hip") - movement.middle("ankle")) @ movement.left
    return aside


def _inwards_deg(movement: Movement, side: str) -> float:
    sign = 1 if side == "left" else -1
    hip, knee, ankle = (movement.point(f"{side}_{part}")[movement.bottom] for part in ("hip", "knee", "ankle"))
    thigh, shank = (
        np.array([(end - start) @ movement.left, (end - start)[2]]) for start, end in ((knee, hip), (ankle, knee))
    )
    outwards = np.degrees(np.arctan2(shank[0], shank[1]) - np.arctan2(thigh[0], thigh[1]))
    return float(-sign * outwards)


def _thighs(movement: Movement) -> list[tuple[float, Floats]]:
    """What each working leg counts, and its thigh at the turn (3,), without its half of the leg's excess."""
    thighs = []
    for side, share in movement.shares.items():
        too_high_m = movement.at_turn(excess_m(movement, side)) / 2
        thighs.append((share, movement.thigh(side)[movement.bottom] - np.array([0.0, 0.0, too_high_m])))
    return thighs


def _at_turn(movement: Movement, value: float) -> Reading:
    return Reading(float(value), movement.at_s(movement.bottom))


def _for_a_tenth(movement: Movement, path: Floats, scale: float = 1.0) -> Reading:
    """What a path (T,) is above for a tenth of the time: nearly its largest value, which a spoiled frame does not
    change."""
    if not np.isfinite(path).any():
        return absent("its points are not known")
    value = float(np.nanpercentile(path, 90))
    return Reading(scale * value, movement.at_s(int(np.nanargmin(np.abs(path - value)))))
