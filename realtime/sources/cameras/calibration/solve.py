"""Views of the board → the camera, or why it cannot be told from them.

Z. Zhang, "A flexible new technique for camera calibration", PAMI 2000, as OpenCV implements it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....camera import Intrinsics, distort
from ....errors import CalibrationError, UsageError
from ....formats.camera_file import measured_camera
from ....pose import Array
from ....runtime import optional
from ....runtime.text import counted
from .board import Board
from .finding import View
from .views import FEWEST_VIEWS, corner_places, missing_tilts

# The board must have been in so much of the picture's width and height: what is beyond is extrapolated.
_LEAST_SPAN = 0.6
_RMS_PX, _RMS_SHARE = 1.0, 1 / 1280  # the highest error, of small pictures and as a share of large ones
_LEAST_CERTAIN = 0.02  # standard deviation of the focal length, as a share of it
_FOV_DEG = 10.0, 140.0
_LARGEST_ANISOTROPY = 0.05  # between the focal lengths across and down: pixels are square
_LARGEST_OFFSET = 0.2  # of the centre, as a share of the picture
_OUTLIER, _OUTLIER_PX = 2.5, 0.3  # times the median error of the views, and no smaller than this
# k3 is used where it is so many standard deviations from 0: wide lenses need it, and in the corners of
# other pictures, where no board was, it only adds noise.
_K3_SIGMAS = 4.0
_K3, _FOCAL = 8, slice(2)  # places in OpenCV's list of standard deviations


@dataclass(frozen=True, eq=False)
class Calibration:
    """A camera, and how well the `views` of the board agree with it: the root mean square distance
    in px of all corners and of each view's.  `removed` views did not and were left out."""

    camera: Intrinsics
    rms_px: float
    focal_std_px: tuple[float, float]
    views: tuple[View, ...]
    errors_px: tuple[float, ...]
    removed: int

    @property
    def size_wh(self) -> tuple[int, int]:
        """Of the pictures."""
        return self.views[0].size_wh

    @property
    def fov_std_deg(self) -> float:
        """The standard deviation of the field of view."""
        share = (np.array(self.focal_std_px) / np.array(self.camera.focal_xy_px)).max()
        return float(np.degrees(np.sin(np.radians(self.camera.fov_deg)) * share))

    @property
    def largest_shift_px(self) -> float:
        """How far the lens moves a corner of the picture, at most."""
        corners = np.array([(0, 0), (0, 1), (1, 0), (1, 1)]) * self.size_wh
        centre, focal = np.array(self.camera.centre_px), np.array(self.camera.focal_xy_px)
        rays = (corners - centre) / focal
        shift = (distort(rays, self.camera.distortion) - rays) * focal
        return float(np.linalg.norm(shift, axis=1).max())


def calibrate(views: Sequence[View], board: Board) -> Calibration:
    """The camera that saw the views.  Raises CalibrationError, saying what is wrong with them."""
    _check_views(views, board)
    fit = _fit(views, board)
    limit = max(_OUTLIER_PX, _OUTLIER * float(np.median(fit.errors_px)))
    good = [view for view, error in zip(views, fit.errors_px, strict=True) if error <= limit]
    if FEWEST_VIEWS <= len(good) < len(views):
        fit = _fit(good, board)
    else:
        good = list(views)
    _check_fit(fit, good, board)
    focal, centre = np.diag(fit.matrix)[:2], fit.matrix[:2, 2] + 0.5  # our first pixel's centre is at 0.5
    try:
        camera = measured_camera(
            (float(focal[0]), float(focal[1])),
            (float(centre[0]), float(centre[1])),
            good[0].size_wh,
            tuple(float(k) for k in fit.distortion),
        )
    except UsageError as error:
        raise CalibrationError(
            f"the lens is not determined towards the edges of the picture ({error}); hold the board there too"
        ) from error
    std = (float(fit.std[0]), float(fit.std[1]))
    return Calibration(camera, fit.rms_px, std, tuple(good), fit.errors_px, len(views) - len(good))


@dataclass(frozen=True, eq=False)
class _Fit:
    """What OpenCV answers: matrix (3, 3), distortion (5,), and the standard deviations `std` of both."""

    rms_px: float
    matrix: Array
    distortion: Array
    std: Array
    errors_px: tuple[float, ...]


def _fit(views: Sequence[View], board: Board) -> _Fit:
    cv2 = optional.opencv("calibration")
    plain = _fit_with(cv2, views, board, cv2.CALIB_FIX_K3)
    full = _fit_with(cv2, views, board, 0)
    return full if abs(full.distortion[4]) > _K3_SIGMAS * full.std[_K3] else plain


def _fit_with(cv2: Any, views: Sequence[View], board: Board, flags: int) -> _Fit:
    corners = [view.corners_px.reshape(-1, 1, 2) for view in views]
    points = [board.points_mm()] * len(views)
    try:
        rms, matrix, distortion, _, _, std, _, errors = cv2.calibrateCameraExtended(
            points, corners, views[0].size_wh, None, None, flags=flags
        )
    except cv2.error as error:
        raise CalibrationError("no camera fits these views; tilt the board more, and keep it flat") from error
    if not all(np.isfinite(part).all() for part in (rms, matrix, distortion, std, errors)):
        raise CalibrationError("no camera fits these views; tilt the board more, and keep it flat")
    return _Fit(float(rms), matrix, distortion.ravel()[:5], std.ravel(), tuple(map(float, errors.ravel())))


def _check_views(views: Sequence[View], board: Board) -> None:
    if len(views) < FEWEST_VIEWS:
        raise CalibrationError(
            f"only {counted(len(views), 'different sharp view')} of a {board} board, and {FEWEST_VIEWS} are needed: "
            "hold it still in other places, at other distances, and tilted"
            + ("" if views else f"; {board} counts the inner corners, {board.columns + 1}x{board.rows + 1} squares")
        )
    width, height = np.ptp(corner_places(views), axis=0)
    if min(width, height) < _LEAST_SPAN:
        raise CalibrationError(
            f"the board was only in {width:.0%} of the picture's width and {height:.0%} of its height, and "
            f"{_LEAST_SPAN:.0%} are needed: hold it near every edge too"
        )
    if len(missing_tilts(views)) == 2:
        raise CalibrationError(
            "the board faced the camera in nearly all views, which does not determine the focal length: tilt it by "
            "20 to 40 degrees, sideways and up and down"
        )


def _check_fit(fit: _Fit, views: Sequence[View], board: Board) -> None:
    width, height = size = np.array(views[0].size_wh)
    limit_px = max(_RMS_PX, _RMS_SHARE * max(size))
    if fit.rms_px > limit_px:
        raise CalibrationError(
            f"the reprojection error of {fit.rms_px:.2f} px is above {limit_px:.2f} px: is the {board} board flat and "
            "stiff, was it held still, and does the camera keep its focus and zoom?"
        )
    fx, fy = np.diag(fit.matrix)[:2]
    fov_deg = np.degrees(2 * np.arctan(max(width / fx, height / fy) / 2))
    offset = np.abs((fit.matrix[:2, 2] + 0.5) / size - 0.5).max()
    if not (
        _FOV_DEG[0] <= fov_deg <= _FOV_DEG[1]
        and abs(np.log(fx / fy)) <= _LARGEST_ANISOTROPY
        and offset <= _LARGEST_OFFSET
    ):
        raise CalibrationError(
            f"implausible camera: field of view {fov_deg:.0f} degrees, focal lengths {fx:.0f} and {fy:.0f} px, centre "
            f"{offset:.0%} of the picture off the middle; take more views, tilted, and near every edge"
        )
    uncertain = float((fit.std[_FOCAL] / (fx, fy)).max())
    if uncertain > _LEAST_CERTAIN:
        raise CalibrationError(
            f"the focal length is uncertain by {uncertain:.1%} (standard deviation), above {_LEAST_CERTAIN:.0%}: take "
            "more views with the board tilted by 20 to 40 degrees, and nearer"
        )
