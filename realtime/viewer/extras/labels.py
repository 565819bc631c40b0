"""Short texts beside points of the scene.

Drawing a text takes matplotlib about half a millisecond, and 17 of them move in every frame, so
each text is drawn once into a small image, and frames only place the images.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from ..body_artists import project
from ..plain_text import PlainFigure
from ..theme import Theme
from ..view import Floats

_SIZE_PT = 8.0
_DISTANCE_PT = 7.0  # from the point to the text
_PAD_PX = 2
_BACKGROUND_ALPHA = 0.65

LEFT, RIGHT, MIDDLE = 1, -1, 0


class Labels(Artist):
    """Texts at points; those of the left and the right side stand away from each other.

    `sides` (n,) holds LEFT, RIGHT or MIDDLE for each of the points; `lines_down` leaves room for
    other labels above.
    """

    def __init__(self, theme: Theme, sides: Sequence[int], lines_down: int = 0) -> None:
        super().__init__()
        self._sides = np.array(sides)
        self._lines_down = lines_down
        self._points: Floats = np.zeros((len(sides), 3))
        self._texts: Sequence[str] = [""] * len(sides)
        self._box = Bbox.null()
        self.set_animated(True)
        self.set_zorder(11)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._colours = theme.text, theme.background
        self.stale = True

    def place(self, points: Floats, texts: Sequence[str]) -> None:
        """Set the points (n, 3) m, world coordinates, and their texts, '' for none."""
        self._points, self._texts, self.stale = points, texts, True

    def draw(self, renderer: Any) -> None:
        """Draw all texts beside the projected points."""
        if not self.get_visible():
            return
        axes: Any = self.axes
        pixels = axes.transData.transform(project(axes, self._points)[0])
        gc, boxes = renderer.new_gc(), []
        for (x, y), outwards, text in zip(pixels, self._outwards(pixels), self._texts, strict=True):
            if not text:
                continue
            image = _image(text, *self._colours, axes.figure.dpi)
            height, width = image.shape[:2]
            away = _DISTANCE_PT * axes.figure.dpi / 72
            left, bottom = (
                round(x + away if outwards > 0 else x - away - width),
                round(y - height * (0.5 + self._lines_down)),
            )
            renderer.draw_image(gc, left, bottom, image)
            boxes.append(Bbox.from_bounds(left, bottom, width, height))
        gc.restore()
        self._box = Bbox.union(boxes) if boxes else Bbox.null()
        self.stale = False

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box

    def _outwards(self, pixels: Floats) -> NDArray[np.intp]:
        """1 for a text to the right of its point, -1 for one to the left."""
        left_x, right_x = (pixels[self._sides == side, 0].mean() for side in (LEFT, RIGHT))
        return np.where(self._sides == MIDDLE, 1, self._sides * (1 if left_x >= right_x else -1))


@lru_cache(maxsize=512)
def _image(text: str, colour: str, background: str, dpi: float) -> NDArray[np.uint8]:
    """A text (H, W, 4) RGBA, as matplotlib's `draw_image` wants it: bottom row first."""
    figure = PlainFigure(figsize=(3, 0.5), dpi=dpi, facecolor=to_rgba(background, _BACKGROUND_ALPHA))
    canvas: Any = FigureCanvasAgg(figure)
    words = figure.text(0.5, 0.5, text, fontsize=_SIZE_PT, color=colour, ha="center", va="center")
    canvas.draw()
    (left, bottom), (right, top) = words.get_window_extent().padded(_PAD_PX).get_points()
    pixels = np.asarray(canvas.buffer_rgba())[::-1]
    return np.ascontiguousarray(
        pixels[max(0, int(bottom)) : int(np.ceil(top)), max(0, int(left)) : int(np.ceil(right))]
    )
