"""A picture → the corners of the board in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....pose import Array, Frame
from ....runtime import optional
from .board import Board

_SEARCH_PX = 800  # long side of the picture that is searched: a board of 8 px squares is found in it
# The corners are refined in the whole picture, within this share of the shortest side of a square.
_WINDOW = 0.3
_WINDOW_PX = 2, 15
_REFINEMENT = 3, 50, 1e-3  # until 50 steps are done or one is shorter than this


@dataclass(frozen=True, eq=False)
class View:
    """The board in one frame: its corners (rows, columns, 2) in OpenCV's pixels (the centre of the
    first one is at 0, 0), how many pixels an edge takes from black to white, and the time."""

    corners_px: Array
    edge_px: float
    size_wh: tuple[int, int]
    t_s: float

    @cached_property
    def outline_px(self) -> Array:
        """Its four outer corners (4, 2), clockwise from the one nearest to the picture's top left."""
        c = self.corners_px
        outline = np.stack([c[0, 0], c[0, -1], c[-1, -1], c[-1, 0]])
        across, down = outline[2] - outline[0], outline[3] - outline[1]
        if across[0] * down[1] < across[1] * down[0]:  # a mirrored picture
            outline = outline[::-1]
        turned: Array = np.roll(outline, -int(outline.sum(1).argmin()), axis=0)
        return turned

    @cached_property
    def keystone(self) -> Array:
        """How much larger the near side of the board is than the far one, as logarithms (2,): left against
        right, top against bottom.  Both are 0 for a board that faces the camera, whatever its lens."""
        top, right, bottom, left = np.linalg.norm(np.roll(self.outline_px, -1, axis=0) - self.outline_px, axis=1)
        ratios: Array = np.log([left / right, top / bottom])
        return ratios

    @property
    def middle(self) -> Array:
        """Where it is (2,), as a share of the picture."""
        place: Array = self.corners_px.mean((0, 1)) / self.size_wh
        return place

    @property
    def extent(self) -> float:
        """How large it is: the root of its share of the picture's area."""
        x, y = self.outline_px.T
        area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        return float(np.sqrt(area / (self.size_wh[0] * self.size_wh[1])))


class BoardFinder:
    """Finds one board.  Raises MissingLibrary without OpenCV."""

    def __init__(self, board: Board) -> None:
        self._cv2 = optional.opencv("calibration")
        self._board = board

    def __call__(self, frame: Frame) -> View | None:
        """The board, None where it is not in the frame as a whole."""
        cv2, pattern = self._cv2, (self._board.columns, self._board.rows)
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        scale = min(1.0, _SEARCH_PX / max(frame.size_wh))
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
        found, corners = cv2.findChessboardCornersSB(small, pattern)
        if not found:
            return None
        # Between the centres of pixels in the small picture and in the whole one.
        start = ((corners.reshape(self._board.rows, self._board.columns, 2) + 0.5) / scale - 0.5).astype(np.float32)
        refined = cv2.cornerSubPix(grey, start.reshape(-1, 1, 2), _window(start), (-1, -1), _REFINEMENT)
        edge_px = max(  # a board that moves sideways has sharp edges along its way
            float(cv2.estimateChessboardSharpness(grey, pattern, refined, vertical=vertical)[0][0])
            for vertical in (False, True)
        )
        return View(refined.reshape(start.shape), edge_px, frame.size_wh, frame.t_capture_ns / 1e9)


def _window(corners: Array) -> tuple[int, int]:
    sides = [np.linalg.norm(np.diff(corners, axis=axis), axis=-1).min() for axis in (0, 1)]
    half = int(np.clip(_WINDOW * min(sides), *_WINDOW_PX))
    return half, half
