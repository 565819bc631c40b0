"""The static artists: the floor grid and the axes' tripod.

They are drawn once, into the background, with matplotlib's 3D lines.  In a turning scene
they are redrawn for every frame, with lines that project themselves like those of the body:
matplotlib's own create new paths, which takes as long again as drawing it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Text3D
from numpy.typing import NDArray

from .body_artists import box_px, project
from .theme import Theme
from .view import Floats

CELL_M = 0.25  # every second line (each half metre) is more opaque
PIECES_PER_CELL = 2
TRIPOD_M = 0.25


def _grid(reach_m: float) -> NDArray[np.float64]:
    """Short segments (n, 2, 2) of the lines of a square grid out to `reach_m`."""
    lines = np.arange(-reach_m, reach_m + CELL_M / 2, CELL_M)
    stops = np.arange(-reach_m, reach_m + CELL_M / 4, CELL_M / PIECES_PER_CELL)
    start, line = np.meshgrid(stops[:-1], lines)
    step = stops[1] - stops[0]
    along_x = np.stack([np.stack([start, line], -1), np.stack([start + step, line], -1)], -2)
    pieces = along_x.reshape(-1, 2, 2)
    return np.concatenate([pieces, pieces[..., ::-1]])


class TurningLines(LineCollection):
    """Straight lines with end points `ends` (n, 2, 3) m that project themselves."""

    def __init__(self, ends: Floats, **options: Any) -> None:
        self._ends = ends
        self._flat = np.zeros((len(ends), 2, 2))  # each line's path is a view into this
        super().__init__(list(self._flat), **options)
        self._box = Bbox.null()

    def do_3d_projection(self) -> float:
        """Project the lines; called on every draw."""
        self._flat[:], distance = project(self.axes, self._ends)
        self._box = box_px(self.axes, self._flat)
        return float(distance.min())

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box


class Ground:
    """A floor grid that fades out with distance, and the three axes at one of its crossings."""

    def __init__(self, axes: Any, theme: Theme, reach_m: float, *, turns: bool = False) -> None:
        lines = TurningLines if turns else Line3DCollection
        pieces = _grid(reach_m)
        on_floor = np.concatenate([pieces, np.zeros_like(pieces[..., :1])], -1)
        radius = np.linalg.norm(pieces.mean(1), axis=1) / reach_m
        fixed = np.where(np.ptp(pieces[..., 0], axis=1) > 0, pieces[:, 0, 1], pieces[:, 0, 0])
        strong = np.isclose(fixed / (2 * CELL_M) % 1.0, 0.0) | np.isclose(fixed / (2 * CELL_M) % 1.0, 1.0)
        self._alpha = np.clip(1 - radius, 0, 1) ** 0.8 * np.where(strong, 1.0, 0.42)
        self._grid = axes.add_collection(lines(on_floor, linewidths=1.0, zorder=1), autolim=False)
        corner = np.array([-0.6, -0.6, 0.0])
        rays = np.stack([np.broadcast_to(corner, (3, 3)), corner + TRIPOD_M * np.eye(3)], 1)
        self._tripod = axes.add_collection(lines(rays, linewidths=1.6, zorder=2), autolim=False)
        self._names = [
            axes.add_artist(
                Text3D(*(corner + 1.25 * TRIPOD_M * unit), name, zdir=None, fontsize=9, ha="center", va="center")
            )
            for name, unit in zip("xyz", np.eye(3), strict=True)
        ]
        for artist in self.artists:
            artist.set_animated(turns)
        self.apply_theme(theme)

    @property
    def artists(self) -> tuple[Artist, ...]:
        """All artists in drawing order."""
        return self._grid, self._tripod, *self._names

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        colours = np.tile(to_rgba(theme.grid), (len(self._alpha), 1))
        colours[:, 3] = self._alpha
        self._grid.set_color(colours)
        self._tripod.set_color(theme.faint)
        for name in self._names:
            name.set_color(theme.faint)
