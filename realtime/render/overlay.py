"""2D keypoints drawn on their frame, in the viewer's colours.

OpenCV draws polygons and circles with subpixel coordinates, so thin limbs do not jitter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pose import Image, Pose2D
from ..runtime import optional
from ..skeleton import COCO17, Skeleton
from ..viewer.keypoint_limbs import FOOT_LIMBS, LIMBS, SHOWN_SCORE, widths
from ..viewer.limbs import ends, side
from ..viewer.theme import Theme

_SIZE_TO_WIDTH = 1 / 75  # limb width as a fraction of the person's larger side ...
_WIDTHS_PX = 2.0, 6.0  # ... clamped to these
_JOINT_RADIUS = 0.85  # limb widths
_RIM_PX = 1.2
_SHIFT = 4  # fractional bits of OpenCV's fixed-point coordinates


class Overlay:
    """Draws the 17 COCO keypoints of poses of any skeleton that contains them, and with the `points` COCO_FEET21
    their feet."""

    def __init__(self, theme: Theme, points: Skeleton = COCO17) -> None:
        limbs = LIMBS if points is COCO17 else (*LIMBS, *FOOT_LIMBS)
        self._points = points
        self._cv2 = optional.opencv("drawing keypoints")
        self._rim = bgr(theme.background)
        self._ends = ends(points, limbs)
        self._limb_colours = [bgr(theme.side(side(limb, points))) for limb in limbs]
        self._limb_widths, self._joint_widths = widths(points, limbs)
        self._joint_colours = [bgr(theme.side(points.side(joint))) for joint in range(len(points))]

    def draw(self, picture: Image, pose: Pose2D) -> None:
        """Draw on a picture (H, W, 3) BGR, which may be scaled.  Points that are missing or
        have a low score are omitted, with their limbs."""
        shown = pose.select(self._points)
        zoom = np.array(picture.shape[1::-1]) / shown.size_wh
        xy = shown.xy * zoom - 0.5  # OpenCV's origin is the centre of the first pixel
        visible = np.isfinite(xy).all(-1) & (shown.score >= SHOWN_SCORE)
        if not visible.any():
            return
        width_px = float(np.clip(np.ptp(xy[visible], axis=0).max() * _SIZE_TO_WIDTH, *_WIDTHS_PX))
        limbs = np.flatnonzero(visible[self._ends].all(1))
        for rim_px in (_RIM_PX, 0.0):
            for limb in limbs:
                a, b = xy[self._ends[limb]]
                colour = self._rim if rim_px else self._limb_colours[limb]
                self._limb(picture, a, b, self._limb_widths[limb] * width_px / 2 + rim_px, colour)
        for joint in np.flatnonzero(visible):
            radius_px = _JOINT_RADIUS * self._joint_widths[joint] * width_px
            self._disc(picture, xy[joint], radius_px + _RIM_PX, self._rim)
            self._disc(picture, xy[joint], radius_px, self._joint_colours[joint])

    def _limb(self, picture: Image, a: NDArray[Any], b: NDArray[Any], half_px: float, colour: Any) -> None:
        along = b - a
        length = float(np.hypot(*along))
        if length < 1:
            return
        across = along[::-1] * (-half_px / length, half_px / length)
        corners = _fixed(np.stack([a + across, b + across, b - across, a - across]))
        self._cv2.fillConvexPoly(picture, corners, colour, self._cv2.LINE_AA, _SHIFT)

    def _disc(self, picture: Image, centre: NDArray[Any], radius_px: float, colour: Any) -> None:
        x, y = _fixed(centre).tolist()
        self._cv2.circle(picture, (x, y), round(radius_px * 2**_SHIFT), colour, -1, self._cv2.LINE_AA, _SHIFT)


def _fixed(xy: NDArray[Any]) -> NDArray[np.int32]:
    fixed: NDArray[np.int32] = np.round(xy * 2**_SHIFT).astype(np.int32)
    return fixed


def bgr(colour: str) -> tuple[int, ...]:
    """Convert '#rrggbb' to an OpenCV colour."""
    return tuple(int(colour[i : i + 2], 16) for i in (5, 3, 1))
