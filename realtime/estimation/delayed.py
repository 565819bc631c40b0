"""Frames → estimates by a network that sees what comes after, for recordings.

The stages are those of `estimator`; what differs is that a frame is answered for half a window
later, or when the motion ends.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ..camera import Intrinsics
from ..lifting.open import LateLifter
from ..pose import Array, Estimate, Frame, Pose2D, Pose3D
from ..skeleton import COCO17
from ..smoothing import OneEuro
from ..stages import Bridge, Detector
from ..tracking.outliers import Guard
from .estimator import Continuity, Estimator, Sighting, nobody, sight
from .root_position import Placing

Answer = tuple[Frame, Estimate]


@dataclass
class Hindsight:
    """As `Estimator`, with `lift.late` frames of the future.

    A motion ends where the person goes, another one comes, or time has a hole; its last pose
    then stands for the future, as its first one does for the past.  `pictures` False lets go
    of the images of the frames that wait, which are the most of what is held.
    """

    detect: Detector
    bridge: Bridge
    lift: LateLifter
    intrinsics: Intrinsics = field(default_factory=Intrinsics)
    pitch_deg: float = 0.0
    smooth: OneEuro | None = None
    guard: Guard | None = None
    pictures: bool = True

    def __post_init__(self) -> None:
        self._place = Placing(self.intrinsics, self.pitch_deg, self.smooth)
        self._continues = Continuity()
        self._waiting: deque[tuple[Sighting, Pose2D]] = deque()
        self._answered = 0  # poses of this motion

    def answers(self, frame: Frame) -> Iterator[Answer]:
        """What can be told now that this frame is seen, in order; call for every frame."""
        seen = sight(self.detect, frame)
        if not self.pictures:
            seen = replace(seen, frame=_without_picture(frame))
        keypoints = self.bridge(seen.keypoints, frame)
        if keypoints is not None and self.guard is not None:
            keypoints = self.guard(keypoints)
        if not self._continues(frame, keypoints):
            yield from self.finish()
        if keypoints is None:
            yield seen.frame, self._estimate(seen, None, nobody(frame), time.monotonic_ns())
            return
        start_ns = time.monotonic_ns()
        self._waiting.append((seen, keypoints))
        joints = self.lift.push(keypoints.select(COCO17))
        if joints is not None:
            yield self._answer(joints, start_ns)

    def finish(self) -> Iterator[Answer]:
        """The rest of a motion; call after the last frame."""
        for joints in self.lift.finish():
            yield self._answer(joints, time.monotonic_ns())
        self._answered = 0
        self._place.reset()

    def _answer(self, joints: Array, start_ns: int) -> Answer:
        seen, keypoints = self._waiting.popleft()
        is_warm = self._answered >= self.lift.late
        pose = self._place(joints, keypoints.select(COCO17), is_warm=is_warm)
        self._answered += 1
        return seen.frame, self._estimate(seen, keypoints, pose, start_ns)

    def _estimate(self, seen: Sighting, keypoints: Pose2D | None, pose: Pose3D, start_ns: int) -> Estimate:
        have = min(self._answered, self.lift.late + 1) + len(self._waiting) if keypoints is not None else 0
        return Estimate(
            pose=pose,
            keypoints=keypoints,
            have=have,
            want=self.lift.window_length,
            detect_ms=seen.detect_ms,
            lift_ms=(time.monotonic_ns() - start_ns) / 1e6,
            since_ns=seen.since_ns,
        )


def _without_picture(frame: Frame) -> Frame:
    """The same frame with one grey pixel seen everywhere."""
    return replace(frame, image=np.broadcast_to(np.uint8(0), frame.image.shape))


def in_order(
    estimate: Estimator | Hindsight, frames: Iterable[tuple[Frame, float]]
) -> Iterator[tuple[Frame, float, Estimate]]:
    """Every frame with its time and its estimate, as they come."""
    if isinstance(estimate, Estimator):
        for frame, t_s in frames:
            yield frame, t_s, estimate(frame)
        return
    times_s: deque[float] = deque()
    for frame, t_s in frames:
        times_s.append(t_s)
        for answered, found in estimate.answers(frame):
            yield answered, times_s.popleft(), found
    for answered, found in estimate.finish():
        yield answered, times_s.popleft(), found
