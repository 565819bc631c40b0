"""Feet under the ankles, from the legs alone.

A foot is a rigid line from heel to toe below the ankle.  It points where it would if the ankle
were at rest: the direction in which the body faces, turned as the hip and the knee turn, so it
follows a person who sits, lies or kicks.  A bent knee also shows the direction by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...skeleton import H36M17
from ..view import Floats
from .vectors import across, turned, unit

# From the ankle of an adult to the line that is drawn: to its heel and its toe, and down to it.
HEEL_M, TOE_M, SOLE_M = 0.05, 0.15, 0.055
RADIUS_M = 0.025
ANKLE_HEIGHT_M = SOLE_M + RADIUS_M  # of somebody who stands
_KNEE_WEIGHT = 2.0  # of a knee at a right angle, against the direction of the hips

_SIDES = ("left", "right")
_HIPS, _KNEES, _ANKLES = (H36M17.indices(f"{side}_{joint}" for side in _SIDES) for joint in ("hip", "knee", "ankle"))
_PELVIS, _NECK = H36M17.indices(("pelvis", "neck"))


@dataclass(frozen=True, eq=False)
class Feet:
    """Left and right: `ankles` (2, 3) m; unit vectors `forward` (2, 3) from heel to toe and
    `down` (2, 3) from the ankle to the sole."""

    ankles: Floats
    forward: Floats
    down: Floats

    def turned_to(self, forward: Floats) -> Feet:
        """The same feet pointing to other directions (2, 3), by the shortest rotations."""
        return Feet(self.ankles, forward, unit(turned(self.forward, forward, self.down)))

    def points(self) -> Floats:
        """Heel and toe of the left and the right foot (2, 2, 3) m.  On a floor at z = 0 an ankle
        that is too low for its foot lifts heel or toe up to the floor."""
        sole = SOLE_M * self.down
        feet = np.stack([sole - HEEL_M * self.forward, sole + TOE_M * self.forward], 1)
        lowest = RADIUS_M - self.ankles[:, None, 2]
        return self.ankles[:, None] + _raised(feet, lowest)


def feet_at_rest(joints: Floats) -> Feet:
    """The feet of the joints (17, 3) m with ankles at rest."""
    hips, knees, ankles = joints[_HIPS], joints[_KNEES], joints[_ANKLES]
    up = unit(joints[_NECK] - joints[_PELVIS])
    thigh, shank = unit(np.stack([knees - hips, ankles - knees]))
    facing = turned(-up, thigh, unit(across(hips[0] - hips[1], up)))
    bend = (shank * thigh).sum(-1, keepdims=True) * thigh - shank  # as long as the sine of the knee's angle
    forward = turned(thigh, shank, unit(facing + _KNEE_WEIGHT * bend))
    return Feet(ankles, unit(forward), shank)


def _raised(vectors: Floats, lowest: Floats) -> Floats:
    """Vectors (2, n, 3), those below the height `lowest` (2, 1) turned up to it."""
    height = np.maximum(vectors[..., 2], lowest)
    flat = np.sqrt((vectors[..., :2] ** 2).sum(-1))
    length = np.sqrt(flat**2 + vectors[..., 2] ** 2)
    stretched = np.where(height > vectors[..., 2], np.sqrt(np.maximum(length**2 - height**2, flat**2 / 4)), flat)
    zoom = stretched / np.maximum(flat, 1e-6)
    return np.concatenate([vectors[..., :2] * zoom[..., None], height[..., None]], -1)
