"""BlazePose through MediaPipe 0.10.21, whose wheel holds the networks: no download.

V. Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020.  Apache-2.0.

Only complexity 1 ("full") is in the wheel; the lite and heavy networks would be fetched
at run time and are not offered.  MediaPipe tracks one person by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pose import Array, DetectedPerson, Frame, Image, Pose2D, bgr_image
from ..runtime.native_log import without_lines
from ..runtime.optional import load, opencv
from ..skeleton import BLAZEPOSE33
from .points import box_around, checked_points

# At MediaPipe's own 0.5 an empty room's furniture is a person for seconds: of 1394 frames of
# people walking in and out, 203 had one less than 90 px high, at 0.7 four, with one frame of
# real people lost.
_MIN_CONFIDENCE = 0.7

_INSTALL = "pip install -e '.[blazepose]' (mediapipe==0.10.21, for Python 3.11 and 3.12)"

# What its libraries always say while they start, through no logger that could be set.
_CHATTER = (
    "Created TensorFlow Lite XNNPACK delegate",
    "All log messages before absl::InitializeLog",
    "inference_feedback_manager.cc",
    "landmark_projection_calculator.cc",
    "gl_context",  # where there is a display
)


class BlazePose:
    """33 landmarks of one person; `score` is MediaPipe's visibility.

    `world_m` holds its own 3D guess: metres, origin in the middle of the hips, camera
    axes (x right, y down, z away from the camera), shrunk in depth.

    `smooth` turns MediaPipe's filter on.  It is off because what is smoothed twice lags
    twice, and because that filter takes every frame for 1/30 s.
    """

    name = "blazepose"
    skeleton = BLAZEPOSE33
    many_people = False

    def __init__(self, smooth: bool = False) -> None:
        self._cv2 = opencv("blazepose")
        with without_lines(*_CHATTER):
            mediapipe = load("mediapipe", "the detector blazepose", _INSTALL)
            self._network: Any = mediapipe.solutions.pose.Pose(
                static_image_mode=False,
                model_complexity=1,
                min_detection_confidence=_MIN_CONFIDENCE,
                smooth_landmarks=smooth,
                enable_segmentation=False,
            )
            self._network.process(np.zeros((64, 64, 3), np.uint8))  # the first call takes long
        self._silent = False  # the last of the chatter comes with the first person

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """The person that it tracks, nobody where it sees none."""
        image = bgr_image(frame.image)
        result = self._process(self._cv2.cvtColor(image, self._cv2.COLOR_BGR2RGB))
        if result.pose_landmarks is None:
            return []
        xy, score = checked_points(*_points(result.pose_landmarks, frame.size_wh), frame.size_wh)
        if np.isnan(xy).all():
            return []
        keypoints = Pose2D.seen_in(frame, BLAZEPOSE33, xy, score, _world(result.pose_world_landmarks))
        return [DetectedPerson(keypoints, box_around(xy), 1.0)]  # it does not say how sure it is

    def close(self) -> None:
        """Free the networks; may be called twice."""
        if self._network is not None:
            self._network.close()
            self._network = None

    def _process(self, image: Image) -> Any:
        if self._silent:
            return self._network.process(image)
        with without_lines(*_CHATTER):
            result = self._network.process(image)
        self._silent = result.pose_landmarks is not None
        return result


def _points(landmarks: Any, size_wh: tuple[int, int]) -> tuple[Array, Array]:
    values = np.array([(p.x, p.y, p.visibility) for p in landmarks.landmark], np.float32)
    return values[:, :2] * np.array(size_wh, np.float32), values[:, 2]


def _world(landmarks: Any) -> Array | None:
    world = np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32)
    return world if np.isfinite(world).all() else None
