"""Form while it happens: repetitions counted at lock-out, with the phase the person is in."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...pose import UNKNOWN, CameraPitch, Pose3D
from .exercises import EXERCISES
from .options import AUTO
from .repetitions.online import LiveCounting
from .result import NO_EXERCISE, Fault, Measure, Repetition
from .technique.live import LiveTechnique


@dataclass(frozen=True)
class Counted:
    """A repetition that was completed: with what could be measured of it at lock-out, and its faults."""

    repetition: Repetition
    measures: tuple[Measure, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class LiveState:
    """What is known now.

    `exercise` is a name of EXERCISES or NO_EXERCISE, with `why` in words; `phase` one of result.PHASES, or "" where
    nobody is in a repetition (LOCKOUT: stands and is ready); `count` of the set, `partials` that were not counted;
    `effort` is the exercise's signal in its `unit`, None where it is not known; `newest` the newest counted one.
    """

    exercise: str = NO_EXERCISE
    why: str = "too few poses yet"
    phase: str = ""
    count: int = 0
    partials: int = 0
    effort: float | None = None
    unit: str = ""
    faults: tuple[Fault, ...] = field(default_factory=tuple)  # of the repetition that is going on
    newest: Counted | None = None


class LiveForm:
    """The form of one person, pose by pose, in order; `state` is what is known as of the newest pose.

    `camera`, which may change with every pose: how it is known how far the camera looks down; the poses are levelled
    by it.  What is not known widens the error of depth.  `height_told`: whether poses have the person's size."""

    def __init__(self, exercise: str = AUTO) -> None:
        self.camera, self.height_told = CameraPitch(0.0, UNKNOWN), False
        self._exercise = exercise
        self._begin()

    def reset(self) -> None:
        """Begin anew: another person, or a new set."""
        self._begin()

    def _begin(self) -> None:
        self._counting = LiveCounting(self._exercise)
        self._technique = LiveTechnique(self._counting.now.exercise)
        self._newest: Counted | None = None
        self.state = LiveState()

    def begin_set(self) -> None:
        """The repetitions that follow are compared with each other, and not with those before."""
        self._technique.begin_set()

    def push(self, pose: Pose3D) -> list[Counted]:
        """The repetitions that are complete with this pose and were not before; times are on the clock of
        `t_capture_ns`."""
        repetitions, now = self._counting.push(pose), self._counting.now
        self._technique.exercise, self._technique.height_told = now.exercise, self.height_told
        self._technique.push(pose, now.phase, now.effort, self.camera)
        return self._counted(repetitions)

    def miss(self, t_s: float) -> list[Counted]:
        """There is no pose at this time: what was begun and complete enough is counted, the rest is given up."""
        return self._counted(self._counting.miss(t_s))

    def _counted(self, repetitions: list[Repetition]) -> list[Counted]:
        fresh = [Counted(repetition, *self._technique.counted(repetition)) for repetition in repetitions]
        now = self._counting.now
        self._newest = fresh[-1] if fresh else self._newest
        known = now.exercise != NO_EXERCISE
        self.state = LiveState(
            exercise=now.exercise,
            why="" if known else "no exercise is recognised yet",
            phase=now.phase,
            count=now.count,
            partials=now.partials,
            effort=now.effort,
            unit=EXERCISES[now.exercise].unit if known else "",
            faults=self._technique.faults,
            newest=self._newest,
        )
        return fresh
