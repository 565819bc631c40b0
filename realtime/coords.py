"""Cameras and axes.

Camera axes: x right, y down, z forward.  Published axes: x to the camera's right, y away
from the camera, z up, levelled by the camera's pitch.  See docs/coordinates.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .errors import UsageError
from .pose import Array

# Webcams and phones span about 50 to 75 degrees over the long side; the middle serves
# where nothing is known.  It scales `root_m` only in part and never the joints.
DEFAULT_FOV_DEG = 60.0


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
            focal = size.max(-1, keepdims=True) / (2 * math.tan(math.radians(self.fov_deg) / 2))
            centre = size / 2
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
    """Where the pelvis is, in camera axes (3,) m, or None where that cannot be told.

    The translation that puts the root-relative `joints` (J, 3) on the `rays` (J, 2),
    by weighted linear least squares: for each joint u (Z + tz) = X + tx and
    v (Z + tz) = Y + ty.  Needs three joints with weight and a person before the camera.
    """
    w = weight * np.isfinite(rays).all(-1)
    if np.count_nonzero(w) < 3:
        return None
    u, v = np.where(w > 0, rays.T, 0.0).astype(np.float64)
    x, y, z = joints.T.astype(np.float64)
    bx, by = u * z - x, v * z - y
    normal = np.array(
        [
            [w.sum(), 0, -(w @ u)],
            [0, w.sum(), -(w @ v)],
            [-(w @ u), -(w @ v), w @ (u * u + v * v)],
        ]
    )
    right = np.array([w @ bx, w @ by, -(w @ (u * bx + v * by))])
    try:
        root = np.linalg.solve(normal, right)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(root).all() or not 0.1 < root[2] < 1000.0:
        return None
    return root.astype(np.float32)
