"""Keypoints, pose by pose → joints that agree with their own picture."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..pose import Array, Pose2D
from ..stages import Lifter
from ..window import PoseWindow
from .agreement import Agreement


class ConsistentLifter:
    """A window and its lifter, for the poses of one motion after the other.

    Where a window still holds poses with exchanged sides, or those before a cut in the film, its answer is
    about them, and not about the picture.  Where the joints of a pose contradict its keypoints, the motion
    begins again with that pose; if what comes after it contradicts it too, it is lifted alone.  Without
    contradictions the answers are the lifter's own; so they are of one that lifts by clips, which costs a clip for each
    pose that is lifted again.

    `answered` counts the poses of the motion that have been answered for, the newest answer included.
    """

    def __init__(self, lift: Lifter, agreement: Agreement) -> None:
        self.window = PoseWindow(lift.window_length, len(lift.keypoints))
        self._lift = lift
        self._agreement = agreement
        self._waiting: deque[Pose2D] = deque()
        self.answered = 0

    def push(self, pose: Pose2D) -> Array | None:
        """Joints (J, 3) of the pose that has waited longest, None while it waits for its future."""
        self._waiting.append(pose)
        joints = self._lifted(pose)
        if self._contradicted(joints):
            joints = self._begin_again()
            if len(self._waiting) > 1 and self._contradicted(joints):
                joints = self._alone()
        if joints is not None:
            self._waiting.popleft()
            self.answered += 1
        return joints

    def finish(self) -> Iterator[Array]:
        """Joints of the poses that wait, in order; the next pose begins a new motion."""
        rest = self._lift.flush() if self._waiting else iter(())
        while self._waiting:
            joints = next(rest)
            if self._contradicted(joints):
                self._begin_again()
                rest = self._lift.flush()
                joints = next(rest)
            self._waiting.popleft()
            self.answered += 1
            yield joints
        self.reset()

    def reset(self) -> None:
        """Forget the motion, and the poses that wait."""
        self._waiting.clear()
        self.window.clear()
        self.answered = 0

    def _lifted(self, pose: Pose2D) -> Array | None:
        self.window.push(pose)
        return self._lift(self.window)

    def _contradicted(self, joints: Array | None) -> bool:
        if joints is None or self._lift.by_clips:
            return False
        return self._agreement.contradicted(joints, self._waiting[0])

    def _begin_again(self, first: int = 0) -> Array | None:
        """The past forgotten: joints of the `first` pose that waits, None while it waits for its future."""
        self.window.clear()
        self.answered = 0
        joints = None
        for pose in list(self._waiting)[first:]:
            joints = self._lifted(pose)
        return joints

    def _alone(self) -> Array:
        """Joints of the pose that has waited longest, without past and future."""
        self.window.clear()
        self._lifted(self._waiting[0])
        (joints,) = self._lift.flush()
        self._begin_again(1)
        return joints
