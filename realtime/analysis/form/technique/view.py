"""From where the camera sees somebody who exercises."""

from __future__ import annotations

import numpy as np

from ....kinematics.vectors import unit
from ....motion import Floats
from ...body import Body
from ..result import View
from .movement import left_of

FRONT, FRONT_QUARTER, SIDE, BACK_QUARTER, BACK = VIEWS = "front", "front-quarter", "side", "back-quarter", "back"
_UP_TO_DEG = 30.0, 60.0, 120.0, 150.0  # of the first four
_AHEAD_OF_CAMERA = np.array([0.0, 1.0, 0.0])  # y is away from the camera
_LEAST_DISTANCE_M = 0.1  # a root nearer to the origin has no place before a camera
_TRUST = {
    FRONT: "From the front the knees' distance and shifts to a side are most reliable; thighs and trunk go into the "
    "depth that one camera guesses: film from the side or obliquely for them.",
    FRONT_QUARTER: "Obliquely from the front everything is measured, less exactly than in the picture plane.",
    SIDE: "From the side depth, trunk lean and the angles of the nearer leg are most reliable; how far apart the knees "
    "are is not.",
    BACK_QUARTER: "Obliquely from behind the legs hide each other: depth and angles are less reliable than from the "
    "front or the side.",
    BACK: "From behind the legs are hidden by the body: depth and angles are guesses. Film from the front, the side or "
    "obliquely.",
}


def view_of(body: Body) -> View:
    """The view of a body, the mean of all its frames."""
    shoulders = _between(body, "shoulder") if body.has("shoulder") else np.zeros((len(body.times_s), 3))
    left = left_of(_between(body, "hip"), shoulders)
    ahead, sight = np.array([left[1], -left[0], 0.0]), _sight(body)
    facing_deg = float(np.degrees(np.arccos(np.clip(-ahead @ sight, -1, 1))))
    name = view_name(facing_deg)
    return View(90 - float(np.degrees(np.arcsin(min(1.0, abs(float(left @ sight)))))), name, _TRUST[name])


def view_name(facing_deg: float) -> str:
    """One of VIEWS, from the horizontal angle between where the body faces and the direction to the camera."""
    return VIEWS[int(np.searchsorted(_UP_TO_DEG, facing_deg, side="right"))]


def _sight(body: Body) -> Floats:
    """From the camera to the person (3,), horizontal; the camera's axis where the place is not known."""
    if body.travel is None:
        return _AHEAD_OF_CAMERA
    place = np.nanmean(body.travel, 0) * [1, 1, 0]
    return unit(place) if np.linalg.norm(place) > _LEAST_DISTANCE_M else _AHEAD_OF_CAMERA


def _between(body: Body, part: str) -> Floats:
    between: Floats = body.at[f"left_{part}"] - body.at[f"right_{part}"]
    return between
