"""Form while it happens: repetitions counted at lock-out, with the phase the person is in."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...pose import Pose3D
from .options import AUTO
from .result import NO_EXERCISE, Fault, Measure, Repetition


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
    """The form of one person, pose by pose, in order; `state` is what is known as of the newest pose."""

    def __init__(self, exercise: str = AUTO) -> None:
        self._exercise = exercise
        self.state = LiveState()

    def reset(self) -> None:
        """Begin anew: another person, or a new set."""
        self.state = LiveState()

    def push(self, pose: Pose3D) -> list[Counted]:
        """The repetitions that are complete with this pose and were not before; times are on the clock of
        `t_capture_ns`."""
        del pose
        return []

    def miss(self, t_s: float) -> list[Counted]:
        """There is no pose at this time: what was begun and complete enough is counted, the rest is given up."""
        del t_s
        return []
