"""A picture with round corners, copied onto the canvas pixel by pixel.

It is scaled once, when it comes, so that drawing it needs none of matplotlib's resampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image as Pillow

from ...pose import Image
from ..theme import Theme
from ..view import Floats

DIM = 0.35  # what is left of an old picture
_CORNER_PX = 7.0  # radius


class Picture(Artist):
    """RGBA pixels at a place of the canvas."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: NDArray[np.uint8] = np.zeros((1, 1, 4), np.uint8)
        self._box = Bbox.null()
        self.set_animated(True)
        self.set_visible(False)

    def place(self, pixels: NDArray[np.uint8], box: Bbox) -> None:
        """Set the pixels (H, W, 4) and the box that they fill."""
        self._pixels, self._box, self.stale = pixels, box, True

    def draw(self, renderer: Any) -> None:
        """Copy the pixels."""
        if self.get_visible():
            renderer.draw_image(renderer.new_gc(), self._box.x0, self._box.y0, self._pixels[::-1])

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box, pixels."""
        return self._box


def framed(picture: Image, box: Bbox, theme: Theme, *, dim: bool) -> NDArray[np.uint8]:
    """The picture (h, w, 4) at the size of the box, with round corners and a thin line around it."""
    size_wh = int(box.width), int(box.height)
    scaled = Pillow.fromarray(picture).resize(size_wh, Pillow.Resampling.BILINEAR)
    if dim:
        background = Pillow.new("RGB", size_wh, theme.background)
        scaled = Pillow.blend(background, scaled.convert("L").convert("RGB"), DIM)
    frame = _frame(*size_wh)
    pixels = np.array(scaled.convert("RGBA"))
    flat = pixels.reshape(-1, 4)
    below = flat[frame.edge, :3]
    flat[frame.edge, :3] = below + frame.line * (255 * np.array(to_rgb(theme.grid)) - below)
    flat[frame.edge, 3] = frame.alpha
    return pixels


@dataclass(frozen=True, eq=False)
class _Frame:
    """`edge` (n,) are the numbers of the pixels that a line of 1 px touches, or that lie beyond it, each
    covered to the share `line` (n, 1); `alpha` (n,) 0..255 of these pixels.  All others are opaque."""

    edge: NDArray[np.intp]
    line: Floats
    alpha: NDArray[np.uint8]


@lru_cache(maxsize=4)
def _frame(width: int, height: int) -> _Frame:
    """A frame with round corners."""
    radius = min(_CORNER_PX, width / 2, height / 2)
    x = np.abs(np.arange(width) - (width - 1) / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) - (height - 1) / 2)[:, None] - (height / 2 - radius)
    inside = radius - np.hypot(np.maximum(x, 0), np.maximum(y, 0)) - np.minimum(np.maximum(x, y), 0)
    line = np.clip(1.5 - inside, 0, 1)
    alpha = (255 * np.clip(inside + 0.5, 0, 1)).astype(np.uint8)
    return _Frame(np.flatnonzero(line), line[line > 0, None], alpha[line > 0])
