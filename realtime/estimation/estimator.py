"""Frame → estimate: detector, gap bridge, guard, window, lifter and smoother in a row.

This is the whole of the thinking, the same for a camera and for a file; it opens nothing
and knows no socket.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ..camera import Intrinsics
from ..pose import NO_PERSON, Estimate, Frame, Pose2D, Pose3D, absent
from ..skeleton import COCO17, H36M17
from ..smoothing import OneEuro
from ..stages import Bridge, Detector, Lifter
from ..tracking.outliers import Guard
from ..window import PoseWindow
from .root_position import Placing

# After a hole longer than this, and than some steps of a slow detector, the motion before it
# has nothing to do with what follows: as long as a gap that is bridged.
_LONGEST_HOLE_S = 0.5
_SLOW_STEPS = 3


@dataclass(frozen=True, eq=False)
class Sighting:
    """What the detector said of a frame, and how long it took.  `since_ns`: see Estimate."""

    frame: Frame
    keypoints: Pose2D | None
    detect_ms: float
    since_ns: int


def sight(detect: Detector, frame: Frame) -> Sighting:
    """The detector's keypoints, with the time it took."""
    start_ns = time.monotonic_ns()
    keypoints = detect(frame)
    detect_ms = (time.monotonic_ns() - start_ns) / 1e6
    return Sighting(frame, keypoints, detect_ms, start_ns if frame.recorded else frame.t_capture_ns)


class Continuity:
    """Whether the keypoints of a frame continue the motion before them."""

    def __init__(self) -> None:
        self._person: int | None = None
        self._t_s = self._step_s = 0.0

    def __call__(self, frame: Frame, keypoints: Pose2D | None) -> bool:
        """False after a hole in time, for another person, and once for nobody."""
        t_s = frame.t_capture_ns / 1e9
        step_s, former_step_s = t_s - self._t_s, self._step_s
        person = None if keypoints is None else keypoints.person
        continues = person == self._person and step_s <= max(_LONGEST_HOLE_S, _SLOW_STEPS * former_step_s)
        self._person, self._t_s, self._step_s = person, t_s, step_s
        return continues


def nobody(frame: Frame) -> Pose3D:
    """The pose of a frame that shows nobody."""
    return absent(NO_PERSON, H36M17, frame.index, frame.t_capture_ns, frame.t_unix_ns)


@dataclass
class Estimator:
    """Holds the window and the smoother's past; frames come in order.

    `see` is the slow half and keeps nothing of ours, `estimate` the rest: each half may have
    a thread of its own, so that the next frame is seen while this one is lifted.
    `pitch_deg`: how far below the horizon the camera looks.
    """

    detect: Detector
    bridge: Bridge
    lift: Lifter
    intrinsics: Intrinsics = field(default_factory=Intrinsics)
    pitch_deg: float = 0.0
    smooth: OneEuro | None = None
    guard: Guard | None = None

    def __post_init__(self) -> None:
        self.window = PoseWindow(self.lift.window_length, len(COCO17))
        self._place = Placing(self.intrinsics, self.pitch_deg, self.smooth)
        self._continues = Continuity()

    def __call__(self, frame: Frame) -> Estimate:
        """Both halves, one after the other."""
        return self.estimate(self.see(frame))

    def see(self, frame: Frame) -> Sighting:
        """The detector's keypoints, with the time it took."""
        return sight(self.detect, frame)

    def estimate(self, seen: Sighting) -> Estimate:
        """What a sighting means, with those before it in mind."""
        start_ns = time.monotonic_ns()
        frame = seen.frame
        keypoints = self.bridge(seen.keypoints, frame)
        if keypoints is not None and self.guard is not None:
            keypoints = self.guard(keypoints)
        if not self._continues(frame, keypoints):
            self.window.clear()
            self._place.reset()
        pose = nobody(frame) if keypoints is None else self._pose(keypoints)
        return Estimate(
            pose=pose,
            keypoints=keypoints,
            have=self.window.have,
            want=self.window.length,
            detect_ms=seen.detect_ms,
            lift_ms=(time.monotonic_ns() - start_ns) / 1e6,
            since_ns=seen.since_ns,
        )

    def _pose(self, keypoints: Pose2D) -> Pose3D:
        coco = keypoints.select(COCO17)
        self.window.push(coco)
        return self._place(self.lift(self.window), coco, is_warm=self.window.full)
