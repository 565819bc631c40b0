"""Frames of the camera as small JPEGs for the topic `preview`, a few a second."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

import numpy as np

from ..errors import MissingLibrary
from ..pose import Estimate, Frame, Image
from ..runtime import optional
from .message import PoseMessage
from .preview import PreviewMessage

_log = logging.getLogger(__name__)

SIDE_PX = 320  # of the longer side
INTERVAL_S = 1 / 15
_QUALITY = 75  # 4 to 20 kB


def preview_of(frame: Frame, estimate: Estimate, pose: PoseMessage, jpeg: bytes) -> PreviewMessage:
    """The message of a frame's picture, from what was published of the same frame."""
    keypoints = estimate.keypoints if len(pose.keypoints_px) else None
    return PreviewMessage(
        session=pose.session,
        source=pose.source,
        frame=pose.frame,
        t_capture_ns=pose.t_capture_ns,
        image_wh=frame.size_wh,
        keypoints_px=pose.keypoints_px,
        keypoints_score=np.empty(0, np.float32) if keypoints is None else np.nan_to_num(keypoints.score),
        keypoints_skeleton=pose.keypoints_skeleton,
        person=pose.person,
        valid=pose.valid,
        reason=pose.reason,
        jpeg=jpeg,
    )


class PreviewPictures:
    """The newest frame as a JPEG, at most every INTERVAL_S.

    A call takes 0.3 ms, whatever the size of the frame, most of it outside Python.  OpenCV is loaded
    by the first; where it cannot be, that is logged once, and there are no pictures.
    """

    def __init__(self) -> None:
        self._cv2: Any = None
        self._due_s = 0.0

    def __call__(self, image: Image) -> bytes | None:
        """The JPEG of an image (H, W, 3) BGR; None while it is too early for another one."""
        now_s = time.monotonic()
        if now_s < self._due_s:
            return None
        # On a grid of times: at 30 fps, waiting for a whole interval would give every third frame.
        self._due_s = max(self._due_s + INTERVAL_S, now_s + INTERVAL_S / 2)
        try:
            self._cv2 = self._cv2 or optional.opencv("the camera picture for viewers")
        except MissingLibrary as fault:
            _log.warning("%s", fault)
            self._due_s = math.inf
            return None
        _, jpeg = self._cv2.imencode(".jpg", self._small(image), [self._cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return bytes(jpeg)

    def _small(self, image: Image) -> Image:
        height, width = image.shape[:2]
        scale = SIDE_PX / max(width, height)
        image = np.ascontiguousarray(image)
        if scale >= 1:
            return image
        size_wh = max(1, round(width * scale)), max(1, round(height * scale))
        # Of each place the mean of four pixels: of all of them it takes 14 ms at 3840x2160.
        small: Image = self._cv2.resize(image, size_wh, interpolation=self._cv2.INTER_LINEAR)
        return small
