"""Feet, and legs that reach to where feet are wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...skeleton import Skeleton

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

ANKLE_M = 0.08  # height of the ankles of somebody who stands
BODY_M = 0.05  # least height of other joint centres, which lie inside the body

# A foot stands while it is slower than this, and until it is faster than that, if its score says that it is in
# the picture.
STAND_MPS, LEAVE_MPS = 0.25, 0.4
SEEN = 0.5
RAISED_M = 0.12  # a foot that rests higher than this above the floor is held up
_ALONG_SIGHT = 0.1  # weight of the speed along the line of sight, in which ankles tremble by centimetres

_SHORTEST_M = 1e-6
_SIDES = ("left", "right")


class Legs:
    """The legs of a skeleton; `ankles` are the indices of its left and its right one, `upper` those of all joints
    but knees, ankles and feet."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._hips, self._knees, self.ankles = (
            skeleton.indices(f"{side}_{joint}" for side in _SIDES) for joint in ("hip", "knee", "ankle")
        )
        joints = range(len(skeleton))
        self._feet = [[joint for joint in joints if skeleton.parents[joint] == ankle] for ankle in self.ankles]
        moved = {*self._knees, *self.ankles, *self._feet[0], *self._feet[1]}
        self.upper = [joint for joint in joints if joint not in moved]

    def stand(self, joints: Floats, ankles: Floats) -> Floats:
        """The joints (..., J, 3) of a person over the floor with the ankles at the places (..., 2, 3).

        Nothing sinks below the floor: feet stay on it, and a body that would is lifted.  Each knee is bent
        as far as it takes, in the plane in which it was bent; a leg that is too short is stretched.
        """
        moved: Floats = np.array(joints, np.float64)
        moved[..., 2] += np.maximum(0.0, BODY_M - moved[..., self.upper, 2].min(-1, keepdims=True))
        hip, knee, ankle = (moved[..., of, :] for of in (self._hips, self._knees, self.ankles))
        wanted = np.array(ankles, np.float64)
        wanted[..., 2] = np.maximum(wanted[..., 2], ANKLE_M)
        moved[..., self._knees, :] = _bent(hip, knee, ankle, wanted)
        moved[..., self.ankles, :] = wanted
        for foot, below in enumerate(self._feet):
            moved[..., below, :] += (wanted - ankle)[..., foot : foot + 1, :]
        return moved


def speeds_mps(velocities: Floats, ankles: Floats) -> Floats:
    """How fast ankles (..., 3), the camera at the origin, seem to move, from their velocities: mostly
    across the line of sight, which the picture shows."""
    sight = ankles / np.maximum(_length(ankles), _SHORTEST_M)
    along = (velocities * sight).sum(-1, keepdims=True) * sight
    speeds: Floats = np.linalg.norm(velocities - (1 - _ALONG_SIGHT) * along, axis=-1)
    return speeds


def _bent(hip: Floats, knee: Floats, ankle: Floats, wanted: Floats) -> Floats:
    """The knees (..., 3) of legs whose ankles go to other places."""
    thigh, shank, reach = _length(knee - hip), _length(ankle - knee), _length(wanted - hip)
    stretch = np.maximum(reach / np.maximum(thigh + shank, _SHORTEST_M), 1.0)
    thigh, shank = thigh * stretch, shank * stretch
    along = (wanted - hip) / np.maximum(reach, _SHORTEST_M)
    share = np.clip((thigh**2 - shank**2 + reach**2) / (2 * np.maximum(reach, _SHORTEST_M)), -thigh, thigh)
    off = (knee - hip) - ((knee - hip) * along).sum(-1, keepdims=True) * along
    ahead = off / np.maximum(_length(off), _SHORTEST_M)
    bent: Floats = hip + share * along + np.sqrt(np.maximum(thigh**2 - share**2, 0)) * ahead
    return bent


def _length(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return length
