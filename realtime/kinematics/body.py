"""The angles of one body, each NaN where the points do not determine it.

An angle is told by a distance, its lever: the turn of a thigh about its length by how far the ankle of a bent
knee is from the thigh's line.  Two points that are each off by `POINT_SD_M` across a distance d turn the line between
them by sqrt(2) POINT_SD_M / d, in radians.  Where that is more than `SD_LIMIT_DEG`, d being below `LEVER_M`, the
angle is not determined.  A straight knee tells no turn, a thigh straight out to the side no flexion.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from ..motion import Floats
from .segments import UP, axes, bend, dorsiflexion, swing, swung, within, zxy_degrees
from .vectors import cross, unit

# Of a lifted limb joint against its neighbour, across the limb: causal-27 on the rendered clips has 26 to 36 mm
# (`python -m benchmarks angles`).
POINT_SD_M = 0.03
SD_LIMIT_DEG = 22.5
LEVER_M = math.sqrt(2) * POINT_SD_M / math.radians(SD_LIMIT_DEG)  # 0.108

_SMALLEST_M = 1e-6  # points nearer to each other have no direction
_BACKMOST_DEG = -135.0  # no thigh and no upper arm points there: flexion goes from here once around
_OUTWARDS = {"left": -1.0, "right": 1.0}

Angles = tuple[Floats, ...]


class Body:
    """Points `at` (..., 3) by name, y up.  Its methods find angles (...), in degrees, of the joints of a side, "left"
    or "right"; what they mean is in `angles.JOINTS`."""

    def __init__(self, at: dict[str, Floats]) -> None:
        self.at = at

    @cached_property
    def pelvis(self) -> Floats:
        """Axes (..., 3, 3): z along the hips, y towards the spine.  NaN where they are not determined."""
        return _determined_axes(self._right("hip"), self.at["spine"] - self.at["pelvis"])

    @cached_property
    def thorax(self) -> Floats:
        """Axes (..., 3, 3): z along the shoulders, y from the spine to the neck."""
        return _determined_axes(self._right("shoulder"), self.at["neck"] - self.at["spine"])

    def hip(self, side: str) -> Angles:
        """Flexion, adduction, rotation."""
        thigh, shank = self._bone(side, "hip", "knee"), self._bone(side, "knee", "ankle")
        return _limb(self.pelvis, thigh, shank, side, bends=-1.0)

    def shoulder(self, side: str) -> Angles:
        """Flexion, adduction, rotation of the arm."""
        arm, forearm = self._bone(side, "shoulder", "elbow"), self._bone(side, "elbow", "wrist")
        return _limb(self.thorax, arm, forearm, side, bends=1.0)

    def knee(self, side: str) -> Angles:
        """Flexion."""
        return self._hinge(side, "hip", "knee", "ankle")

    def elbow(self, side: str) -> Angles:
        """Flexion."""
        return self._hinge(side, "shoulder", "elbow", "wrist")

    def ankle(self, side: str) -> Angles:
        """Dorsiflexion."""
        foot, shank = self._bone(side, "heel", "toe"), self._bone(side, "ankle", "knee")
        return (_long_enough(dorsiflexion(foot, shank), foot, shank),)

    def foot(self, side: str) -> Angles:
        """Foot-ground angle, foot progression."""
        foot, right = self._bone(side, "heel", "toe"), _level(self._right("hip") + self._right("shoulder"))
        ahead_m = (foot * cross(UP, right)).sum(-1)
        outwards = np.degrees(_OUTWARDS[side] * np.arctan2((foot * right).sum(-1), ahead_m))
        # A foot that points backwards is tipped over its toes.
        told = np.where(ahead_m > 0, _determined(outwards, _length(_level(foot)), _length(right)), np.nan)
        return _long_enough(_rise(foot, UP), foot), told

    def pelvic(self, _side: str) -> Angles:
        """Anterior tilt and obliquity, of R = Ry(rotation) Rx(-obliquity) Rz(-tilt)."""
        hips, (forward, up, right) = self._right("hip"), np.moveaxis(self.pelvis[..., 1, :], -1, 0)
        tilt = np.degrees(np.arctan2(-forward, up))
        return _determined(tilt, _length(_level(hips))), np.degrees(np.arcsin(np.clip(right, -1, 1)))

    def back(self, _side: str) -> Angles:
        """Extension, bending, rotation."""
        extension, bending, rotation = zxy_degrees(np.swapaxes(self.pelvis, -1, -2) @ self.thorax)
        # Bent by a right angle, extension and rotation are one.
        flat = np.cos(np.radians(bending))
        levers = flat * _length(self.at["neck"] - self.at["spine"]), flat * _length(self._right("shoulder"))
        return _determined(extension, *levers), bending, _determined(rotation, *levers)

    def trunk(self, _side: str) -> Angles:
        """Lean forward and to the right."""
        trunk, hips = self.at["neck"] - self.at["pelvis"], _level(self._right("hip"))
        ahead, height = (trunk * unit(cross(UP, hips))).sum(-1), trunk[..., 1]
        lean = np.degrees(np.arctan2(ahead, height))
        facing = _length(hips)
        return _determined(lean, np.hypot(ahead, height), facing), _determined(_rise(trunk, unit(hips)), facing)

    def _hinge(self, side: str, start: str, middle: str, end: str) -> Angles:
        degrees = bend(*(self.at[f"{side}_{part}"] for part in (start, middle, end)))
        return (_long_enough(degrees, self._bone(side, start, middle), self._bone(side, middle, end)),)

    def _right(self, part: str) -> Floats:
        """From the left to the right one of a part (..., 3)."""
        return self.at[f"right_{part}"] - self.at[f"left_{part}"]

    def _bone(self, side: str, start: str, end: str) -> Floats:
        return self.at[f"{side}_{end}"] - self.at[f"{side}_{start}"]


def _limb(body: Floats, upper: Floats, lower: Floats, side: str, bends: float) -> Angles:
    """Flexion, adduction and turn about its length of an upper limb in the axes `body`; the lower limb bends
    forwards (`bends` is 1) or backwards (-1) of it."""
    outwards = _OUTWARDS[side]
    flexion, adduction = swing(body, upper, outwards)
    told = _determined(flexion, _length(within(body, upper)[..., :2]))
    x, _, z = np.moveaxis(within(swung(body, flexion, adduction, outwards), lower), -1, 0)
    turn = _determined(np.degrees(np.arctan2(-bends * outwards * z, bends * x)), np.hypot(x, z))
    return (
        (told - _BACKMOST_DEG) % 360 + _BACKMOST_DEG,
        _long_enough(np.where(np.isfinite(body[..., 0, 0]), adduction, np.nan), upper),
        np.where(np.isfinite(told), turn, np.nan),
    )


def _determined_axes(right: Floats, up: Floats) -> Floats:
    lever = _long_enough(_length(cross(up, unit(right))), right)
    return np.where((lever >= LEVER_M)[..., None, None], axes(right, up), np.nan)


def _determined(degrees: Floats, *levers_m: Floats) -> Floats:
    """Angles (...) where all levers reach, NaN elsewhere."""
    for lever_m in levers_m:
        degrees = np.where(lever_m >= LEVER_M, degrees, np.nan)
    return degrees


def _long_enough(values: Floats, *vectors: Floats) -> Floats:
    """Values (...) where all vectors (..., 3) have a direction."""
    for vector in vectors:
        values = np.where(_length(vector) > _SMALLEST_M, values, np.nan)
    return values


def _rise(vectors: Floats, direction: Floats) -> Floats:
    """Degrees (...) by which vectors (..., 3) rise in the `direction`, a unit vector, from the plane square to it."""
    degrees: Floats = np.degrees(np.arcsin(np.clip((unit(vectors) * direction).sum(-1), -1, 1)))
    return degrees


def _length(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=-1)
    return length


def _level(vectors: Floats) -> Floats:
    """The horizontal part of vectors (..., 3)."""
    level: Floats = vectors * (1 - UP)
    return level
