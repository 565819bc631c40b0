"""How far the camera looks down, estimated from people who stand and walk before it.

Each upright pose points to where up is: a weighted sum of the directions of trunk and legs, and of where
the body faces, since people lean forwards a little.  The weights are regressed onto the true vertical over
lifted people of the training split, so that the networks' own lean is in them.  Whoever walks about also
shows the floor: the lower ankles lie on one plane, whose slope is what is left of the tilt (after Lv, Zhao &
Nevatia, "Self-calibration of a camera from video of a walking human", ICPR 2002).  `python -m benchmarks
camera_tilt` prints the constants, and the errors on held-out people and clips.

Only the pitch: a roll of the camera cannot be told from somebody who leans to one side for seconds.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from ..camera import Points
from ..pose import Array
from ..skeleton import Skeleton
from .vectors import unit

# Up in units of trunk, legs and facing.
TRUNK, LEGS, FACING = 0.28, 0.73, -0.06

# An upright pose: the straighter leg, the trunk against the legs, and the body against the picture's vertical.
_KNEE_BENT_DEG, _BOWED_DEG, _LYING_DEG = 50.0, 40.0, 55.0
_FEWEST = 20  # poses, at most ten a second
_EVERY = 3  # frames, where there are no times
_SPREAD_DEG = 8.0  # median deviation; beyond it the camera moves, or the person does exercises on the floor

# The floor's slope counts as much as the bodies where the feet deviate so far along the view; what stands out of
# the floor by more than `_FLAT_M` counts less; and the bodies are never wrong by more.
_FLOOR_REACH_M, _FLAT_M, _MOST_SLOPE_DEG = 0.7, 0.03, 4.5
_FLOOR_STEPS = 8
_DEPTHS_M = 0.5, 30.0

_JOINTS = [f"{side}_{part}" for part in ("hip", "knee", "ankle", "shoulder") for side in ("left", "right")]
# Of a runner the middle of the tops of the shoulders stands for the neck: the back of the neck is too far behind.
_NECKS = ("neck",), ("left_shoulder", "right_shoulder")
COLUMNS = 6  # of a sample

Sample = tuple[float, ...]  # of up, the left and the right ankle: y and z, camera axes


@cache
def _order(skeleton: Skeleton) -> tuple[list[int], list[int]] | None:
    """The indices of _JOINTS and of what the neck is the middle of, None for a skeleton without them."""
    if not set(_JOINTS) <= set(skeleton.joints):
        return None
    neck = next(names for names in _NECKS if set(names) <= set(skeleton.joints))
    return skeleton.indices(_JOINTS), skeleton.indices(neck)


def upright_sample(joints: Array, root: Array | None, skeleton: Skeleton) -> Sample | None:
    """What one pose tells, None unless it is upright.  `joints` (J, 3) m and `root` (3,) m in camera axes."""
    order = _order(skeleton)
    if order is None or not np.isfinite(joints).all():
        return None
    sides, neck = (joints[chosen].astype(np.float64) for chosen in order)
    hips, knees, ankles, shoulders = (np.array(sides[part : part + 2]) for part in range(0, 8, 2))
    hip, ankle = hips.mean(0), ankles.mean(0)
    top = neck.mean(0)
    trunk, legs, body = unit(top - hip), unit(hip - ankle), unit(top - ankle)
    bends_deg = _angles_deg(unit(knees - hips), unit(ankles - knees))
    if bends_deg.min() > _KNEE_BENT_DEG or _angles_deg(trunk, legs) > _BOWED_DEG:
        return None
    if -body[1] < math.cos(math.radians(_LYING_DEG)):
        return None
    facing = unit(np.cross(hips[0] - hips[1] + shoulders[0] - shoulders[1], body))
    up = TRUNK * trunk + LEGS * legs + FACING * facing
    near, far = _DEPTHS_M
    feet = ankles + root if root is not None and near < root[2] < far else np.full((2, 3), np.nan)
    return (*up[1:].tolist(), *feet[:, 1:].ravel().tolist())


def estimated_pitch(samples: Points, fewest: int = _FEWEST) -> float | None:
    """The pitch in degrees, positive for looking down, from the samples (n, 6) of upright poses; None
    where it cannot be told."""
    if len(samples) < fewest:
        return None
    ups = samples[:, :2]
    leans_deg = _lean_deg(ups)
    if np.median(np.abs(leans_deg - np.median(leans_deg))) > _SPREAD_DEG:
        return None
    pitch_deg = float(_lean_deg(ups.mean(0)))
    feet = samples[np.isfinite(samples).all(1), 2:].reshape(-1, 2, 2)
    return pitch_deg + (_floor_slope_deg(feet, pitch_deg) if len(feet) >= fewest else 0.0)


def pitch_of_joints(joints: Array, skeleton: Skeleton) -> float | None:
    """`estimated_pitch` of the joints (T, J, 3) of a recording, camera axes, without the place of the person."""
    found = (upright_sample(pose, None, skeleton) for pose in joints[::_EVERY])
    samples = [sample for sample in found if sample is not None]
    return estimated_pitch(np.array(samples, np.float64).reshape(-1, COLUMNS))


def _floor_slope_deg(ankles: Points, pitch_deg: float) -> float:
    """How far the floor rises away from a camera of this pitch; ankles (n, 2, 2), y and z."""
    cos, sin = math.cos(math.radians(pitch_deg)), math.sin(math.radians(pitch_deg))
    away, heights = ankles @ np.array([-sin, cos]), ankles @ np.array([-cos, -sin])
    lower = heights.argmin(1)[:, None]
    x, y = (np.take_along_axis(values, lower, 1)[:, 0] for values in (away, heights))
    weight, slope = np.ones(len(x)), 0.0
    for _ in range(_FLOOR_STEPS):
        across, above = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
        spread = np.average(across**2, weights=weight) + _FLOOR_REACH_M**2
        slope = float(np.average(across * above, weights=weight) / spread)
        weight = np.minimum(1, _FLAT_M / np.maximum(np.abs(above - slope * across), 1e-9))
    return min(max(math.degrees(math.atan(slope)), -_MOST_SLOPE_DEG), _MOST_SLOPE_DEG)


def _angles_deg(some: Points, others: Points) -> Any:
    """Between unit vectors (..., 3)."""
    return np.degrees(np.arccos(np.clip((some * others).sum(-1), -1, 1)))


def _lean_deg(ups: Points) -> Any:
    """How far up (..., 2), y and z in camera axes, leans towards the camera."""
    return np.degrees(np.arctan2(-ups[..., 1], -ups[..., 0]))
