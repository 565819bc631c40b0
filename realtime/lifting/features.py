"""What the network is fed, and how its answer is turned back into camera axes.

Each feature set is computed from one frame alone, so that a streaming network, which
sees every frame once, gives exactly what a whole-window evaluation gives.  The
functions take NumPy arrays (live), torch tensors (training) and symbols (export) alike,
batched in front: `rays` is (..., J, 2), the directions x/z and y/z to the COCO-17
keypoints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..skeleton import COCO17, H36M17, Skeleton

_HIPS = COCO17.indices(("left_hip", "right_hip"))
_JOINTS = len(COCO17)
_MORE = 3  # channels after the points, of the sets that have them: hip ray and log size

# Points near or behind a camera have rays without bound, which wreck batch-norm
# statistics in training; a body part is never further out than this many body sizes.
_RAY_LIMIT = 2.5
_BODY_LIMIT = 5.0
# Body size, in rays, of a person some tens of metres away; keeps a collapsed pose finite.
_SMALLEST_SIZE = 1e-3
# How far before the turned camera a point is at least, in units of its ray.
_NEAREST = 0.1


def _namespace(array: Any) -> Any:
    """The library an array belongs to, without importing it."""
    if hasattr(array, "__array_namespace__"):  # of the array API standard
        return array.__array_namespace__()
    return sys.modules[type(array).__module__.partition(".")[0]]


def hip_ray(rays: Any) -> Any:
    """The clamped ray (..., 2) to the middle of the hips."""
    left, right = _HIPS
    return ((rays[..., left, :] + rays[..., right, :]) / 2).clip(-_RAY_LIMIT, _RAY_LIMIT)


def view_rotation(hip: Any) -> Any:
    """Rotations (..., 3, 3) that turn the camera towards the ray (..., 2), without roll:
    yaw to it, then pitch.  `rotation @ point` is the point in the turned camera."""
    u, v = hip[..., 0], hip[..., 1]
    level, length = _lengths(u, v)
    right = (1 / level, 0 * u, -u / level)
    down = (-u * v / (level * length), level / length, -v / (level * length))
    forward = (u / length, v / length, 1 / length)
    return _namespace(hip).stack([*right, *down, *forward], -1).reshape(*u.shape, 3, 3)


def _lengths(u: Any, v: Any) -> tuple[Any, Any]:
    """Of the rays (u, 0, 1) and (u, v, 1)."""
    xp = _namespace(u)
    square = 1 + u * u
    return xp.sqrt(square), xp.sqrt(square + v * v)


def _body(points: Any, hip: Any) -> Any:
    """Points about the hips (..., J, 2) → divided by their RMS size, and where and how
    large they are: (..., 2 J + 3)."""
    xp = _namespace(points)
    flat = points.reshape(*points.shape[:-2], 2 * _JOINTS)
    size = xp.sqrt((flat * flat).sum(-1) / _JOINTS).clip(_SMALLEST_SIZE, None)[..., None]
    return xp.concatenate([(flat / size).clip(-_BODY_LIMIT, _BODY_LIMIT), hip, xp.log(size)], -1)


def screen(rays: Any, _hip: Any) -> Any:
    """Clamped rays as they are (..., 2 J)."""
    return rays.clip(-_RAY_LIMIT, _RAY_LIMIT).reshape(*rays.shape[:-2], 2 * _JOINTS)


def centred(rays: Any, hip: Any) -> Any:
    """Rays about the hips, divided by size; hip ray and log size beside (..., 2 J + 3)."""
    return _body(rays.clip(-_RAY_LIMIT, _RAY_LIMIT) - hip[..., None, :], hip)


def turned(rays: Any, hip: Any) -> Any:
    """As `centred`, seen by a camera turned towards the hips, which removes the
    perspective of a person standing off-centre (..., 2 J + 3)."""
    rays = rays.clip(-_RAY_LIMIT, _RAY_LIMIT)
    x, y, u, v = rays[..., 0], rays[..., 1], hip[..., 0, None], hip[..., 1, None]
    level, length = _lengths(u, v)
    # The rows of view_rotation, multiplied out.
    ahead = ((u * x + v * y + 1) / length).clip(_NEAREST, None)
    right = (x - u) / level
    down = (level * level * y - v - u * v * x) / (level * length)
    return _body(_namespace(rays).stack([right / ahead, down / ahead], -1), hip)


def _unchanged(joints: Any, _hip: Any) -> Any:
    return joints


def _turn_back(joints: Any, hip: Any) -> Any:
    return joints @ view_rotation(hip)


def _turn(joints: Any, hip: Any) -> Any:
    return joints @ view_rotation(hip).swapaxes(-1, -2)


@dataclass(frozen=True)
class FeatureSet:
    """`encode`: rays (..., J, 2) of any number of frames and their `hip_ray` → channels
    (..., `channels`).  `decode`: the network's joints (..., 17, 3) and the newest frame's
    hip ray → joints in camera axes.  `target` is the inverse of `decode`, for training."""

    name: str
    channels: int
    encode: Callable[[Any, Any], Any]
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


@dataclass(frozen=True)
class Mirror:
    """What a mirror does to a row of numbers: `row[order] * sign`."""

    order: tuple[int, ...]
    sign: tuple[float, ...]

    def __call__(self, rows: Any) -> Any:
        """The mirror image of rows (..., n), an array or a tensor."""
        is_tensor = hasattr(rows, "new_tensor")  # which may lie on a GPU
        sign = rows.new_tensor(self.sign) if is_tensor else _namespace(rows).asarray(self.sign, dtype=rows.dtype)
        return rows[..., list(self.order)] * sign

    def matrix(self) -> list[list[float]]:
        """(n, n): `rows @ matrix` is the mirror image."""
        return [
            [sign if row == place else 0.0 for place, sign in zip(self.order, self.sign, strict=True)]
            for row in range(len(self.order))
        ]


def _of_points(skeleton: Skeleton, axes: int) -> Mirror:
    """Of points of `axes` coordinates each, one after the other, x first."""
    order = (axes * joint + axis for joint in skeleton.mirror for axis in range(axes))
    return Mirror(tuple(order), (-1.0, *[1.0] * (axes - 1)) * len(skeleton))


def mirror_of_channels(channels: int) -> Mirror:
    """Of what the feature sets with so many channels give: `encode` of a mirror image is the
    mirror image of `encode`.  ValueError if there is no such set."""
    points = _of_points(COCO17, 2)
    if channels == len(points.order):
        return points
    if channels != len(points.order) + _MORE:
        raise ValueError(f"no feature set has {channels} channels")
    more = range(len(points.order), channels)
    return Mirror((*points.order, *more), (*points.sign, -1.0, 1.0, 1.0))


MIRROR_OF_JOINTS = _of_points(H36M17, 3)  # of a network's output (..., 51), which the camera's turn keeps
