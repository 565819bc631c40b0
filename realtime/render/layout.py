"""Panel positions for a video of any aspect ratio.  Pure.

::

    ┌─────────────────────────────────┐
    │ Input       Reconstruction      │  heading
    │ ┌─────────┐                     │
    │ │ picture │      scene          │
    │ └─────────┘                     │
    └─────────────────────────────────┘

The picture keeps its aspect ratio, and its size if that is at least 360 px high and at most
1280 x 720 px: text does not fit beside less, and more exceeds a screen.  A very wide or very
narrow picture is centred in a panel of at least 240 x 360 px.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_WH = 1280, 720
SMALLEST_WH = 240, 360
HEADING_PX, MARGIN_PX = 44, 16


@dataclass(frozen=True)
class Box:
    """A rectangle in the film, pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Row and column slices of an image."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def fit(self, size_wh: tuple[int, int]) -> Box:
        """The largest centred box inside this one with the aspect ratio of `size_wh`."""
        zoom = min(self.width / size_wh[0], self.height / size_wh[1])
        width, height = (max(1, round(side * zoom)) for side in size_wh)
        return Box(self.left + (self.width - width) // 2, self.top + (self.height - height) // 2, width, height)


@dataclass(frozen=True)
class Layout:
    """The panels for a video of `size_wh` pixels.  Width and height of the film are even, as
    H.264 requires."""

    size_wh: tuple[int, int]

    @property
    def input(self) -> Box:
        """The panel of the video; `fit` places a frame in it."""
        width, height = self.size_wh
        zoom = min(LARGEST_WH[0] / width, LARGEST_WH[1] / height, max(1.0, SMALLEST_WH[1] / height))
        sides = (_even(max(least, side * zoom)) for side, least in zip(self.size_wh, SMALLEST_WH, strict=True))
        return Box(MARGIN_PX, HEADING_PX, *sides)

    @property
    def scene(self) -> Box:
        """The square to the right of the video, up to the film's edges."""
        side = self.input.height + MARGIN_PX
        return Box(MARGIN_PX + self.input.width, HEADING_PX, side, side)

    @property
    def film_wh(self) -> tuple[int, int]:
        """Width and height of the film, px."""
        return self.scene.left + self.scene.width, HEADING_PX + self.scene.height


def _even(side: float) -> int:
    return 2 * round(side / 2)
