"""Grey frames, for keypoint files without their video."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import ArrayLike

from .clip import Picture

_GREY = 128


class BlankPictures:
    """Grey frames of one size at `times_s` (T,), which rise, as a `clip.Reader`."""

    broken = 0

    def __init__(self, name: str, times_s: ArrayLike, size_wh: tuple[int, int]) -> None:
        self.name = name
        self._times_s = np.asarray(times_s, np.float64)
        width, height = size_wh
        # One pixel broadcast to the frame size, which takes no memory.
        self._image = np.broadcast_to(np.uint8(_GREY), (height, width, 3))

    def pictures(self) -> Generator[Picture, None, None]:
        """The same image for every frame."""
        for time_s in self._times_s - self._times_s[0]:
            yield self._image, round(time_s * 1e9)
