"""The canonical form of all motion capture: trajectories of 25 points per person.

These are the H36M-17 joints (the output of the network), eyes and ears (part of its COCO-17
input), and heels and toes (`feet.py`), which some networks take too.  Metres, z up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...formats.rig_motion import Array
from ...kinematics.vectors import unit
from ...skeleton import H36M17, LIMB_JOINTS, Skeleton
from .feet import FEET, UP, with_feet

ARM, LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")
_FACE = ("left_eye", "right_eye", "left_ear", "right_ear")
_JOINTS = (*H36M17.joints, *_FACE, *FEET)
_PARENTS = dict.fromkeys(_FACE, "nose") | {joint: f"{joint.partition('_')[0]}_ankle" for joint in FEET}
_PAIRED = ("eye", "ear", "heel", "toe")

CANONICAL25 = Skeleton(
    name="body-25",
    joints=_JOINTS,
    parents=(*H36M17.parents, *(_JOINTS.index(parent) for parent in _PARENTS.values())),
    left=(*H36M17.left, *(_JOINTS.index(f"left_{part}") for part in _PAIRED)),
    right=(*H36M17.right, *(_JOINTS.index(f"right_{part}") for part in _PAIRED)),
)
# The first 21 points, without heels and toes, are those of networks that take no feet.
SAMPLED = len(CANONICAL25) - len(FEET)
CANONICAL25_TO_H36M = CANONICAL25.indices(H36M17.joints)

# Face points relative to the midpoint of the tragions (ear canals), as (forward, left, up) in
# metres: rounded adult means from Zhuang & Bradtmiller, "Head-and-face anthropometric survey
# of U.S. respirator users", J. Occup. Environ. Hyg. 2(11), 2005.
FACE_POINTS_M = {
    "nose": (0.120, 0.0, -0.025),
    "left_eye": (0.085, 0.032, 0.020),
    "right_eye": (0.085, -0.032, 0.020),
    "left_ear": (0.0, 0.072, 0.0),
    "right_ear": (0.0, -0.072, 0.0),
    "head_top": (0.010, 0.0, 0.130),
}
# Position of the neck (C7 to T1, in a frontal view) between shoulders (0) and ears (1).
NECK_ABOVE_SHOULDERS = 0.3


@dataclass(frozen=True, eq=False)
class Head:
    """Position and orientation of a head: `centre` (T, 3) m between the ears;
    unit vectors `forward`, `left`, `up` (T, 3)."""

    centre: Array
    forward: Array
    left: Array
    up: Array

    def points(self) -> dict[str, Array]:
        """Trajectories (T, 3) of nose, eyes, ears and head top."""
        return {
            name: self.centre + x * self.forward + y * self.left + z * self.up
            for name, (x, y, z) in FACE_POINTS_M.items()
        }


def head_from_axes(centre: Array, forward: Array, left: Array) -> Head:
    """A head from approximate directions: `left` is kept, `forward` is made orthogonal to it."""
    left = unit(left)
    up = unit(np.cross(forward, left))
    return Head(centre, np.cross(left, up), left, up)


def assemble(limbs: Mapping[str, Array], spine: Array, head: Head, up: Array = UP) -> Array:
    """Points (T, 25, 3) from the 12 limb joints, heels and toes if known, the middle of the
    spine and the head; `up` (3,) is the vertical direction."""
    paths = with_feet({name: limbs[name] for name in (*LIMB_JOINTS, *FEET) if name in limbs}, up)
    shoulders = (paths["left_shoulder"] + paths["right_shoulder"]) / 2
    paths["pelvis"] = (paths["left_hip"] + paths["right_hip"]) / 2
    paths["spine"] = spine
    paths["neck"] = shoulders + NECK_ABOVE_SHOULDERS * (head.centre - shoulders)
    paths.update(head.points())
    return np.stack([paths[name] for name in CANONICAL25.joints], 1)


def stretch(limbs: Mapping[str, Array], chain: tuple[str, str, str], upper: float, lower: float) -> dict[str, Array]:
    """Scale the two bones of both limbs of a chain such as ('hip', 'knee', 'ankle'); the other
    joints are unchanged."""
    changed = dict(limbs)
    with np.errstate(over="ignore", invalid="ignore"):  # where nobody can be
        for side in ("left", "right"):
            start, middle, end = (limbs[f"{side}_{part}"] for part in chain)
            changed[f"{side}_{chain[1]}"] = start + upper * (middle - start)
            changed[f"{side}_{chain[2]}"] = changed[f"{side}_{chain[1]}"] + lower * (end - middle)
    return changed


def widen(limbs: Mapping[str, Array], joints: tuple[str, str, str], factor: float) -> dict[str, Array]:
    """Move both limbs apart so that the distance between their first joints, such as
    'shoulder' of ('shoulder', 'elbow', 'wrist'), is scaled by `factor`."""
    half = (factor - 1) / 2 * (limbs[f"left_{joints[0]}"] - limbs[f"right_{joints[0]}"])
    changed = dict(limbs)
    for name in joints:
        changed[f"left_{name}"] = limbs[f"left_{name}"] + half
        changed[f"right_{name}"] = limbs[f"right_{name}"] - half
    return changed
