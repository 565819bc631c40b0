"""The part of a picture that shows one person, as networks of MMPose are given it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..pose import Array, Image

# Of MMPose's configurations of RTMPose: GetBBoxCenterScale and the data preprocessor, whose values
# are for RGB.  (rtmlib feeds BGR to the same networks; its issue 48 tells what that costs.)
PADDING = 1.25
_MEAN_RGB = np.array([123.675, 116.28, 103.53], np.float32)
_STD_RGB = np.array([58.395, 57.12, 57.375], np.float32)

_HALF = np.float32(0.5)


@dataclass(frozen=True, eq=False)
class Crop:
    """Upright and not distorted: `origin` (2,) px of the picture is where the input's first pixel
    lies, `zoom` the picture's px in one of the input's."""

    origin: Array
    zoom: float

    def cut(self, cv2: Any, image: Image, size_wh: tuple[int, int]) -> Array:
        """The network's input (3, H, W), RGB and normalised; black outside of `image` (BGR)."""
        part = cv2.warpAffine(image, self._to_input(), size_wh, flags=cv2.INTER_LINEAR)
        normalised: Array = (part[..., ::-1] - _MEAN_RGB) / _STD_RGB
        return normalised.transpose(2, 0, 1)

    def to_picture(self, xy: Array) -> Array:
        """Points (..., 2) px of the input → px of the picture.

        MMPose numbers pixels, and so do COCO's keypoints: (0, 0) is the middle of the first.  In
        this project it is the picture's corner.
        """
        return xy * np.float32(self.zoom) + self.origin + _HALF

    def _to_input(self) -> Array:
        x, y = self.origin / self.zoom
        return np.array([[1 / self.zoom, 0, -x], [0, 1 / self.zoom, -y]], np.float32)


def crop_around(box: Array, size_wh: tuple[int, int]) -> Crop | None:
    """The crop of a person's box (4,) left, top, right, bottom px: padded, and extended about its
    centre to the aspect ratio of the input.  None for a box that is empty or not finite."""
    box, size = np.asarray(box, np.float32), np.array(size_wh, np.float32)
    extent = box[2:] - box[:2]
    if not (np.isfinite(box).all() and (extent > 0).all()):
        return None
    zoom = float((PADDING * extent / size).max())
    return Crop(_HALF * (box[:2] + box[2:] - size * np.float32(zoom)), zoom)
