"""Input features of the networks, and the way from their output back to camera axes.

Each feature set is computed from one frame alone, so that a streaming network, which
sees every frame once, equals a whole-window evaluation exactly.  The
functions take NumPy arrays (live), torch tensors (training) and symbols (export) alike,
batched in front: `rays` is (..., J, 2), the directions x/z and y/z to the keypoints of
the skeleton that the network takes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ..skeleton import COCO17, Skeleton

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


def hip_ray(rays: Any, skeleton: Skeleton) -> Any:
    """The clamped ray (..., 2) to the middle of the hips, of rays (..., J, 2) in a skeleton's order."""
    left, right = skeleton.hips
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
    """Points about the hips (..., J, 2) → divided by the RMS size of the body's, and where and how
    large they are: (..., 2 J + 3)."""
    xp = _namespace(points)
    joints = points.shape[-2]
    flat = points.reshape(*points.shape[:-2], 2 * joints)
    # COCO's, which are the first: so the channels mean the same with feet and without.
    sized = min(joints, len(COCO17))
    body = flat[..., : 2 * sized]
    size = xp.sqrt((body * body).sum(-1) / sized).clip(_SMALLEST_SIZE, None)[..., None]
    return xp.concatenate([(flat / size).clip(-_BODY_LIMIT, _BODY_LIMIT), hip, xp.log(size)], -1)


def scored(points: Any, _hip: Any) -> Any:
    """Points (..., J, 3), x and y in whatever units they have, and their scores, as they are (..., 3 J)."""
    return points.reshape(*points.shape[:-2], 3 * points.shape[-2])


def screen(rays: Any, _hip: Any) -> Any:
    """Clamped rays as they are (..., 2 J)."""
    return rays.clip(-_RAY_LIMIT, _RAY_LIMIT).reshape(*rays.shape[:-2], 2 * rays.shape[-2])


def centred(rays: Any, hip: Any) -> Any:
    """Rays about the hips, divided by size; hip ray and log size beside (..., 2 J + 3)."""
    return _body(rays.clip(-_RAY_LIMIT, _RAY_LIMIT) - hip[..., None, :], hip)


def turned(rays: Any, hip: Any) -> Any:
    """As `centred`, in a camera turned towards the hips, which removes the perspective
    distortion of a person who stands off-centre (..., 2 J + 3)."""
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
class _Kind:
    """A row of FEATURES.  `sides` is what a mirror does to the sign of each channel after the
    points, of the sets that have them: hip ray and log size.  `axes`: numbers of a point."""

    encode: Callable[[Any, Any], Any]
    decode: Callable[[Any, Any], Any]
    target: Callable[[Any, Any], Any]
    sides: tuple[float, ...] = ()
    axes: int = 2


SCORED = "scored"
_HIP_AND_SIZE = (-1.0, 1.0, 1.0)
FEATURES = {
    "screen": _Kind(screen, _unchanged, _unchanged),
    "centred": _Kind(centred, _unchanged, _unchanged, _HIP_AND_SIZE),
    "turned": _Kind(turned, _turn_back, _turn, _HIP_AND_SIZE),
    SCORED: _Kind(scored, _unchanged, _unchanged, axes=3),
}
FROM_RAYS = tuple(name for name, kind in FEATURES.items() if kind.axes == 2)  # what training makes


@dataclass(frozen=True)
class FeatureSet:
    """A row of FEATURES for the keypoints of a skeleton."""

    name: str
    skeleton: Skeleton

    @property
    def channels(self) -> int:
        """How many numbers a frame has."""
        return self.axes * len(self.skeleton) + len(FEATURES[self.name].sides)

    @property
    def axes(self) -> int:
        """Numbers of a point that `encode` takes: x and y, and its score for `scored`."""
        return FEATURES[self.name].axes

    def hip_ray(self, rays: Any) -> Any:
        """The clamped ray (..., 2) to the middle of the hips."""
        return hip_ray(rays, self.skeleton)

    @cached_property
    def encode(self) -> Callable[[Any, Any], Any]:
        """Rays (..., J, 2) of any number of frames and their `hip_ray` → (..., `channels`)."""
        return FEATURES[self.name].encode

    @cached_property
    def decode(self) -> Callable[[Any, Any], Any]:
        """The network's joints (..., J, 3) and the answered frame's hip ray → joints in camera axes."""
        return FEATURES[self.name].decode

    @cached_property
    def target(self) -> Callable[[Any, Any], Any]:
        """The inverse of `decode`, for training."""
        return FEATURES[self.name].target

    def places(self, fewer: FeatureSet) -> list[int]:
        """Where among these channels those of a set of the same name with fewer keypoints are."""
        points = [
            self.axes * joint + axis
            for joint in self.skeleton.indices(fewer.skeleton.joints)
            for axis in range(self.axes)
        ]
        return [*points, *range(self.axes * len(self.skeleton), self.channels)]

    @cached_property
    def mirror(self) -> Mirror:
        """Of the channels: `encode` of a mirror image is the mirror image of `encode`."""
        points, sides = _of_points(self.skeleton, self.axes), FEATURES[self.name].sides
        return Mirror((*points.order, *range(len(points.order), self.channels)), (*points.sign, *sides))


@cache
def feature_set(name: str, skeleton: Skeleton) -> FeatureSet:
    """The feature set of a name of FEATURES for keypoints of a skeleton (KeyError if there is none)."""
    FEATURES[name]
    return FeatureSet(name, skeleton)


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


@dataclass(frozen=True)
class Mirrors:
    """What a network needs to answer for the mirror image too: of its input and of its output
    (..., 3 J), which the camera's turn keeps."""

    channels: Mirror
    joints: Mirror


def mirrors(features: FeatureSet, joints: Skeleton) -> Mirrors:
    """Those of a network that is fed `features` and answers with the joints of a skeleton."""
    return Mirrors(features.mirror, _of_points(joints, 3))


def _of_points(skeleton: Skeleton, axes: int) -> Mirror:
    """Of points of `axes` coordinates each, one after the other, x first."""
    order = (axes * joint + axis for joint in skeleton.mirror for axis in range(axes))
    return Mirror(tuple(order), (-1.0, *[1.0] * (axes - 1)) * len(skeleton))
