"""Grey frames, for keypoint files without their video."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from .clip import Picture

_GREY = 128


class BlankPictures:
    """`length` grey frames of one size at a constant frame rate, as a `clip.Reader`."""

    broken = 0

    def __init__(self, name: str, length: int, size_wh: tuple[int, int], fps: float) -> None:
        self.name = name
        self._length, self._fps = length, fps
        width, height = size_wh
        # One pixel broadcast to the frame size, which takes no memory.
        self._image = np.broadcast_to(np.uint8(_GREY), (height, width, 3))

    def pictures(self) -> Generator[Picture, None, None]:
        """The same image for every frame."""
        for index in range(self._length):
            yield self._image, round(index * 1e9 / self._fps)
