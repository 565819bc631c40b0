"""Quantities of distance and speed: functions of a trial and one stride.  The first sentence of each is its
definition."""

from __future__ import annotations

import numpy as np

from ....motion import Floats
from ..result import LEFT, OTHER_SIDE, RUN, WALK, Stride
from ..trial import Trial
from .timing import contact_time, flight_time

GRAVITY_M_S2 = 9.81
_NAN = float("nan")


def foot_point(trial: Trial, side: str) -> str:
    """The point that stands for a foot: its heel, or its ankle where there is no heel."""
    return f"{side}_heel" if trial.body.has("heel") else f"{side}_ankle"


def stride_length(trial: Trial, stride: Stride) -> float:
    """Distance along the direction of progress between two contacts of a foot."""
    point = foot_point(trial, stride.side)
    way = trial.place(point, stride.next_contact_s) - trial.place(point, stride.contact_s)
    return _along(trial, stride, way)


def step_length(trial: Trial, stride: Stride) -> float:
    """Distance along the direction of progress from the other foot at its contact to this foot at its next contact."""
    way = _step(trial, stride)
    return _NAN if way is None else _along(trial, stride, way)


def step_width(trial: Trial, stride: Stride) -> float:
    """Distance across the direction of progress from the other foot to this foot at its contact; negative where they
    cross.

    The other foot counts where it landed.  Where the sway of the hips in the room is not known it counts, in a walk,
    where it stands at that moment."""
    way = _feet_apart(trial, stride) if trial.kind == WALK and not trial.in_room else _step(trial, stride)
    if way is None:
        return _NAN
    x, y, _ = trial.direction((stride.contact_s + stride.next_contact_s) / 2)
    left = float(way @ [-y, x, 0])
    return left if stride.side == LEFT else -left


def speed(trial: Trial, stride: Stride) -> float:
    """Speed over the ground (of a treadmill: its belt's): the distance between two contacts of a foot by their time."""
    return stride_length(trial, stride) / stride.duration_s


def vertical_oscillation(trial: Trial, stride: Stride) -> float:
    """Height of the hips' middle, its highest less its lowest, from a foot's contact to the other foot's contact."""
    if stride.other_contact_s is None:
        return _NAN
    if trial.in_room and trial.body.travel is not None:
        height = trial.between(trial.body.travel[:, 2], stride.contact_s, stride.other_contact_s)
        return float(np.ptp(height))
    if trial.kind == RUN:
        return _bounce(stride)
    return float(np.ptp(trial.between(trial.height_over_feet, stride.contact_s, stride.other_contact_s)))


def _bounce(stride: Stride) -> float:
    """Of a runner whose hips' height is not known, from contact time c and flight time f: under a force that rises
    and falls as half a sine (Morin et al. 2005), integrated twice, the hips sink by g c (c + f) / (2 π) - g c² / 8 in
    stance, and rise by g f² / 8 in flight."""
    contact, flight = contact_time(stride), max(flight_time(stride), 0)
    sink = contact * (contact + flight) / (2 * np.pi) - contact**2 / 8
    return GRAVITY_M_S2 * (sink + flight**2 / 8)


def _step(trial: Trial, stride: Stride) -> Floats | None:
    if stride.other_contact_s is None:
        return None
    here = trial.place(foot_point(trial, stride.side), stride.next_contact_s)
    return here - trial.place(foot_point(trial, OTHER_SIDE[stride.side]), stride.other_contact_s)


def _feet_apart(trial: Trial, stride: Stride) -> Floats:
    """From the other foot to this one at its next contact."""
    here, there = (trial.body.at[foot_point(trial, side)] for side in (stride.side, OTHER_SIDE[stride.side]))
    return trial.body.value(here, stride.next_contact_s) - trial.body.value(there, stride.next_contact_s)


def _along(trial: Trial, stride: Stride, way: Floats) -> float:
    direction = trial.direction((stride.contact_s + stride.next_contact_s) / 2)
    return float(way @ direction / np.linalg.norm(direction))
