"""The legs of the newest poses, as a short motion."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np

from ...kinematics.anatomy import body_points
from ...motion import Floats, Motion3D, rate_of
from ...pose import Array, Pose3D
from ...skeleton import Skeleton
from ..body import hermite
from .result import SIDES

_PARTS = "hip", "knee", "ankle", "heel", "toe"
_MOST_FPS = 60.0
_NO_PLACE = np.full(3, np.nan, np.float32)


class LiveWindow:
    """Poses of the last seconds, in order; of each the points that events are found from, about the pelvis."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._legs: Skeleton | None = None
        self._rows: deque[tuple[float, Array, Array, Array]] = deque()  # time, points, place, scores

    def clear(self) -> None:
        """Forget all, the points of the skeleton too."""
        self._rows.clear()
        self._legs = None

    @property
    def newest_s(self) -> float | None:
        """The time of the newest pose."""
        return self._rows[-1][0] if self._rows else None

    @property
    def length_s(self) -> float:
        """From the oldest pose to the newest."""
        return self._rows[-1][0] - self._rows[0][0] if self._rows else 0.0

    @property
    def rate_hz(self) -> float:
        """Poses a second; fewer than frames of the camera where the program is too slow for it."""
        return (len(self._rows) - 1) / self.length_s if self.length_s else 0.0

    def add(self, pose: Pose3D) -> None:
        """Take a pose in; those that are too old go."""
        if self._legs is None:
            self._legs = _legs(pose.skeleton)
        points = body_points(pose.xyz.astype(np.float64), pose.skeleton)
        pelvis = (points["left_hip"] + points["right_hip"]) / 2
        xyz = np.array([points.get(name, pelvis) for name in self._legs.joints]) - pelvis
        root = _NO_PLACE if pose.root_m is None else pose.root_m + pelvis
        scores = pose.score[[pose.skeleton.index(name) for name in self._legs.joints[1:]]]
        t_s = pose.t_capture_ns / 1e9
        self._rows.append((t_s, xyz.astype(np.float32), root.astype(np.float32), np.append(np.float32(1), scores)))
        while self._rows[0][0] < t_s - self._span_s:
            self._rows.popleft()

    def motion(self) -> Motion3D:
        """The window as a motion at the camera's rate (at most 60 fps), up to the newest pose; what a slow program
        dropped between two poses is interpolated."""
        assert self._legs is not None
        times, points, places, scores = map(np.array, zip(*self._rows, strict=True))
        fps = min(rate_of(times), _MOST_FPS)
        grid = times[-1] - np.arange(int((times[-1] - times[0]) * fps + 1e-6), -1, -1) / fps
        return Motion3D(
            joints=hermite(points, times, grid).astype(np.float32),
            times_s=grid,
            score=np.clip(hermite(scores, times, grid), 0, 1).astype(np.float32),
            root_m=_where_known(places, times, grid),
            valid=np.ones(len(grid), bool),
            skeleton=self._legs,
            fps=fps,
            model="live",
        )


def _where_known(places: Array, times: Floats, grid: Floats) -> Array:
    """Places (T, 3) at other times, between those that are known; NaN where none is."""
    known = np.isfinite(places).all(1)
    if not known.any():
        return np.full((len(grid), 3), np.nan, np.float32)
    return np.stack([np.interp(grid, times[known], places[known, axis]) for axis in range(3)], 1).astype(np.float32)


def _legs(skeleton: Skeleton) -> Skeleton:
    """The leg points of a skeleton about the pelvis, hips at the joint centres."""
    chains = [[f"{side}_{part}" for part in _PARTS if f"{side}_{part}" in skeleton.joints] for side in SIDES]
    names = ("pelvis", *chains[0], *chains[1])
    above = {chain[0]: "pelvis" for chain in chains} | {b: a for chain in chains for a, b in pairwise(chain)}
    left, right = (tuple(names.index(name) for name in chain) for chain in chains)
    return Skeleton("legs", names, (-1, *(names.index(above[name]) for name in names[1:])), left, right)
