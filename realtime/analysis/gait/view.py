"""From where the camera sees the gait."""

from __future__ import annotations

import numpy as np

from ...motion import Floats
from ..body import Body
from .result import BACK_VIEW, FRONT_VIEW, OBLIQUE_VIEW, SIDE_VIEW, View

_SIDE_DEG, _OBLIQUE_DEG = 30.0, 60.0
_AHEAD_OF_CAMERA = np.array([0.0, 1.0, 0.0])  # y is away from the camera
_LEAST_DISTANCE_M = 0.1  # a root nearer to the origin has no place before a camera
_TRUST = {
    SIDE_VIEW: "The legs swing in the picture plane: from here times and angles are most reliable.",
    OBLIQUE_VIEW: "The legs swing partly towards the camera: angles and step lengths are less reliable than from the "
    "side.",
    FRONT_VIEW: "The legs swing towards the camera, where depth is guessed: take times of events with care, and "
    "angles and step lengths as rough. Film from the side.",
    BACK_VIEW: "The legs swing away from the camera, where depth is guessed: contacts can be off by a tenth of a "
    "second, angles and step lengths are rough. Film from the side.",
}


def away_from_camera_deg(body: Body, ahead: Floats) -> Floats:
    """Angle (T,) of the direction of progress `ahead` (T, 3) to the picture plane at the place of the person: 90 is
    straight away from the camera, -90 towards it.  Where the place is not known, to the camera's axis."""
    sight = np.broadcast_to(_AHEAD_OF_CAMERA, ahead.shape)
    if body.travel is not None:
        flat = body.travel * [1, 1, 0]
        distance = np.linalg.norm(flat, axis=1, keepdims=True)
        sight = np.where(distance > _LEAST_DISTANCE_M, flat / np.maximum(distance, _LEAST_DISTANCE_M), sight)
    angle: Floats = np.degrees(np.arcsin(np.clip((ahead * sight).sum(1), -1, 1)))
    return angle


def view_of(away_deg: Floats) -> View:
    """The view for angles (N,) as above; of somebody who goes to and fro, that of the most part."""
    names = [view_name(float(angle)) for angle in away_deg]
    name = max(dict.fromkeys(names), key=names.count)
    return View(float(np.median(np.abs(away_deg))), name, _TRUST[name])


def view_name(away_deg: float) -> str:
    """One of VIEWS."""
    if abs(away_deg) <= _SIDE_DEG:
        return SIDE_VIEW
    if abs(away_deg) <= _OBLIQUE_DEG:
        return OBLIQUE_VIEW
    return BACK_VIEW if away_deg > 0 else FRONT_VIEW
