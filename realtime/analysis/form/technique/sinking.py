"""How far the hips of a lifted body sink, and what that tells of its knees.

Lifted legs are too long where the knees are bent, most of all towards the camera and away from it.  How far the hips
sink is known better: it is seen in the picture, at the distance that feet tell which stay where they are.  By the
difference, the `excess`, a lifted hip is too high over its ankle.  Half of it is taken from the thigh and half from the
shank; the bend of the knee is the mean of the lifted one and of that which thigh and shank of their length while
standing have between hip and ankle (law of cosines): each is off in its own way, and their mean is off least
(`python -m benchmarks form pixels`).
"""

from __future__ import annotations

import numpy as np

from ....motion import Floats
from .movement import Movement


def excess_m(movement: Movement, side: str) -> Floats:
    """By how much a hip is too high over its ankle (T,); 0 where the place in the room is not known, and for points
    that were measured."""
    excess = _excess_m(movement, side)
    return np.where(np.isfinite(excess), excess, 0.0)


def knee_flexion_deg(movement: Movement, side: str) -> Floats:
    """Flexion (T,) of a knee."""
    hip, knee, ankle = (movement.body.at[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    thigh, shank = (movement.standing(np.linalg.norm(bone, axis=1)) for bone in (hip - knee, knee - ankle))
    between = (hip - ankle)[movement.part].copy()
    between[:, 2] -= _excess_m(movement, side)
    distance = np.clip(np.linalg.norm(between, axis=1), abs(thigh - shank), thigh + shank)
    inner = (thigh**2 + shank**2 - distance**2) / (2 * thigh * shank)
    by_length = 180 - np.degrees(np.arccos(np.clip(inner, -1, 1)))
    bent = movement.knee_deg(side)
    mean: Floats = np.where(np.isfinite(by_length), (bent + by_length) / 2, bent)
    return mean


def _excess_m(movement: Movement, side: str) -> Floats:
    """The same, NaN where nothing is known of it."""
    travel = movement.body.travel
    if not movement.lifted or travel is None:
        return np.full(len(movement.times_s), np.nan)
    over = (movement.body.at[f"{side}_hip"] - movement.body.at[f"{side}_ankle"])[:, 2] - travel[:, 2]
    excess: Floats = over[movement.part] - movement.standing(over)
    return excess
