"""The limbs to draw and their widths, by joint name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..skeleton import H36M17, Skeleton
from .figure.feet import RADIUS_M


@dataclass(frozen=True)
class Limb:
    """A limb from joint `a` to joint `b`, both by name; `width_m` is for drawing only."""

    a: str
    b: str
    width_m: float = 0.052


# The limbs between published joints; the shoulders are connected directly.
LIMBS = (
    Limb("right_hip", "left_hip"),
    Limb("right_hip", "right_knee", 0.066),
    Limb("right_knee", "right_ankle"),
    Limb("left_hip", "left_knee", 0.066),
    Limb("left_knee", "left_ankle"),
    Limb("pelvis", "spine", 0.060),
    Limb("spine", "neck", 0.060),
    Limb("left_shoulder", "right_shoulder"),
    Limb("right_shoulder", "right_elbow"),
    Limb("right_elbow", "right_wrist", 0.045),
    Limb("left_shoulder", "left_elbow"),
    Limb("left_elbow", "left_wrist", 0.045),
)

# Drawn around the joints, not published: see figure/.  The head's width follows from its size.
NECK, HEAD = Limb("neck", "crown", 0.055), Limb("jaw", "crown")
FEET = Limb("left_heel", "left_toe", 2 * RADIUS_M), Limb("right_heel", "right_toe", 2 * RADIUS_M)


def ends(skeleton: Skeleton = H36M17, limbs: Sequence[Limb] = LIMBS) -> NDArray[np.intp]:
    """Joint indices (len(limbs), 2) of the limbs in a skeleton that contains their joints."""
    return np.array([skeleton.indices((limb.a, limb.b)) for limb in limbs], np.intp)


def side(limb: Limb, skeleton: Skeleton = H36M17) -> str:
    """'left' or 'right' for a limb with both ends on that side, otherwise 'middle'."""
    a, b = (skeleton.side(i) for i in skeleton.indices((limb.a, limb.b)))
    return a if a == b else "middle"
