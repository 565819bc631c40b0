"""Heels and toes, from foot markers or estimated if the data has no feet.

The heel is the rearmost point of the foot, the toe the tip of the big toe, like BlazePose's
`heel` and `foot_index`; both are about 2 cm above the sole.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...formats.rig_motion import Array
from ...kinematics.vectors import unit

FEET = ("left_heel", "right_heel", "left_toe", "right_toe")

# Relative to the length of the shank, which is 0.246 of the body height H.  The foot is 0.152 H long
# and the ankle 0.039 H above the sole (D. Winter, "Biomechanics and motor control of human
# movement", 4th ed., 2009, fig. 4.1, after Drillis & Contini 1966).  The heel bone ends 4.9 cm
# behind the ankle for a shank of 43 cm (Delp et al., "An interactive graphics-based model of
# the lower extremity", IEEE Trans. Biomed. Eng. 37(8), 1990); 0.9 cm are added for the skin.
_LENGTH = 0.152 / 0.246
_BEHIND = (0.049 + 0.009) / 0.43
_BELOW = (0.039 - 0.012) / 0.246

# Distance from heel to ball relative to the foot length: 195 of 263 mm, means of 6,068 people
# (Gordon et al., "2012 anthropometric survey of U.S. Army personnel", NATICK/TR-15/007, 2014).
_TO_BALL = 0.74
# The tip of the big toe is medial of the line from the heel through the second metatarsal, by
# a quarter of the foot breadth (0.055 H, Winter); here relative to the foot length.
_BIG_TOE_INWARDS = 0.25 * 0.055 / 0.152
# Plug-in Gait's heel and toe markers are at the same height above the sole, 5 cm in UI-PRMD.
_MARKERS_ABOVE_M = 0.03

# Orientation of the sole between perpendicular to the shank (0) and level (1), because a foot
# on the floor stays level when the shank leans.  Fitted to the feet of UI-PRMD and CMU.
_LEVEL = 1 / 3

UP = np.array([0.0, 0.0, 1.0])


def mean_foot(ankle: Array, knee: Array, forward: Array, up: Array) -> tuple[Array, Array]:
    """Heel and toe (T, 3) of a foot of mean proportions that points `forward` with its sole
    perpendicular to `up` (unit vectors, T, 3)."""
    shank = np.linalg.norm(knee - ankle, axis=-1, keepdims=True)
    heel = ankle - shank * (_BEHIND * forward + _BELOW * up)
    return heel, heel + _LENGTH * shank * forward


def foot_from_markers(heel: Array, metatarsal: Array, ankle: Array, knee: Array, side: str) -> tuple[Array, Array]:
    """Heel and toe (T, 3) of the foot on a `side`, "left" or "right", from markers on the
    heel and on the head of the second metatarsal."""
    forward = unit(metatarsal - heel)
    up = _orthogonal(knee - ankle, forward)
    inwards = np.cross(up, forward) * (-1.0 if side == "left" else 1.0)
    length = np.linalg.norm(metatarsal - heel, axis=-1, keepdims=True) / _TO_BALL
    lowered: Array = heel - _MARKERS_ABOVE_M * up
    return lowered, lowered + length * (forward + _BIG_TOE_INWARDS * inwards)


def with_feet(paths: Mapping[str, Array], up: Array = UP) -> dict[str, Array]:
    """Trajectories (T, 3) by joint, with heels and toes added.  Known points are kept; missing
    ones are those of a mean foot that points in the direction of knee and pelvis.  `up` (3,) is
    the vertical direction."""
    found = dict(paths)
    for side in ("left", "right"):
        if {"left_hip", "right_hip", f"{side}_knee", f"{side}_ankle"} <= found.keys():
            for name, estimate in zip(("heel", "toe"), _estimated_foot(found, side, up), strict=True):
                known = found.get(f"{side}_{name}", estimate)
                found[f"{side}_{name}"] = np.where(np.isfinite(known), known, estimate)
    return found


def _estimated_foot(paths: Mapping[str, Array], side: str, up: Array) -> tuple[Array, Array]:
    hip, knee, ankle = (paths[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    shank = unit(knee - ankle)
    upwards = unit((1 - _LEVEL) * shank + _LEVEL * up)
    # A bent knee also indicates the left direction; for a straight one the cross product is about 0.
    left = unit(paths["left_hip"] - paths["right_hip"]) + np.cross(unit(hip - knee), shank)
    return mean_foot(ankle, knee, np.cross(_orthogonal(left, upwards), upwards), upwards)


def _orthogonal(vectors: Array, axis: Array) -> Array:
    """The unit vectors nearest to `vectors` that are orthogonal to the unit vectors `axis`."""
    return unit(vectors - (vectors * axis).sum(-1, keepdims=True) * axis)
