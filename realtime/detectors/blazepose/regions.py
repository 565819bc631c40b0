"""The turned square of the picture that shows one person: what the landmark network is given."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...pose import Array

# Around the circle through the whole body, so that outstretched limbs are inside
# (pose_detection_to_roi.pbtxt and pose_landmarks_to_roi.pbtxt of MediaPipe 0.10.21: scale 1.25).
_MARGIN = 1.25


@dataclass(frozen=True)
class Region:
    """A square: its centre and side in px of the picture, and by how much it is turned
    (clockwise as seen, radians, -π to π)."""

    x_px: float
    y_px: float
    side_px: float
    angle_rad: float

    def to_picture(self, size: int) -> Array:
        """Affine matrix (2, 3): pixels of a crop of `size` x `size` → pixels of the picture.

        MediaPipe's crop maps corners to corners and samples at whole numbers, so there is no
        shift by half a pixel.
        """
        scale = self.side_px / size
        cos, sin = math.cos(self.angle_rad) * scale, math.sin(self.angle_rad) * scale
        half = size / 2
        return np.array(
            [[cos, -sin, self.x_px - (cos - sin) * half], [sin, cos, self.y_px - (sin + cos) * half]], np.float32
        )

    def turn(self) -> Array:
        """Rotation matrix (2, 2): directions in the crop → directions in the picture."""
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        return np.array([[cos, -sin], [sin, cos]], np.float32)


def region_around(alignment: Array) -> Region | None:
    """The region for two alignment points (2, 2) px: the middle of the hips, and a point that is
    above it for an upright person and whose distance is the radius of the body.  None if they
    coincide or are not finite."""
    (x, y), (dx, dy) = alignment[0].tolist(), (alignment[1] - alignment[0]).tolist()
    radius = math.hypot(dx, dy)
    if not (math.isfinite(radius) and radius > 0):
        return None
    angle = math.pi / 2 - math.atan2(-dy, dx)
    angle -= 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
    return Region(x, y, 2 * _MARGIN * radius, angle)
