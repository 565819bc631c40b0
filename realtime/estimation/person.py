"""One person: keypoints frame by frame → joints, with or without a delay."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from ..camera import Intrinsics
from ..errors import UsageError
from ..pose import (
    ASSUMED_HEIGHT_M,
    HEIGHTS_M,
    NO_PERSON,
    PELVIS,
    ROOM,
    Array,
    Detection,
    Estimate,
    Frame,
    Pose2D,
    Pose3D,
    absent,
)
from ..smoothing import OneEuro, ZeroLag
from ..stages import Bridge, Lifter
from ..tracking.gaps import GapBridge
from ..tracking.outliers import KeypointGuard
from .agreement import Agreement
from .camera_level import CameraLevel
from .consistent_lifter import ConsistentLifter
from .motion_smoother import MotionSmoother
from .room.live import RoomPlacement
from .root_position import RootPlacement

# After a gap in time longer than this, and than a few frames of a slow detector, a new motion
# begins; the same length as the longest gap that is bridged.
_LONGEST_GAP_S = 0.5
_SLOW_STEPS = 3

# So many poses before are enough for a network that sees what comes after: more gain 0.5 mm on average.
_WARM_WITH_FUTURE = 26

HeightOf = Callable[[int], float | None]  # by a person's number: how tall, m, None if nobody knows


class Continuity:
    """Whether the keypoints of a frame continue the motion before them."""

    def __init__(self) -> None:
        self._person: int | None = None
        self._t_s = self._step_s = 0.0

    def __call__(self, frame: Frame, keypoints: Pose2D | None) -> bool:
        """False after a gap in time, for another person, and once when nobody is there."""
        t_s = frame.t_capture_ns / 1e9
        step_s, former_step_s = t_s - self._t_s, self._step_s
        person = None if keypoints is None else keypoints.person
        continues = person == self._person and step_s <= max(_LONGEST_GAP_S, _SLOW_STEPS * former_step_s)
        self._person, self._t_s, self._step_s = person, t_s, step_s
        return continues


def size_factor(lift: Lifter, height_m: float | None) -> float:
    """What a lifter's joints are multiplied by for a person of this height, None if nobody knows it.
    Raises UsageError for a height that nobody has."""
    low, high = HEIGHTS_M
    if height_m is not None and not low <= height_m <= high:
        raise UsageError(f"a person's height is from {low:g} to {high:g} m, not {height_m:g}")
    if height_m is None and lift.height_m is None:
        return 1.0  # it guesses
    return (height_m or ASSUMED_HEIGHT_M) / (lift.height_m or ASSUMED_HEIGHT_M)


class PersonChain:
    """Gap filling, outlier guard, window and lifter (see ConsistentLifter), root placement and smoother of one person.

    The estimate of a frame comes `delay` frames later, or when the motion ends: the person leaves,
    another one is followed, or there is a gap in time.  The ends of a motion are padded with its first
    and last pose.  With `smooth_late` it comes as much later as that looks ahead.

    `level`: how far below the horizon the camera looks, by default not at all.  `height_m`: how tall the person
    is, None if nobody knows, or a function from a person's number (`Pose2D.person`) to that, such as the `get`
    of a dict; it is a factor on joints and distance, since a picture does not change when both grow
    alike.  `room` puts the poses into the room.  `person` is the identity
    that the chain follows, None for nobody.  Frames come in order, from one thread.
    """

    def __init__(
        self,
        lift: Lifter,
        *,
        bridge: Bridge | None = None,
        guard: KeypointGuard | None = None,
        intrinsics: Intrinsics | None = None,
        level: CameraLevel | None = None,
        height_m: float | HeightOf | None = None,
        smooth: OneEuro | None = None,
        smooth_late: ZeroLag | None = None,
        room: RoomPlacement | None = None,
    ) -> None:
        self.lift = lift
        self.delay = lift.lookahead
        self.intrinsics = intrinsics or Intrinsics()
        self._agreement = Agreement(lift.keypoints, lift.skeleton, self.intrinsics)
        self._consistent = ConsistentLifter(lift, self._agreement)
        self.window = self._consistent.window
        self.level = level or CameraLevel()
        self.person: int | None = None
        self._bridge = bridge or GapBridge()
        self._guard = guard
        self._place = RootPlacement(lift.keypoints, lift.skeleton, self.intrinsics, self.level, smooth)
        self.height_m = None if callable(height_m) else height_m  # of whoever is followed
        self._height_of: HeightOf = height_m if callable(height_m) else lambda _person: self.height_m
        size_factor(lift, self.height_m)  # before the first pose
        self._room = room
        self.place = PELVIS if room is None else ROOM
        self._smooth_late = MotionSmoother(smooth_late) if smooth_late else None
        self._continues = Continuity()
        self._past = lift.window_length - 1 - lift.lookahead  # poses before the one that is answered for
        self._warm_after = min(self._past, _WARM_WITH_FUTURE) if lift.lookahead else self._past
        self._waiting: deque[tuple[Detection, Pose2D, Pose2D]] = deque()  # with whole and selected keypoints

    def push(self, keypoints: Pose2D | None, detection: Detection) -> list[Estimate]:
        """The estimates that are due after this frame, in order; `keypoints` are the person's in it,
        None where it was not seen.  Call for every frame."""
        start_ns = time.monotonic_ns()
        frame = detection.frame
        keypoints = self._bridge(keypoints, frame)
        if keypoints is not None and self._guard is not None:
            keypoints = self._guard(keypoints)
        answers = [] if self._continues(frame, keypoints) else self.finish()
        if keypoints is None:
            self.person = None
            times = frame.t_capture_ns, frame.t_unix_ns
            nobody = absent(NO_PERSON, self.lift.skeleton, frame.index, *times, self.level.pitch_deg, self.place)
            return [*answers, self._estimate(detection, None, nobody, 0, start_ns)]
        selected = keypoints.select(self.lift.keypoints)
        self._waiting.append((detection, keypoints, selected))
        joints = self._consistent.push(selected)
        return answers if joints is None else [*answers, *self._smoothed(self._answer(joints, start_ns))]

    def finish(self) -> list[Estimate]:
        """The rest of a motion; call after the last frame."""
        answers = [
            answer
            for joints in self._consistent.finish()
            for answer in self._smoothed(self._answer(joints, time.monotonic_ns()))
        ]
        if self._smooth_late is not None:
            answers += self._smooth_late.finish()
        self._reset_place()
        return answers

    def reset(self) -> None:
        """Forget the motion, and what waits in it."""
        self._waiting.clear()
        self._consistent.reset()
        if self._guard is not None:
            self._guard.reset()
        if self._smooth_late is not None:
            self._smooth_late.reset()
        self._reset_place()

    def _reset_place(self) -> None:
        self._place.reset()
        if self._room is not None:
            self._room.reset()

    def _smoothed(self, answer: Estimate) -> list[Estimate]:
        return [answer] if self._smooth_late is None else self._smooth_late.push(answer)

    def _answer(self, joints: Array, start_ns: int) -> Estimate:
        detection, keypoints, selected = self._waiting.popleft()
        is_warm = self._consistent.answered > self._warm_after
        height_m = self._height_of(keypoints.person)
        score = self._agreement.doubted(joints, selected)
        pose = self._place(size_factor(self.lift, height_m) * joints, selected, score, is_warm=is_warm)
        if self._room is not None:
            pose = self._room(pose)
        have = min(self._consistent.answered, self._past + 1) + len(self._waiting)
        return self._estimate(detection, keypoints, pose, have, start_ns, height_m)

    def _estimate(
        self,
        detection: Detection,
        keypoints: Pose2D | None,
        pose: Pose3D,
        have: int,
        start_ns: int,
        height_m: float | None = None,
    ) -> Estimate:
        return Estimate(
            pose=pose,
            keypoints=keypoints,
            have=have,
            want=self.window.length,
            detect_ms=detection.detect_ms,
            lift_ms=(time.monotonic_ns() - start_ns) / 1e6,
            lag_start_ns=detection.lag_start_ns,
            frame=detection.frame,
            people=detection.people,
            light=detection.light,
            height_m=height_m,
        )
