"""By how much the camera looks down, and a level body."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ....kinematics.camera_tilt import COLUMNS, estimated_pitch, upright_sample
from ....motion import Floats, Motion3D
from ....pose import ESTIMATED, GIVEN
from ...body import Body
from ..result import MARKERS, Tilt

TOLD, BY_LIFT, BY_STANDING, NOT_KNOWN = "told", "estimated by lift", "standing feet and trunk", "not known"
# Half widths in which nine of ten true tilts lie: a phone's spirit level; `python -m benchmarks camera_tilt` (2° in the
# median, 6° in one of ten); cameras that nobody has levelled stand within this of level.
_ERRORS_DEG = {TOLD: 1.0, BY_LIFT: 6.0, BY_STANDING: 6.0, NOT_KNOWN: 12.0}
_SAMPLES_A_SECOND = 10
_STILL_M_S = 0.1  # the mean of all joints, about the pelvis
_TO_CAMERA = np.array([1, -1, 1], np.float32)


def tilt_of(motion: Motion3D, origin: str, told_deg: float | None) -> Tilt | None:
    """The tilt of the camera of a motion; None for points that were measured in a level room.

    Told as an option or to `lift`, else estimated by `lift` when the motion was lifted, else estimated here from where
    somebody stands still (kinematics/camera_tilt.py)."""
    if told_deg is not None:
        return Tilt(told_deg, TOLD, _ERRORS_DEG[TOLD])
    if origin == MARKERS:
        return None
    levelled = motion.camera_pitch
    if levelled is not None and levelled.how in (GIVEN, ESTIMATED):
        how = TOLD if levelled.how == GIVEN else BY_LIFT
        return Tilt(levelled.deg, how, _ERRORS_DEG[how])
    pitch_deg = _standing_pitch_deg(motion)
    if pitch_deg is None:
        return Tilt(0.0, NOT_KNOWN, _ERRORS_DEG[NOT_KNOWN])
    return Tilt(pitch_deg, BY_STANDING, _ERRORS_DEG[BY_STANDING])


def levelled(body: Body, motion: Motion3D, tilt: Tilt | None) -> Body:
    """A body with the tilt taken out, less what the axes of its motion are levelled by already."""
    more_deg = 0.0 if tilt is None else tilt.pitch_deg - (motion.camera_pitch.deg if motion.camera_pitch else 0.0)
    if more_deg == 0.0:
        return body
    cos, sin = math.cos(math.radians(more_deg)), math.sin(math.radians(more_deg))
    level = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])
    at = {name: path @ level.T for name, path in body.at.items()}
    return replace(body, at=at, travel=None if body.travel is None else body.travel @ level.T)


def height_error_m(tilt: Tilt | None, between_m: Floats) -> float:
    """By how much a difference of heights may be wrong for the tilt's sake: the vector between the points (3,) turns
    about the picture's horizontal, so what lies along the view counts."""
    return 0.0 if tilt is None else math.sin(math.radians(tilt.error_deg)) * abs(float(between_m[1]))


def _standing_pitch_deg(motion: Motion3D) -> float | None:
    every = max(1, round(motion.fps / _SAMPLES_A_SECOND))
    joints, roots = motion.joints[::every], motion.root_m[::every]
    step_s = every / motion.fps
    speed = np.linalg.norm(np.gradient(joints, step_s, axis=0), axis=2).mean(1) if len(joints) > 1 else np.zeros(1)
    samples = []
    for pose, root in zip(joints[speed < _STILL_M_S], roots[speed < _STILL_M_S], strict=True):
        turned, place = (points[..., [0, 2, 1]] * _TO_CAMERA for points in (pose, root))  # x, -z, y
        sample = upright_sample(turned, place if np.isfinite(place).all() else None, motion.skeleton)
        if sample is not None:
            samples.append(sample)
    return estimated_pitch(np.array(samples, np.float64).reshape(-1, COLUMNS))
