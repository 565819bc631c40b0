"""Heels and toes: where they are in a foot, and the foot of who has none in the data.

The heel is the rearmost point of the foot, the toe the tip of the big toe, as BlazePose's
`heel` and `foot_index`; both lie about 2 cm above the sole.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...formats.rig_motion import Array, unit

FEET = ("left_heel", "right_heel", "left_toe", "right_toe")

# In lengths of the shank, which is 0.246 of the body's height H.  The foot is 0.152 H long
# and the ankle 0.039 H above the sole (D. Winter, "Biomechanics and motor control of human
# movement", 4th ed., 2009, fig. 4.1, after Drillis & Contini 1966).  The heel bone ends 4.9 cm
# behind the ankle where the shank is 43 cm long (Delp et al., "An interactive graphics-based
# model of the lower extremity", IEEE Trans. Biomed. Eng. 37(8), 1990); 0.9 cm for the skin.
_LENGTH = 0.152 / 0.246
_BEHIND = (0.049 + 0.009) / 0.43
_BELOW = (0.039 - 0.012) / 0.246

# From the heel to the ball, of the foot's length: 195 of 263 mm, means of 6,068 people
# (Gordon et al., "2012 anthropometric survey of U.S. Army personnel", NATICK/TR-15/007, 2014).
_TO_BALL = 0.74
# The big toe's tip lies inwards of the line from the heel over the second metatarsal, by a
# quarter of the foot's breadth (0.055 H, Winter), here of its length.
_BIG_TOE_INWARDS = 0.25 * 0.055 / 0.152
# Plug-in Gait's markers of heel and toe are equally high above the sole, 5 cm in UI-PRMD.
_MARKERS_ABOVE_M = 0.03

# The sole is square to the shank, but leans less: a foot on the floor stays there.  The share
# that comes nearest to the feet of UI-PRMD and CMU, between 0 (as the shank) and 1 (level).
_LEVEL = 1 / 3

UP = np.array([0.0, 0.0, 1.0])


def mean_foot(ankle: Array, knee: Array, forward: Array, up: Array) -> tuple[Array, Array]:
    """Heel and toe (T, 3) of a foot of mean proportions that points `forward` and whose sole
    is square to `up` (unit vectors, T, 3)."""
    shank = np.linalg.norm(knee - ankle, axis=-1, keepdims=True)
    heel = ankle - shank * (_BEHIND * forward + _BELOW * up)
    return heel, heel + _LENGTH * shank * forward


def foot_from_markers(heel: Array, metatarsal: Array, ankle: Array, knee: Array, side: str) -> tuple[Array, Array]:
    """Heel and toe (T, 3) of the foot of a `side`, "left" or "right", from markers on the
    heel and on the head of the second metatarsal."""
    forward = unit(metatarsal - heel)
    up = _square(knee - ankle, forward)
    inwards = np.cross(up, forward) * (-1.0 if side == "left" else 1.0)
    length = np.linalg.norm(metatarsal - heel, axis=-1, keepdims=True) / _TO_BALL
    lowered: Array = heel - _MARKERS_ABOVE_M * up
    return lowered, lowered + length * (forward + _BIG_TOE_INWARDS * inwards)


def with_feet(paths: Mapping[str, Array], up: Array = UP) -> dict[str, Array]:
    """Paths (T, 3) by joint and with them heels and toes.  What is known is kept; elsewhere it
    is a mean foot that points where knee and pelvis do.  `up` is the way up (3,)."""
    found = dict(paths)
    for side in ("left", "right"):
        if {"left_hip", "right_hip", f"{side}_knee", f"{side}_ankle"} <= found.keys():
            for name, guess in zip(("heel", "toe"), _guessed(found, side, up), strict=True):
                known = found.get(f"{side}_{name}", guess)
                found[f"{side}_{name}"] = np.where(np.isfinite(known), known, guess)
    return found


def _guessed(paths: Mapping[str, Array], side: str, up: Array) -> tuple[Array, Array]:
    hip, knee, ankle = (paths[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    shank = unit(knee - ankle)
    upwards = unit((1 - _LEVEL) * shank + _LEVEL * up)
    # A bent knee tells where left is too; of a straight one the product is about zero.
    left = unit(paths["left_hip"] - paths["right_hip"]) + np.cross(unit(hip - knee), shank)
    return mean_foot(ankle, knee, np.cross(_square(left, upwards), upwards), upwards)


def _square(vectors: Array, axis: Array) -> Array:
    """The unit vectors nearest to `vectors` that are square to the unit vectors `axis`."""
    return unit(vectors - (vectors * axis).sum(-1, keepdims=True) * axis)
