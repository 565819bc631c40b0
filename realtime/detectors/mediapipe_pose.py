"""BlazePose through MediaPipe 0.10.21, to compare with: `blazepose` runs the same networks, faster.

V. Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020.  Apache-2.0.

Only complexity 1 ("full") is in the wheel; the lite and heavy networks would be downloaded
at run time and are not offered.  MediaPipe tracks a single person by itself.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..boxes import box_around
from ..pose import Array, DetectedPerson, Frame, Image, Pose2D, bgr_image
from ..runtime.hints import install, pip
from ..runtime.native_log import without_lines
from ..runtime.optional import library_errors, load, opencv
from ..skeleton import BLAZEPOSE33
from .points import checked_points

_MIN_CONFIDENCE = 0.7  # instead of 0.5; blazepose/detector.py says why

_WHY = "the detector mediapipe"
# Without its dependencies: setup.cfg says why.
_INSTALL = f"{install('mediapipe')}, then {pip('--no-deps mediapipe==0.10.21')} (Python 3.12 at most)"

# Start-up messages of its libraries, which no logger setting can silence.
_STARTUP_MESSAGES = (
    "Created TensorFlow Lite XNNPACK delegate",
    "All log messages before absl::InitializeLog",
    "inference_feedback_manager.cc",
    "landmark_projection_calculator.cc",
    "gl_context",  # with a display
    "GetPrototype",  # with protobuf 5 and 6
)


class MediaPipePose:
    """33 landmarks of one person; `score` is MediaPipe's visibility.

    `world_m` is its own 3D estimate: metres, origin at the hip centre, camera axes (x right,
    y down, z away from the camera), depth underestimated.

    `smooth` enables MediaPipe's filter.  It is off by default, because smoothing twice doubles
    the lag and that filter assumes 1/30 s per frame.
    """

    name = "mediapipe"
    skeleton = BLAZEPOSE33
    many_people = False

    def __init__(self, smooth: bool = False) -> None:
        self._cv2 = opencv(_WHY)
        with without_lines(*_STARTUP_MESSAGES), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it calls is deprecated in protobuf 6
            mediapipe = load("mediapipe", _WHY, _INSTALL)
            with library_errors("mediapipe", _WHY, _INSTALL):  # protobuf 7 breaks it here
                self._network: Any = mediapipe.solutions.pose.Pose(
                    static_image_mode=False,
                    model_complexity=1,
                    min_detection_confidence=_MIN_CONFIDENCE,
                    smooth_landmarks=smooth,
                    enable_segmentation=False,
                )
                self._network.process(np.zeros((64, 64, 3), np.uint8))  # warm up: the first call is slow
        self._started = False  # the last start-up message comes with the first person

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """The tracked person, or an empty list."""
        image = bgr_image(frame.image)
        result = self._process(self._cv2.cvtColor(image, self._cv2.COLOR_BGR2RGB))
        if result.pose_landmarks is None:
            return []
        xy, score = checked_points(*_points(result.pose_landmarks, frame.size_wh), frame.size_wh)
        if np.isnan(xy).all():
            return []
        keypoints = Pose2D.seen_in(frame, BLAZEPOSE33, xy, score, _world(result.pose_world_landmarks))
        return [DetectedPerson(keypoints, box_around(xy), 1.0)]  # it reports no confidence of the person

    def close(self) -> None:
        """Free the networks; may be called twice."""
        if self._network is not None:
            self._network.close()
            self._network = None

    def _process(self, image: Image) -> Any:
        if self._started:
            return self._network.process(image)
        with without_lines(*_STARTUP_MESSAGES):
            result = self._network.process(image)
        self._started = result.pose_landmarks is not None
        return result


def _points(landmarks: Any, size_wh: tuple[int, int]) -> tuple[Array, Array]:
    values = np.array([(p.x, p.y, p.visibility) for p in landmarks.landmark], np.float32)
    return values[:, :2] * np.array(size_wh, np.float32), values[:, 2]


def _world(landmarks: Any) -> Array | None:
    world = np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32)
    return world if np.isfinite(world).all() else None
