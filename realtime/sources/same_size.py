"""Pictures of one source in one size, so that keypoints in pixels mean the same all through."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from ..pose import Image
from ..runtime import optional

log = logging.getLogger("realtime.sources")


class SameSize:
    """Scales pictures to the size of the first one; where the proportions differ, black bars are added.

    A stream may change its size at any frame: a joined recording, a call that adapts to its network,
    a phone that is turned, a camera that is re-opened in another mode.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._shape: tuple[int, ...] | None = None
        self._told = False

    def __call__(self, image: Image) -> Image:
        """The picture (H, W, 3) in the first one's size: itself if it has that."""
        if self._shape is None:
            self._shape = image.shape
        if image.shape == self._shape:
            return image
        self._tell(image)
        return _fitted(image, self._shape)

    def _tell(self, image: Image) -> None:
        if self._told or self._shape is None:
            return
        self._told = True
        was, now = (f"{shape[1]}x{shape[0]}" for shape in (self._shape, image.shape))
        log.warning("%s: the picture changes from %s to %s px: scaled to %s", self._name, was, now, was)


def _fitted(image: Image, shape: tuple[int, ...]) -> Image:
    cv2: Any = optional.opencv("scaling pictures")
    (height, width), (inner_height, inner_width) = shape[:2], image.shape[:2]
    scale = min(width / inner_width, height / inner_height)
    size_wh = max(1, round(inner_width * scale)), max(1, round(inner_height * scale))
    # Enlarging too: it blurs least, and a detector interpolates again.
    scaled = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
    if size_wh == (width, height):
        return np.asarray(scaled)
    fitted = np.zeros(shape, np.uint8)
    left, top = (width - size_wh[0]) // 2, (height - size_wh[1]) // 2
    fitted[top : top + size_wh[1], left : left + size_wh[0]] = scaled
    return fitted
