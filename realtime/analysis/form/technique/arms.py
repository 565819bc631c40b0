"""Measures of elbows and of the bar between the hands: functions of a movement.  The first sentence of each is its
definition."""

from __future__ import annotations

import numpy as np

from ....kinematics.segments import bend
from ....kinematics.vectors import unit
from ....motion import Floats
from .movement import Movement
from .reading import Reading


def elbow_flexion(movement: Movement, side: str = "") -> Reading:
    """Flexion of the elbow at the turn (180° less the angle between upper arm and forearm), the mean of both arms."""
    return Reading(float(movement.elbow_deg(side)[movement.bottom]), movement.at_s(movement.bottom))


def locked_elbows(movement: Movement) -> Reading:
    """Flexion of the elbows at lock-out, the mean of both arms."""
    return Reading(float(movement.elbow_deg()[-1]), movement.at_s(-1))


def locked_hips(movement: Movement) -> Reading:
    """Flexion of the hips at lock-out: between the middles of shoulders, hips and knees."""
    return Reading(float(_bend(movement)[-1]), movement.at_s(-1))


def bar_drift(movement: Movement) -> Reading:
    """How far the middle of the wrists wanders along the sagittal plane on the way up: its foremost less its hindmost
    place."""
    below = "ankle" if movement.exercise == "deadlift" else "shoulder"
    along = movement.ahead if movement.exercise == "deadlift" else _towards_head(movement)
    way = ((movement.middle("wrist") - movement.middle(below)) @ along)[movement.bottom :]
    return Reading(100 * float(np.ptp(way)), movement.at_s(movement.bottom + int(np.argmax(way))))


def bar_tilt(movement: Movement) -> Reading:
    """Largest height of the left wrist over the right one on the way up, or of the right one (negative)."""
    higher = 100 * movement.between("wrist")[movement.bottom :, 2]
    frame = int(np.argmax(np.abs(higher)))
    return Reading(float(higher[frame]), movement.at_s(movement.bottom + frame))


def body_line(movement: Movement) -> Reading:
    """Largest bend of the body at the hips in the repetition, between the middles of shoulders, hips and knees; 0 where
    they are in one line."""
    bent = _bend(movement)
    frame = int(np.argmax(bent))
    return Reading(float(bent[frame]), movement.at_s(frame))


def _bend(movement: Movement) -> Floats:
    return bend(*(movement.middle(part) for part in ("shoulder", "hip", "knee")))


def _towards_head(movement: Movement) -> Floats:
    return unit(movement.trunk.mean(0) * [1, 1, 0])
