"""Which views of the board to calibrate from: sharp, still, and each different from the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....pose import Array
from .finding import View

FEWEST_VIEWS, WANTED_VIEWS, MOST_VIEWS = 8, 20, 50

# What became of a view.
TAKEN, MOVING, BLURRED, ALIKE = "taken", "hold it still", "blurred: hold it still, more light", "move or tilt it"

# A moving board is blurred, and skewed by cameras that read out line by line.
_STILL_PER_S = 0.05  # of the long side of the picture: 2 px in 1/30 s of exposure at 1280 px
_EDGE_PX, _EDGE_SHARE = 5.0, 1 / 256  # a sharp edge, of small pictures and as a share of large ones

# A view differs from another by as much in one of: where the board is, how large, how tilted.
_MOVED, _RESIZED, _TILTED = 0.12, 0.1, 0.12
# Two tilts as strong as this to either side determine the focal length; a board that fills half of a
# picture of 60 degrees reaches it at 12 degrees.
TILT = 0.1
_TILTS_EACH = 2

# The board must have been within this share of each edge and corner of the picture.
BORDER = 0.25
_COLUMNS, _ROWS = ("left", "", "right"), ("top", "", "bottom")


class ViewSelection:
    """Takes views one by one; `still_needed` is False for pictures that were taken one by one."""

    def __init__(self, *, still_needed: bool = True) -> None:
        self.taken: list[View] = []
        self.seen = 0
        self._still_needed = still_needed
        self._moving: list[View] = []
        self._last: View | None = None

    def offer(self, view: View) -> str:
        """Take the view if it is good for something; what became of it."""
        self.seen += 1
        last, self._last = self._last, view
        if view.edge_px > max(_EDGE_PX, _EDGE_SHARE * max(view.size_wh)):
            return BLURRED
        if self._still_needed and not (last is not None and _is_still(view, last)):
            if _differs(view, [*self.taken, *self._moving]):
                self._moving.append(view)
            return MOVING
        if not _differs(view, self.taken):
            return ALIKE
        self.taken.append(view)
        return TAKEN

    def is_done(self) -> bool:
        """Whether there are enough views, or more would not help."""
        return len(self.taken) >= MOST_VIEWS or (len(self.taken) >= WANTED_VIEWS and not missing(self.taken))

    def views(self) -> list[View]:
        """Those to calibrate from: the still ones, or where these are too few also the sharp ones of a
        moving board."""
        if len(self.taken) >= FEWEST_VIEWS:
            return self.taken
        chosen = list(self.taken)
        for view in self._moving:
            if len(chosen) < MOST_VIEWS and _differs(view, chosen):
                chosen.append(view)
        return chosen


def missing(views: Sequence[View]) -> list[str]:
    """What the views lack, in a few words each: tilts of the board, then places in the picture."""
    return [*missing_tilts(views), *missing_places(views)]


def missing_tilts(views: Sequence[View]) -> list[str]:
    """The tilts of the board that the views lack."""
    keystones = np.abs(np.array([view.keystone for view in views]).reshape(-1, 2))
    enough = (keystones > TILT).sum(0) >= _TILTS_EACH
    return [
        f"tilt {name}" for name, is_enough in zip(("sideways", "up and down"), enough, strict=True) if not is_enough
    ]


def missing_places(views: Sequence[View]) -> list[str]:
    """The edges and corners of the picture where the board has not been."""
    seen = np.zeros((3, 3), bool)
    if views:
        places = corner_places(views)
        columns, rows = ((places > BORDER).astype(int) + (places > 1 - BORDER)).T
        seen[rows, columns] = True
    lacking = [
        (f"{row} {column}".strip(), bool(row and column))
        for r, row in enumerate(_ROWS)
        for c, column in enumerate(_COLUMNS)
        if (row or column) and not seen[r, c]
    ]
    return [f"{name} {'corner' if is_corner else 'edge'}" for name, is_corner in sorted(lacking, key=lambda x: x[1])]


def corner_places(views: Sequence[View]) -> Array:
    """All corners of the boards (n, 2), as shares of the picture."""
    return np.concatenate([view.corners_px.reshape(-1, 2) / view.size_wh for view in views])


def _is_still(view: View, last: View) -> bool:
    dt_s = view.t_s - last.t_s
    # The board may be found from either end.
    moved = min(np.abs(view.corners_px - other).max() for other in (last.corners_px, last.corners_px[::-1, ::-1]))
    return bool(moved <= _STILL_PER_S * max(view.size_wh) * dt_s)


def _differs(view: View, others: Sequence[View]) -> bool:
    mine = _traits(view)
    return all(np.linalg.norm(mine - _traits(other)) >= 1 for other in others)


def _traits(view: View) -> Array:
    return np.concatenate([view.middle / _MOVED, [view.extent / _RESIZED], view.keystone / _TILTED])
