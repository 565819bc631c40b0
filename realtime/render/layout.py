"""Where the panels are, for a video of any shape.  Pure.

::

    ┌─────────────────────────────────┐
    │ Input       Reconstruction      │  heading
    │ ┌─────────┐                     │
    │ │ picture │      scene          │
    │ └─────────┘                     │
    └─────────────────────────────────┘

The picture keeps its shape, and its size where that is between 360 px of height and
1280 x 720 px: words do not fit beside less, and more is more than a screen shows.  One that
is very wide or very narrow stands in the middle of a panel of 240 x 360 px at least.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_WH = 1280, 720
SMALLEST_WH = 240, 360
HEADING_PX, MARGIN_PX = 44, 16


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the film."""

    left: int
    top: int
    width: int
    height: int

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Rows and columns of an image."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def fit(self, size_wh: tuple[int, int]) -> Box:
        """The largest box of the shape of `size_wh` in the middle of this one."""
        zoom = min(self.width / size_wh[0], self.height / size_wh[1])
        width, height = (max(1, round(side * zoom)) for side in size_wh)
        return Box(self.left + (self.width - width) // 2, self.top + (self.height - height) // 2, width, height)


@dataclass(frozen=True)
class Layout:
    """The panels for a video of `size_wh` pixels; all sides of the film are even, as
    H.264 wants them."""

    size_wh: tuple[int, int]

    @property
    def input(self) -> Box:
        """The panel of the picture; `fit` places the picture in it."""
        width, height = self.size_wh
        zoom = min(LARGEST_WH[0] / width, LARGEST_WH[1] / height, max(1.0, SMALLEST_WH[1] / height))
        sides = (_even(max(least, side * zoom)) for side, least in zip(self.size_wh, SMALLEST_WH, strict=True))
        return Box(MARGIN_PX, HEADING_PX, *sides)

    @property
    def scene(self) -> Box:
        """The square right of the picture, out to the film's edges."""
        side = self.input.height + MARGIN_PX
        return Box(MARGIN_PX + self.input.width, HEADING_PX, side, side)

    @property
    def film_wh(self) -> tuple[int, int]:
        """Width and height of the whole."""
        return self.scene.left + self.scene.width, HEADING_PX + self.scene.height


def _even(side: float) -> int:
    return 2 * round(side / 2)
