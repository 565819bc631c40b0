"""Technique while it happens: faults as they can be seen, and all measures at lock-out."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....motion import Motion3D, motion, rate_of
from ....pose import UNKNOWN, CameraPitch, Pose3D
from ...body import body_of
from ..exercises import EXERCISES
from ..result import LIFTED, LOCKOUT, UP, Fault, Measure, Repetition, Tilt
from .assess import CUTOFF_HZ, by_key
from .faults import faults_of
from .measuring import Circumstances, measures_of
from .movement import Movement
from .scales import scales_of
from .sets import with_set
from .tilt import levelled, tilt_of
from .view import view_of

_KEPT_S = 20.0
_BEFORE_S = 1.0  # of a repetition, for the filter and the view
_EVERY_S = 0.2  # on the way up
# Faults that do not change any more on the way up.
_SEEN_EARLY = "too-shallow", "knees-in", "leans-forward", "leans-sideways", "short-reach", "hips-bent"


@dataclass
class _GoingOn:
    """The repetition that is going on."""

    start_s: float
    turn_s: float
    most: float = -np.inf  # effort
    looked_s: float = -np.inf
    faults: tuple[Fault, ...] = ()


class LiveTechnique:
    """Of one person and one exercise, pose by pose.  `height_told`: whether lengths have the person's size."""

    def __init__(self, exercise: str) -> None:
        self.exercise, self.height_told = exercise, False
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._poses: deque[Pose3D] = deque()
        self.begin_set()
        self._now: _GoingOn | None = None
        self._tilt: Tilt | None = None
        self._camera = CameraPitch(0.0, UNKNOWN)

    def begin_set(self) -> None:
        """The repetitions that follow are compared with each other, and not with those before."""
        self._measures: list[tuple[Measure, ...]] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those of the repetition that is going on."""
        return () if self._now is None else self._now.faults

    def push(self, pose: Pose3D, phase: str, effort: float | None, camera: CameraPitch) -> tuple[Fault, ...]:
        """The faults that are seen with this pose and were not before; `phase` and `effort` are those of the pose, and
        `camera` says how its tilt is known.  They are looked for on the way up, when the turn is over."""
        self._camera = camera
        t_s = pose.t_capture_ns / 1e9
        if self._poses and not _follows(pose, self._poses[-1]):
            self._poses.clear()
        self._poses.append(pose)
        while t_s - self._poses[0].t_capture_ns / 1e9 > _KEPT_S:
            self._poses.popleft()
        if phase in ("", LOCKOUT):
            self._now = None
            return ()
        if self._now is None:
            self._now, self._tilt = _GoingOn(t_s, t_s), None
        now = self._now
        if effort is not None and effort > now.most:
            now.most, now.turn_s = effort, t_s
        if phase != UP or t_s - now.looked_s < _EVERY_S:
            return ()
        now.looked_s = t_s
        known = {*(fault.key for fault in now.faults)}
        found = self._look(Repetition(len(self._measures) + 1, now.start_s, now.turn_s, t_s))[1]
        fresh = tuple(fault for fault in found if fault.key in _SEEN_EARLY and fault.key not in known)
        now.faults += fresh
        return fresh

    def counted(self, repetition: Repetition) -> tuple[tuple[Measure, ...], tuple[Fault, ...]]:
        """Measures and faults of a repetition that is complete."""
        measures, faults = self._look(repetition)
        self._measures.append(measures)
        return (with_set(self._measures)[-1] if measures else ()), faults

    def _look(self, repetition: Repetition) -> tuple[tuple[Measure, ...], tuple[Fault, ...]]:
        row = EXERCISES.get(self.exercise)
        if row is None or not row.technique:
            return (), ()
        if self._tilt is None:
            self._tilt = tilt_of(_motion(list(self._poses), self._camera), LIFTED, None)
        first_ns = 1e9 * (repetition.start_s - _BEFORE_S)
        poses = [pose for pose in self._poses if pose.t_capture_ns >= first_ns]
        seen = _motion(poses, self._camera) if poses else None
        body = None if seen is None else body_of(seen)
        if seen is None or body is None:
            return (), ()
        how = Circumstances(LIFTED, view_of(body), self._tilt, self.height_told)
        level = levelled(body, seen, self._tilt).filtered(CUTOFF_HZ)
        movement = Movement(level, self.exercise, repetition, lifted=True)
        measures = measures_of(movement, how)
        return measures, faults_of(repetition, by_key(measures), scales_of(self.exercise), self.exercise)


def _follows(pose: Pose3D, last: Pose3D) -> bool:
    """Whether both can be in one motion."""
    return pose.t_capture_ns > last.t_capture_ns and pose.skeleton is last.skeleton


def _motion(poses: Sequence[Pose3D], camera: CameraPitch) -> Motion3D:
    """The motion of poses, levelled by the camera's pitch."""
    times_s = np.array([pose.t_capture_ns for pose in poses]) / 1e9
    place = [np.full(3, np.nan) if pose.root_m is None else pose.root_m for pose in poses]
    return motion(
        np.stack([pose.xyz for pose in poses]),
        rate_of(times_s),
        times_s=times_s,
        score=np.stack([pose.score for pose in poses]),
        root_m=np.stack(place),
        skeleton=poses[-1].skeleton,
        model="live",
        camera_pitch=camera,
    )
