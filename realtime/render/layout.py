"""Panel positions for a video of any aspect ratio.  Pure.

::

    ┌─────────────────────────────────┐     ┌──────────────────────┐
    │ Input          Reconstruction   │     │ Input                │  heading
    │                                 │     │ ┌──────────────────┐ │
    │ ┌────────────┐                  │     │ │     picture      │ │
    │ │  picture   │      scene       │     │ └──────────────────┘ │
    │ └────────────┘                  │     │ Reconstruction       │  heading
    │                                 │     │        scene         │
    └─────────────────────────────────┘     └──────────────────────┘

A panorama stands above the scene, every other picture beside it.  The scene is as wide as the
picture and at least as high.  The picture keeps its aspect ratio; beside the scene also its size,
if that is at least 360 px high and at most 720 px: text does not fit beside less, and twice
more exceeds a screen.  Text grows with the film.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

MARGIN_PX = 16
_LARGEST_WH, _SMALLEST_WH = (720, 720), (240, 360)
_SCENE_ASPECT = 0.85  # lowest height of the scene as a share of its width
_PANORAMA = 2.2  # width as a share of the height, from which a picture stands above the scene
_PANORAMA_WH, _LEAST_PANORAMA_PX = (1280, 480), 720
_PANORAMA_SCENE_PX = 520
_HEADING_PX = 56  # of a film of a megapixel
_SCALES = 0.7, 1.4


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

    @cached_property
    def text_scale(self) -> float:
        """Size of the film's texts: 1 for a film of a megapixel."""
        (width, height), (_, scene_height) = self._input_wh, self._scene_wh
        area = width * (height + scene_height) if self._is_panorama else (width + self._scene_wh[0]) * scene_height
        return min(max(_SCALES[0], math.sqrt(area) / 1000), _SCALES[1])

    @cached_property
    def input(self) -> Box:
        """The panel of the video; `fit` places a frame in it."""
        width, height = self._input_wh
        free_px = 0 if self._is_panorama else self._scene_wh[1] - height
        return Box(MARGIN_PX, self._heading_px + _even(free_px / 2), width, height)

    @cached_property
    def scene(self) -> Box:
        """The panel of the reconstruction, up to the film's edges."""
        (width, height), heading = self._scene_wh, self._heading_px
        if self._is_panorama:
            top = 2 * heading + self._input_wh[1]
            return Box(0, top, self._input_wh[0] + 2 * MARGIN_PX, height + MARGIN_PX)
        return Box(MARGIN_PX + self._input_wh[0], heading, width + MARGIN_PX, height + MARGIN_PX)

    @cached_property
    def headings(self) -> tuple[Box, Box]:
        """The strips for the words above the video and above the reconstruction."""
        if self._is_panorama:
            width = self.scene.width
            return (
                Box(0, 0, width, self._heading_px),
                Box(0, self.scene.top - self._heading_px, width, self._heading_px),
            )
        left = self.scene.left
        return Box(0, 0, left, self._heading_px), Box(left, 0, self.scene.width, self._heading_px)

    @cached_property
    def film_wh(self) -> tuple[int, int]:
        """Width and height of the film, px."""
        return self.scene.left + self.scene.width, self.scene.top + self.scene.height

    @cached_property
    def _is_panorama(self) -> bool:
        return self.size_wh[0] > _PANORAMA * self.size_wh[1]

    @cached_property
    def _input_wh(self) -> tuple[int, int]:
        width, height = self.size_wh
        if self._is_panorama:
            zoom = min(_PANORAMA_WH[0] / width, _PANORAMA_WH[1] / height, max(1.0, _LEAST_PANORAMA_PX / width))
            return _even(width * zoom), max(2, _even(height * zoom))
        zoom = min(_LARGEST_WH[0] / width, _LARGEST_WH[1] / height, max(1.0, _SMALLEST_WH[1] / height))
        return _even(max(_SMALLEST_WH[0], width * zoom)), _even(max(_SMALLEST_WH[1], height * zoom))

    @cached_property
    def _scene_wh(self) -> tuple[int, int]:
        width, height = self._input_wh
        if self._is_panorama:
            return width, max(height, _PANORAMA_SCENE_PX)
        scene_height = max(height, _even(_SCENE_ASPECT * width))
        return max(width, scene_height), scene_height

    @cached_property
    def _heading_px(self) -> int:
        return _even(_HEADING_PX * self.text_scale)


def _even(side: float) -> int:
    return 2 * round(side / 2)
