"""Feet pointing where a detector sees heels and toes.

A foot in the picture is known but for its depth.  What it covers across the line of sight is
taken from the keypoints, the sign of its depth from the foot at rest, and its length from the
adult that is drawn.  The metres of a pixel are those that fit the joints of the limbs to their
own keypoints, so neither the field of view nor the camera's pitch is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...skeleton import H36M17, LIMB_JOINTS, Skeleton
from ...smoothing import OneEuro
from ..view import Floats
from .feet import HEEL_M, TOE_M, Feet, feet_at_rest
from .vectors import unit

_SCORES = 0.3, 0.6  # keypoints below the first are not used, above the second fully
_BACKWARDS = -0.5, 0.0  # cosine to the foot at rest: so far no ankle turns, the keypoints are wrong
_UNDECIDED_M = 0.04  # a depth of the foot at rest that says little about its sign
_SMALLEST_PX = 8.0  # a body below this has no feet to see

_HEELS, _TOES = (tuple(f"{side}_{part}" for side in ("left", "right")) for part in ("heel", "toe"))
# What shows the left and the right foot, in any detector's skeleton.
FOOT_POINTS = tuple({f"{side}_{part}" for part in ("ankle", "heel", "toe")} for side in ("left", "right"))
_LIMBS = H36M17.indices(LIMB_JOINTS)
_PELVIS = H36M17.index("pelvis")
_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))


@dataclass(frozen=True, eq=False)
class Keypoints:
    """2D keypoints `xy` (K, 2) px of a `skeleton`; `trust` (2,) in 0..1: the scores of the left
    and the right foot; `root_m` (3,) the pelvis from the camera, if that is known."""

    xy: Floats
    skeleton: Skeleton
    trust: Floats
    root_m: Floats | None = None


class SeenFeet:
    """The feet of a person over time.  Causal; `reset` for another person."""

    def __init__(self) -> None:
        self._smooth = OneEuro(min_cutoff_hz=1.5, beta=6.0)

    def reset(self) -> None:
        """Forget the past."""
        self._smooth.reset()

    def __call__(self, joints: Floats, keypoints: Keypoints | None, t_s: float) -> Floats:
        """Heel and toe of the left and the right foot (2, 2, 3) m of the joints (17, 3), which
        stand on a floor at z = 0."""
        with np.errstate(all="ignore"):
            feet = feet_at_rest(joints)
            if keypoints is not None:
                forward = seen_directions(joints, feet, keypoints)
                feet = feet.turned_to(unit(self._smooth(np.asarray(forward, np.float32), t_s)))
            return feet.points()


def seen_directions(joints: Floats, rest: Feet, keypoints: Keypoints) -> Floats:
    """Unit vectors (2, 3) from heel to toe: the keypoints', as far as they can be trusted, and
    those at rest otherwise."""
    if not {*_HEELS, *_TOES, *LIMB_JOINTS} <= set(keypoints.skeleton.joints):
        return rest.forward
    sight = joints - joints[_PELVIS] + (np.array([0.0, 1e3, 0.0]) if keypoints.root_m is None else keypoints.root_m)
    metres = _metres_per_px(joints[_LIMBS], keypoints.xy[keypoints.skeleton.indices(LIMB_JOINTS)], sight[_PELVIS])
    heels, toes = (keypoints.xy[keypoints.skeleton.indices(names)] for names in (_HEELS, _TOES))
    distance = np.linalg.norm(sight, axis=-1)
    across_m = metres * (distance[_ANKLES] / distance[_PELVIS])[:, None] * (toes - heels)
    seen = _with_depth(across_m, unit(sight[_ANKLES]), rest.forward)
    trust = _ramp(keypoints.trust, *_SCORES) * _ramp((seen * rest.forward).sum(-1), *_BACKWARDS)
    directions = unit(rest.forward + trust[:, None] * (seen - rest.forward))
    return np.where(np.isfinite(directions).all(-1, keepdims=True), directions, rest.forward)


def _with_depth(across_m: Floats, ray: Floats, rest: Floats) -> Floats:
    """Unit vectors (2, 3) that cover `across_m` (2, 2) m right and down, seen along `ray` (2, 3)."""
    right, down = _picture_axes(ray)
    length = HEEL_M + TOE_M
    depth_at_rest = length * (ray * rest).sum(-1)
    depth = np.sqrt(np.maximum(length**2 - (across_m**2).sum(-1), 0))
    depth *= depth_at_rest / np.hypot(depth_at_rest, _UNDECIDED_M)
    return unit(across_m[:, :1] * right + across_m[:, 1:] * down + depth[:, None] * ray + 0.01 * rest)


def _metres_per_px(joints: Floats, xy: Floats, sight: Floats) -> float:
    """The scale at which the keypoints (n, 2) px fit the joints (n, 3) m; NaN for none."""
    axes = np.stack(_picture_axes(unit(sight)), 1)
    flat, seen = joints @ axes, xy - xy.mean(0)
    spread = (seen * seen).sum()
    scale = float(((flat - flat.mean(0)) * seen).sum() / spread) if spread > len(xy) * _SMALLEST_PX**2 else np.nan
    return scale if scale > 0 else np.nan


def _picture_axes(ray: Floats) -> tuple[Floats, Floats]:
    """Unit vectors (..., 3) right and down in a picture whose line of sight is `ray`."""
    right = unit(np.cross(ray, [0.0, 0.0, 1.0]))
    return right, np.cross(ray, right)


def _ramp(x: Floats, low: float, high: float) -> Floats:
    share: Floats = np.clip((x - low) / (high - low), 0, 1)
    return share
