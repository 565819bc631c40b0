"""What the network is fed, and how its answer is turned back into camera axes.

Each feature set is computed from one frame alone, so that a streaming network, which
sees every frame once, gives exactly what a whole-window evaluation gives.  The
functions take NumPy arrays (live) and torch tensors (training) alike, batched in front:
`rays` is (..., J, 2), the directions x/z and y/z to the COCO-17 keypoints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .skeleton import COCO17

_HIPS = COCO17.indices(("left_hip", "right_hip"))
_JOINTS = len(COCO17)

# Points near or behind a camera have rays without bound, which wreck batch-norm
# statistics in training; a body part is never further out than this many body sizes.
_RAY_LIMIT = 2.5
_BODY_LIMIT = 5.0
# Body size, in rays, of a person some tens of metres away; keeps a collapsed pose finite.
_SMALLEST_SIZE = 1e-3


def _namespace(array: Any) -> Any:
    """The library an array belongs to (numpy or torch), without importing either."""
    return sys.modules[type(array).__module__.partition(".")[0]]


def view_rotation(hip_ray: Any) -> Any:
    """Rotations (..., 3, 3) that turn the camera towards the ray (..., 2), without roll:
    yaw to it, then pitch.  `rotation @ point` is the point in the turned camera."""
    xp = _namespace(hip_ray)
    u, v = hip_ray[..., 0], hip_ray[..., 1]
    zero = xp.zeros_like(u)
    level = xp.sqrt(1 + u * u)
    length = xp.sqrt(1 + u * u + v * v)
    right = (1 / level, zero, -u / level)
    down = (-u * v / (level * length), level / length, -v / (level * length))
    forward = (u / length, v / length, 1 / length)
    return xp.stack([*right, *down, *forward], -1).reshape(*u.shape, 3, 3)


def _hip_ray(rays: Any) -> Any:
    left, right = _HIPS
    return _namespace(rays).clip((rays[..., left, :] + rays[..., right, :]) / 2, -_RAY_LIMIT, _RAY_LIMIT)


def _body(points: Any, hip_ray: Any) -> Any:
    """Points about the hips (..., J, 2) → divided by their RMS size, and where and how
    large they are: (..., 2 J + 3)."""
    xp = _namespace(points)
    size = xp.clip(xp.sqrt((points * points).sum(-1).mean(-1)), _SMALLEST_SIZE, None)
    shape = xp.clip(points / size[..., None, None], -_BODY_LIMIT, _BODY_LIMIT)
    place = xp.concatenate([hip_ray, xp.log(size)[..., None]], -1)
    return xp.concatenate([shape.reshape(*shape.shape[:-2], 2 * _JOINTS), place], -1)


def screen(rays: Any) -> Any:
    """Clamped rays as they are (..., 2 J)."""
    rays = _namespace(rays).clip(rays, -_RAY_LIMIT, _RAY_LIMIT)
    return rays.reshape(*rays.shape[:-2], 2 * _JOINTS)


def centred(rays: Any) -> Any:
    """Rays about the hips, divided by size; hip ray and log size beside (..., 2 J + 3)."""
    hip = _hip_ray(rays)
    return _body(_namespace(rays).clip(rays, -_RAY_LIMIT, _RAY_LIMIT) - hip[..., None, :], hip)


def turned(rays: Any) -> Any:
    """As `centred`, seen by a camera turned towards the hips, which removes the
    perspective of a person standing off-centre (..., 2 J + 3)."""
    xp = _namespace(rays)
    hip = _hip_ray(rays)
    clipped = xp.clip(rays, -_RAY_LIMIT, _RAY_LIMIT)
    ones = xp.ones_like(clipped[..., :1])
    points = xp.concatenate([clipped, ones], -1) @ view_rotation(hip).swapaxes(-1, -2)
    ahead = xp.clip(points[..., 2:], 0.1, None)
    return _body(points[..., :2] / ahead, hip)


def _unchanged(joints: Any, _rays: Any) -> Any:
    return joints


def _turn_back(joints: Any, rays: Any) -> Any:
    return joints @ view_rotation(_hip_ray(rays))


def _turn(joints: Any, rays: Any) -> Any:
    return joints @ view_rotation(_hip_ray(rays)).swapaxes(-1, -2)


@dataclass(frozen=True)
class FeatureSet:
    """`encode`: rays (..., J, 2) of any number of frames → channels (..., `channels`).
    `decode`: the network's joints (..., 17, 3) and the newest frame's rays → joints in
    camera axes.  `target` is the inverse of `decode`, for training."""

    name: str
    channels: int
    encode: Callable[[Any], Any]
    decode: Callable[[Any, Any], Any]
    target: Callable[[Any, Any], Any]


FEATURES = {
    f.name: f
    for f in (
        FeatureSet("screen", 2 * _JOINTS, screen, _unchanged, _unchanged),
        FeatureSet("centred", 2 * _JOINTS + 3, centred, _unchanged, _unchanged),
        FeatureSet("turned", 2 * _JOINTS + 3, turned, _turn_back, _turn),
    )
}
