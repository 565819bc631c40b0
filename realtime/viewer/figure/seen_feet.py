"""Feet pointing where a detector sees heels and toes.

The rays through the keypoints of a heel and a toe, and the length of the foot, tell where it
points but for one sign: towards the camera or away from it.  The foot at rest decides it.
Focal length and pitch of the camera are those that fit the joints of the limbs to their own
keypoints, so nothing else about the camera is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...camera import camera_to_published
from ...skeleton import H36M17, LIMB_JOINTS, Skeleton
from ...smoothing import OneEuro
from ..view import Floats
from .feet import HEEL_M, TOE_M, Feet, feet_at_rest
from .vectors import unit

_SCORES = 0.3, 0.6  # keypoints below the first are not used, above the second fully
_BACKWARDS = -0.5, 0.0  # cosine to the foot at rest: so far no ankle turns, the keypoints are wrong
_UNDECIDED_M = 0.07  # a depth of the foot at rest that says little about its sign
_SMALLEST_PX = 30.0  # width and height of a body that has feet to see
_STEPS = 4  # from a level camera to one that looks 30° down

_HEELS, _TOES = (tuple(f"{side}_{part}" for side in ("left", "right")) for part in ("heel", "toe"))
# What shows the left and the right foot, in any detector's skeleton.
FOOT_POINTS = tuple({f"{side}_{part}" for part in ("ankle", "heel", "toe")} for side in ("left", "right"))
_LIMBS = H36M17.indices(LIMB_JOINTS)
_PELVIS = H36M17.index("pelvis")
_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))


@dataclass(frozen=True, eq=False)
class Keypoints:
    """2D keypoints `xy` (K, 2) px of a `skeleton` in an image of `size_wh` px; `trust` (2,) in 0..1:
    the scores of the left and the right foot; `root_m` (3,) the pelvis with the camera at the
    origin, if that is known."""

    xy: Floats
    skeleton: Skeleton
    trust: Floats
    size_wh: tuple[int, int]
    root_m: Floats | None = None

    def of(self, names: tuple[str, ...]) -> Floats:
        """The points (n, 2) of some joints, px."""
        return np.asarray(self.xy[self.skeleton.indices(names)], np.float64)


class SeenFeet:
    """The feet of a person over time.  Causal; `reset` for another person."""

    def __init__(self) -> None:
        self._smooth = OneEuro(min_cutoff_hz=1.5, beta=0.8)

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
    if keypoints.root_m is None or not {*_HEELS, *_TOES, *LIMB_JOINTS} <= set(keypoints.skeleton.joints):
        return rest.forward
    sight = np.asarray(joints - joints[_PELVIS] + keypoints.root_m, np.float64)
    camera = _fitted_camera(sight[_LIMBS], keypoints.of(LIMB_JOINTS), keypoints.size_wh)
    heels = camera.rays(keypoints.of(_HEELS)) * np.linalg.norm(sight[_ANKLES], axis=-1, keepdims=True)
    seen = _to_toes(heels, camera.rays(keypoints.of(_TOES)), rest.forward)
    trust = _ramp(keypoints.trust, *_SCORES) * _ramp((seen * rest.forward).sum(-1), *_BACKWARDS)
    directions = unit(rest.forward + trust[:, None] * (seen - rest.forward))
    return np.where(np.isfinite(directions).all(-1, keepdims=True), directions, rest.forward)


def _to_toes(heels: Floats, toe_rays: Floats, rest: Floats) -> Floats:
    """Unit vectors (2, 3) from the heels (2, 3) m to toes on the rays, a foot's length away."""
    length = HEEL_M + TOE_M
    along = (heels * toe_rays).sum(-1)
    depth = np.sqrt(np.maximum(length**2 - (heels * heels).sum(-1) + along**2, 0))
    depth_at_rest = length * (toe_rays * rest).sum(-1)
    depth *= depth_at_rest / np.hypot(depth_at_rest, _UNDECIDED_M)
    return unit((along + depth)[:, None] * toe_rays - heels + 0.01 * rest)


@dataclass(frozen=True, eq=False)
class _Camera:
    focal_px: float
    centre_px: Floats
    rotation: Floats  # (3, 3) from camera axes to published ones

    def rays(self, xy: Floats) -> Floats:
        """Unit vectors (n, 3) in published axes through pixels (n, 2)."""
        flat = (xy - self.centre_px) / self.focal_px
        return unit(np.concatenate([flat, np.ones((len(flat), 1))], -1)) @ self.rotation.T


def _fitted_camera(sight: Floats, xy: Floats, size_wh: tuple[int, int]) -> _Camera:
    """The camera at the origin that shows points (n, 3) m nearest to the pixels (n, 2).  Not finite
    where there is none."""
    centre, pitch_deg, focal_px = np.array(size_wh) / 2, 0.0, np.nan
    for _ in range(_STEPS):
        camera_axes = sight @ camera_to_published(pitch_deg)
        shown = camera_axes[:, :2] / camera_axes[:, 2:]
        across, seen = shown - shown.mean(0), xy - xy.mean(0)
        focal_px = float((across * seen).sum() / (across * across).sum())
        lower = np.arctan(shown[:, 1]) - np.arctan((xy[:, 1] - centre[1]) / focal_px)
        pitch_deg += float(np.degrees(lower.mean()))
    is_camera = np.isfinite(pitch_deg) and focal_px > 0 and np.ptp(xy[:, 1]) + np.ptp(xy[:, 0]) > _SMALLEST_PX
    return _Camera(focal_px if is_camera else np.nan, centre, camera_to_published(pitch_deg if is_camera else 0.0))


def _ramp(x: Floats, low: float, high: float) -> Floats:
    share: Floats = np.clip((x - low) / (high - low), 0, 1)
    return share
