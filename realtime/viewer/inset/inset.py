"""The camera's picture in a corner of the figure."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox, BboxBase

from ..theme import Theme
from .camera_view import CameraView
from .keypoint_lines import KeypointLines
from .picture import DIM, Picture, framed

# Of the figure: the largest size, and the distance from its top right corner.
WIDTH, HEIGHT, MARGIN = 0.30, 0.38, 0.02


class Inset:
    """The camera's picture in the top right corner of a figure."""

    def __init__(self, figure: Figure, theme: Theme) -> None:
        self.artists = Picture(), KeypointLines()
        self._figure, self._theme = figure, theme
        self._shown: tuple[Any, ...] = ()
        for artist in self.artists:
            figure.add_artist(artist)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._theme = theme

    def show(self, view: CameraView | None, *, dim: bool = False) -> None:
        """Update the artists for the next draw; None hides them."""
        shown = view, dim, self._theme, *self._figure.bbox.size
        if shown == self._shown:
            return
        self._shown = shown
        picture, lines = self.artists
        for artist in self.artists:
            artist.set_visible(view is not None)
        if view is None:
            return
        box = _corner(view.picture.shape[1::-1], self._figure.bbox)
        picture.place(framed(view.picture, box, self._theme, dim=dim), box)
        lines.place(view, box, self._theme)
        lines.set_alpha(DIM if dim else None)


def _corner(size_wh: tuple[int, ...], figure: BboxBase) -> Bbox:
    """The box, whole pixels, of a picture of some size in the corner of a figure."""
    margin = round(MARGIN * min(figure.size))
    scale = min(WIDTH * figure.width / size_wh[0], HEIGHT * figure.height / size_wh[1])
    width, height = (max(1, round(scale * side)) for side in size_wh)
    right, top = int(figure.x1) - margin, int(figure.y1) - margin
    return Bbox([[right - width, top - height], [right, top]])
