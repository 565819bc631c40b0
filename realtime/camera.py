"""Cameras and axes.

Camera axes: x right, y down, z forward.  Published axes: x to the camera's right, y away
from the camera, z up, levelled by the camera's pitch.  See docs/coordinates.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import UsageError
from .pose import Array

# Webcams and phones span about 50 to 75 degrees over the long side; the middle serves
# where nothing is known.  It scales `root_m` and hardly changes the joints.
DEFAULT_FOV_DEG = 60.0

_FEWEST_JOINTS = 3
_SMALLEST_SPREAD = 1e-8  # a person of 1 m, 10 km away
_DEPTHS_M = 0.1, 1000.0


@dataclass(frozen=True)
class Intrinsics:
    """A pinhole camera.  Either a field of view over the long side of the image
    (`fov_deg`), or a measured focal length and centre for images of one size."""

    fov_deg: float = DEFAULT_FOV_DEG
    focal_xy_px: tuple[float, float] | None = None
    centre_px: tuple[float, float] | None = None
    size_wh: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not 1.0 <= self.fov_deg <= 170.0:
            raise UsageError(f"a field of view lies between 1 and 170 degrees, not {self.fov_deg:g}")

    def rays(self, xy: Array, size_wh: Array | tuple[int, int]) -> Array:
        """Pixels (..., J, 2) → rays (x/z, y/z).  `size_wh` (..., 2) is the size of the
        image each pose was seen in; measured intrinsics are scaled to it."""
        size = np.asarray(size_wh, np.float32)[..., None, :]
        if self.focal_xy_px is None or self.centre_px is None or self.size_wh is None:
            focal: Any = size.max(-1, keepdims=True) / (2 * math.tan(math.radians(self.fov_deg) / 2))
            centre: Any = size / 2
        else:
            zoom = size / np.asarray(self.size_wh, np.float32)
            focal = np.asarray(self.focal_xy_px, np.float32) * zoom
            centre = np.asarray(self.centre_px, np.float32) * zoom
        rays: Array = (xy - centre) / focal
        return rays


def camera_to_published(pitch_deg: float = 0.0) -> Array:
    """Rotation (3, 3) from camera axes to published axes for a camera that looks
    `pitch_deg` below the horizon (negative: above)."""
    cos, sin = math.cos(math.radians(pitch_deg)), math.sin(math.radians(pitch_deg))
    return np.array([[1, 0, 0], [0, -sin, cos], [0, -cos, -sin]], np.float32)


def solve_root(joints: Array, rays: Array, weight: Array) -> Array | None:
    """The root in camera axes (3,) m, or None where it cannot be determined.

    The translation t that puts the root-relative `joints` (J, 3) on the `rays` (J, 2), by
    weighted linear least squares of x + tx = u (z + tz) and y + ty = v (z + tz).  With
    o = u z - x the best tx is mean(u) tz + mean(o), and so for y; what is left is a line
    through the deviations from those means, whose slope is -tz.  Needs three joints with
    weight, not all on one ray, and a person before the camera.
    """
    weight = weight * np.isfinite(rays).all(-1)
    if np.count_nonzero(weight) < _FEWEST_JOINTS:
        return None
    share = weight / weight.sum()
    uv = np.where(share[:, None] > 0, rays, 0.0).astype(np.float64)
    offset = uv * joints[:, 2:] - joints[:, :2]
    mean_uv, mean_offset = share @ uv, share @ offset
    across = uv - mean_uv
    spread = share @ (across * across).sum(1)
    if spread < _SMALLEST_SPREAD:
        return None
    depth = -(share @ (across * (offset - mean_offset)).sum(1)) / spread
    root = np.array([*(mean_uv * depth + mean_offset), depth], np.float32)
    near, far = _DEPTHS_M
    return root if np.isfinite(root).all() and near < depth < far else None
