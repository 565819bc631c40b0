"""Between the gap bridge and the window: exchanged sides are put right, stray points left out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..pose import Array, Pose2D
from ..skeleton import COCO17, Skeleton
from .side_swaps import PART, Points, SideSwapFilter, SideSwapLimits


@dataclass(frozen=True)
class OutlierLimits:
    """When points count as strays; sizes, and where the figures are from, as in `SideSwapLimits`."""

    reach: float = 0.4  # sizes that a point may be off where it is expected
    max_accel: float = 400.0  # and sizes per second squared: a kick, in long steps
    calm_s: float = 1.0  # a stray was never off by half of that for so long
    hold_s: float = 0.07  # and is held for no longer than this, rounded up to whole frames
    most: int = 5  # more of them are no strays: the person is elsewhere
    settle_s: float = 0.05  # over which velocities are averaged
    hole_s: float = 0.5  # after which the past says nothing: the longest gap that is bridged


class KeypointGuard:
    """Pose2D → the same pose, or one with sides exchanged or strays held; nothing is delayed.

    Parts that have changed sides (`SideSwapFilter` says which) are exchanged back, their scores along.
    Each point is expected at its last place or where its velocity leads; one that moved calmly
    and is suddenly further off than bodies move stays where it was, with score 0, until it is
    back or `hold_s` has passed.  Points that hang on a keypoint (fingers, feet, mouth) go with
    it; `world_m` is left as the detector gave it.  Another person, picture size or skeleton,
    or a hole in time, begins anew.
    """

    def __init__(self, sides: SideSwapLimits | None = None, outliers: OutlierLimits | None = None) -> None:
        self._swaps = SideSwapFilter(sides)
        self._limits = outliers or OutlierLimits()
        self._layout = _Layout(COCO17)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next pose passes unchanged."""
        self._last: Pose2D | None = None

    def __call__(self, pose: Pose2D) -> Pose2D:
        """Finite poses in order, as a bridge gives them; one that is fine comes back itself."""
        last = self._last
        if last is None or not self._continues(last, pose):
            return self._begin(pose)
        if pose.bridged:
            return replace(pose, xy=last.xy, score=np.minimum(pose.score, last.score))
        dt_s = (pose.t_capture_ns - last.t_capture_ns) / 1e9
        points = self._layout.points(pose)
        expected = self._at + self._velocity * dt_s
        changed = self._swaps(points, expected, self._size_px, dt_s)
        if any(changed):
            order = self._layout.order(changed)
            pose = replace(pose, xy=pose.xy[order], score=pose.score[order])
            points = self._layout.points(pose)
        return self._hold_outliers(last, pose, points, expected, dt_s)

    def _continues(self, last: Pose2D, pose: Pose2D) -> bool:
        return (
            pose.person == last.person
            and pose.skeleton is last.skeleton
            and pose.size_wh == last.size_wh
            and 0 < pose.t_capture_ns - last.t_capture_ns <= self._limits.hole_s * 1e9
        )

    def _begin(self, pose: Pose2D) -> Pose2D:
        if self._layout.skeleton is not pose.skeleton:
            self._layout = _Layout(pose.skeleton)
        return self._set_out(pose, self._layout.points(pose))

    def _set_out(self, pose: Pose2D, points: Points) -> Pose2D:
        self._swaps.reset()
        self._velocity = np.zeros(len(COCO17), complex)
        self._calm_s = np.zeros(len(COCO17))
        return self._remember(pose, points)

    def _remember(self, pose: Pose2D, points: Points) -> Pose2D:
        mean = complex(points.sum()) / len(points)
        square_px = float(np.vdot(points, points).real) / len(points) - abs(mean) ** 2
        self._size_px = math.sqrt(max(square_px, 1.0))
        self._last, self._at = pose, points
        return pose

    def _hold_outliers(self, last: Pose2D, pose: Pose2D, points: Points, expected: Points, dt_s: float) -> Pose2D:
        limits = self._limits
        step = points - self._at
        off = np.minimum(np.abs(points - expected), np.abs(step))
        limit_px = (limits.reach + limits.max_accel * dt_s**2) * self._size_px
        far = off > limit_px
        if np.count_nonzero(far) > limits.most:
            return self._set_out(pose, points)
        held = far & (self._calm_s > limits.calm_s)
        self._wait(held, (off > limit_px / 2) | (self._layout.score(pose) == 0), dt_s)
        if held.any():
            pose = self._held(last, pose, held)
            points = np.where(held, self._at, points)
        step[far] = 0  # a jump is no velocity
        self._velocity += (step - self._velocity * dt_s) / (dt_s + limits.settle_s)
        return self._remember(pose, points)

    def _wait(self, held: NDArray[np.bool_], doubted: NDArray[np.bool_], dt_s: float) -> None:
        """Count how long each point has been calm, up to as long as it may then be held."""
        calm_s = np.minimum(self._calm_s + dt_s, self._limits.calm_s + self._limits.hold_s)
        calm_s[doubted] = 0
        self._calm_s = np.where(held, self._calm_s - dt_s, calm_s)

    def _held(self, last: Pose2D, pose: Pose2D, held: NDArray[np.bool_]) -> Pose2D:
        stays = held[self._layout.owner]
        xy = np.where(stays[:, None], last.xy, pose.xy)
        return replace(pose, xy=xy, score=np.where(stays, np.float32(0), pose.score))


@dataclass(frozen=True)
class _Layout:
    """Where the 17 keypoints are in a skeleton, and which of them its other points go with."""

    skeleton: Skeleton

    @cached_property
    def _coco(self) -> NDArray[np.intp]:
        return np.array(self.skeleton.indices(COCO17.joints))

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """(J,) the keypoint of COCO-17 that each point is, or hangs on."""
        return np.array([self._owner(joint) for joint in range(len(self.skeleton))])

    def _owner(self, joint: int) -> int:
        name = self.skeleton.joints[joint]
        return COCO17.index(name) if name in COCO17.joints else self._owner(self.skeleton.parents[joint])

    def points(self, pose: Pose2D) -> Points:
        """The 17 keypoints."""
        points: Points = pose.xy[self._coco].astype(np.float64).view(np.complex128)[:, 0]
        return points

    def score(self, pose: Pose2D) -> Array:
        """(17,) their scores."""
        return pose.score[self._coco]

    def order(self, changed: tuple[bool, bool, bool]) -> NDArray[np.intp]:
        """(J,) which point stands where, if parts have changed sides."""
        moved = np.array(changed)[PART[self.owner]]
        return np.where(moved, self.skeleton.mirror, np.arange(len(self.skeleton)))


# By the name of the setting; None lets keypoints pass as they are.
GUARDS: dict[str, Callable[[], KeypointGuard] | None] = {"on": KeypointGuard, "off": None}
