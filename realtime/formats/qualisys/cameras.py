"""Cameras with a place in a room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...camera import Intrinsics, distort
from ...motion import Floats
from ..camera_file import measured_camera

_NEAREST_M = 0.1  # closer to the lens, or behind it, nothing is seen
_SUBPIXELS = 64.0  # of Qualisys' focal lengths and centres, in a pixel

# Qualisys' axes of a camera are x right, y up, z backwards.  This turns them into those used here, and back.
FLIPPED = np.diag([1.0, -1.0, -1.0])


@dataclass(frozen=True, eq=False)
class PlacedCamera:
    """A measured camera in a room whose z is up.  A point p (3,) m of the room is at `rotation` (3, 3) @ (p -
    `position_m` (3,)) in the camera's axes: x right, y down, z forward."""

    name: str
    rotation: Floats
    position_m: Floats
    intrinsics: Intrinsics

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of its pictures, px."""
        assert self.intrinsics.size_wh is not None  # it is measured
        return self.intrinsics.size_wh

    def axes(self, points: Floats) -> Floats:
        """Points (..., 3) m of the room in the camera's axes, m."""
        turned: Floats = (points - self.position_m) @ self.rotation.T
        return turned

    def pixels(self, points: Floats) -> Floats:
        """Where points (..., 3) m of the room appear, (..., 2) px; NaN behind the camera.  Beyond the picture's edge,
        where the lens was not measured, it moves them as at the edge."""
        seen = self.axes(points)
        depth = np.where(seen[..., 2:] > _NEAREST_M, seen[..., 2:], np.nan)
        rays = seen[..., :2] / depth
        focal, centre = np.array(self.intrinsics.focal_xy_px), np.array(self.intrinsics.centre_px)
        inside = np.clip(rays, -centre / focal, (self.size_wh - centre) / focal)
        pixels: Floats = (distort(inside, self.intrinsics.distortion) + rays - inside) * focal + centre
        return pixels

    def in_picture(self, pixels: Floats) -> NDArray[np.bool_]:
        """Which of the pixels (..., 2) lie in the picture (...)."""
        across, down = ((pixels[..., i] >= 0) & (pixels[..., i] < self.size_wh[i]) for i in range(2))
        return np.logical_and(across, down)


def qualisys_camera(
    name: str,
    axes: ArrayLike,
    position_mm: ArrayLike,
    focal: tuple[float, float],
    centre: tuple[float, float],
    size_wh: tuple[int, int],
    distortion: tuple[float, ...],
    subpixels: tuple[float, float] = (_SUBPIXELS, _SUBPIXELS),
) -> PlacedCamera:
    """A camera from the numbers of a Qualisys calibration.

    `axes` (3, 3): its axes in the room, as rows; `focal`, `centre`: in units of which a pixel has `subpixels` across
    and down; `distortion`: k1, k2, p1, p2, taken for OpenCV's.  Raises UsageError for an impossible lens.
    """
    (fx, fy), (cx, cy), (across, down) = focal, centre, subpixels
    lens = measured_camera((fx / across, fy / down), (cx / across, cy / down), size_wh, distortion)
    return PlacedCamera(name, FLIPPED @ np.array(axes, float), np.array(position_mm, float) / 1000, lens)
