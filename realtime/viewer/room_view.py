"""A person who walks about a room, kept in the middle of the picture."""

from __future__ import annotations

import numpy as np

from ..skeleton import H36M17
from .ground import CELL_M
from .view import Floats

_STEP_M = 2 * CELL_M  # in whole squares of the grid, so that the ground seems to stay where it is
_FARTHEST_M = 0.75  # from the middle
_PELVIS = H36M17.index("pelvis")


class RoomView:
    """Moves joints in a room over the middle of the ground that is drawn.  The first pose begins there; later
    ones walk about, and the ground goes along in whole squares where they would leave the picture."""

    def __init__(self) -> None:
        self._middle: Floats | None = None

    def reset(self) -> None:
        """Begin anew, for another person."""
        self._middle = None

    def __call__(self, joints: Floats) -> Floats:
        """Points (17 or 21, 3) m in the room → in the scene."""
        here = joints[_PELVIS, :2]
        if self._middle is None or np.abs(here - self._middle).max() > _FARTHEST_M:
            self._middle = _STEP_M * np.round(here / _STEP_M)
        moved: Floats = joints - np.array([*self._middle, 0.0])
        return moved
