"""Cameras, lenses and axes.

Camera axes: x right, y down, z forward.  Published axes: x to the camera's right, y away
from the camera, z up, levelled by the camera's pitch.  See docs/coordinates.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import UsageError
from .pose import Array

# Webcams and phones span about 50 to 75 degrees over the long side; the middle serves
# where nothing is known.  It scales `root_m` and hardly changes the joints.
DEFAULT_FOV_DEG = 60.0

Points = NDArray[np.float64]
Rays = Array | Points

# Lengths of OpenCV's `distCoeffs` that are understood: k1 k2 p1 p2, then k3, then k4 k5 k6.
DISTORTION_LENGTHS = (4, 5, 8)

_NEWTON_STEPS = 20  # 3 or 4 are enough for a webcam, 8 near where a lens folds
_CONVERGED = 1e-6  # a step; the next one would be about its square
_LENS_GRID = 33  # points in each direction at which a lens is tried
_ASPECT_TOLERANCE = 0.01  # 854x480 and 848x480 are meant to be 16:9

_FEWEST_JOINTS = 3
_SMALLEST_SPREAD = 1e-8  # a person of 1 m, 10 km away
DEPTHS_M = 0.1, 1000.0


@dataclass(frozen=True)
class Intrinsics:
    """A camera.  Either a field of view over the long side of the image (`fov_deg`), or a measured
    focal length and centre for images of one size, with the coefficients of its lens where they
    are known (`distortion`, see `distort`).  Raises UsageError for an impossible field of view, and
    for a lens whose distortion cannot be undone over the whole picture."""

    fov_deg: float = DEFAULT_FOV_DEG
    focal_xy_px: tuple[float, float] | None = None
    centre_px: tuple[float, float] | None = None
    size_wh: tuple[int, int] | None = None
    distortion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 1.0 <= self.fov_deg <= 170.0:
            raise UsageError(f"a field of view lies between 1 and 170 degrees, not {self.fov_deg:g}")
        if self.distortion and self.size_wh and not _can_be_undone(self._picture_rays(), self.distortion):
            raise UsageError("these distortion coefficients fold the picture over before its edge: calibrate again")

    def rays(self, xy: Array, size_wh: Array | tuple[int, int]) -> Array:
        """Pixels (..., J, 2) → rays (x/z, y/z), without the distortion of the lens.  `size_wh`
        (..., 2) is the size of the image each pose was seen in; measured intrinsics are scaled to
        it.  Raises UsageError where it has another shape than the images they were measured in."""
        size = np.asarray(size_wh, np.float32)[..., None, :]
        if self.focal_xy_px is None or self.centre_px is None or self.size_wh is None:
            focal: Any = size.max(-1, keepdims=True) / (2 * math.tan(math.radians(self.fov_deg) / 2))
            centre: Any = size / 2
        else:
            zoom: Any = size / np.asarray(self.size_wh, np.float32)
            self._check_shape(size, zoom)
            focal = np.asarray(self.focal_xy_px, np.float32) * zoom
            centre = np.asarray(self.centre_px, np.float32) * zoom
        rays: Array = (xy - centre) / focal
        if not self.distortion:
            return rays
        # Detectors also guess points outside the picture, where the polynomial holds no more:
        # they are moved as the edge is.
        inside = np.clip(rays, -centre / focal, (size - centre) / focal)
        straight: Array = (undistort(inside, self.distortion) + (rays - inside)).astype(rays.dtype)
        return straight

    def _check_shape(self, size: Array, zoom: Array) -> None:
        """A camera that offers 4:3 and 16:9 crops one of them: scaling to the other would be wrong."""
        if (np.abs(zoom[..., 0] / zoom[..., 1] - 1) < _ASPECT_TOLERANCE).all():
            return
        (was_w, was_h), (width, height) = self.size_wh or (0, 0), size.reshape(-1, 2)[-1]
        raise UsageError(
            f"the intrinsics are of {was_w}x{was_h} pictures, and a picture of {width:.0f}x{height:.0f} has another "
            "shape: use the size that was calibrated, or calibrate this one"
        )

    def _picture_rays(self) -> Points:
        """A grid over the picture, edges included (n, 2), with the distortion of the lens."""
        points = np.stack(np.meshgrid(*[np.linspace(0, 1, _LENS_GRID)] * 2), -1).reshape(-1, 2)
        size, centre, focal = (np.array(pair) for pair in (self.size_wh, self.centre_px, self.focal_xy_px))
        rays: Points = (points * size - centre) / focal
        return rays


def distort(rays: Rays, coefficients: Sequence[float]) -> Points:
    """Where a lens shows the rays (..., 2) of an ideal camera, float64: the model of Brown and
    Conrady, with OpenCV's coefficients k1, k2, p1, p2[, k3[, k4, k5, k6]]."""
    return _lens(np.asarray(rays, np.float64), coefficients)[0]


def undistort(rays: Rays, coefficients: Sequence[float]) -> Points:
    """The inverse of `distort`, by Newton's method.  Beyond the radius at which a lens folds the
    picture over there is none, and the answer has no meaning."""
    shown = np.asarray(rays, np.float64)
    found = shown.copy()
    for _ in range(_NEWTON_STEPS):
        guess, (xx, xy, yy) = _lens(found, coefficients)
        off_x, off_y = np.moveaxis(shown - guess, -1, 0)
        step = np.stack([yy * off_x - xy * off_y, xx * off_y - xy * off_x], -1) / (xx * yy - xy * xy)[..., None]
        found += step
        if not (np.abs(step) > _CONVERGED).any():  # NaN stays NaN
            break
    return found


def _lens(rays: Points, coefficients: Sequence[float]) -> tuple[Points, tuple[Points, Points, Points]]:
    """Distorted rays, and the derivatives dx/dx, dx/dy = dy/dx and dy/dy."""
    k1, k2, p1, p2, k3, k4, k5, k6 = (*coefficients, *[0.0] * (max(DISTORTION_LENGTHS) - len(coefficients)))
    x, y = rays[..., 0], rays[..., 1]
    r2 = x * x + y * y
    below = 1 + r2 * (k4 + r2 * (k5 + r2 * k6))
    radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / below
    slope = (k1 + r2 * (2 * k2 + r2 * 3 * k3) - radial * (k4 + r2 * (2 * k5 + r2 * 3 * k6))) / below  # by r2
    shown = np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
        ],
        -1,
    )
    xx = radial + 2 * slope * x * x + 2 * p1 * y + 6 * p2 * x
    xy = 2 * (slope * x * y + p1 * x + p2 * y)
    yy = radial + 2 * slope * y * y + 6 * p1 * y + 2 * p2 * x
    return shown, (xx, xy, yy)


def _can_be_undone(shown: Points, coefficients: Sequence[float]) -> bool:
    """Whether each of the rays that the lens shows (n, 2) comes from one, on the near side of any fold."""
    with np.errstate(all="ignore"):
        found = undistort(shown, coefficients)
        again, (xx, xy, yy) = _lens(found, coefficients)
        fits = np.abs(again - shown).max(-1) < 1e-6
        return bool((fits & (xx * yy > xy * xy) & (xx + yy > 0)).all())


def camera_to_published(pitch_deg: float = 0.0) -> Array:
    """Rotation (3, 3) from camera axes to published axes for a camera that looks
    `pitch_deg` below the horizon (negative: above)."""
    cos, sin = math.cos(math.radians(pitch_deg)), math.sin(math.radians(pitch_deg))
    return np.array([[1, 0, 0], [0, -sin, cos], [0, -cos, -sin]], np.float32)


def pitched(points: Array, more_deg: Array | Points) -> Array:
    """Published points (T, ..., 3) as if the camera had been taken to look down by `more_deg` (T,) more."""
    angle = np.radians(more_deg.astype(np.float64)).reshape(-1, *[1] * (points.ndim - 2))
    x, y, z = np.moveaxis(points, -1, 0)
    turned = np.stack([x, y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle)], -1)
    level: Array = turned.astype(points.dtype)
    return level


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
    near, far = DEPTHS_M
    return root if np.isfinite(root).all() and near < depth < far else None
