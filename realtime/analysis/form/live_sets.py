"""Live repetitions as sets: which number each has in its set, and how many were done."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .live import Counted

REST_S = 20.0  # after a longer one a set has ended; resting between repetitions of a set is shorter


@dataclass(frozen=True)
class LiveSet:
    """The newest set: its `number`, 0 before the first repetition; what was done in it: `count` repetitions,
    `partials` that were not counted."""

    number: int = 0
    exercise: str = ""
    count: int = 0
    partials: int = 0


class LiveSets:
    """Repetitions in order of time, whoever does them.

    A set goes on while rests are at most `REST_S`.  After a longer one, or with another exercise, the next repetition
    begins another set; until it is counted the set that was done stays the newest, so that its count can be read.
    """

    def __init__(self) -> None:
        self.newest = LiveSet()
        self._before: list[LiveSet] = []
        self._worked_s = -math.inf  # when something was last done in the newest set
        self._early: list[float] = []  # when movements were not counted after it had ended

    @property
    def done(self) -> list[LiveSet]:
        """All sets, the newest last."""
        return [*self._before, self.newest] if self.newest.count else self._before

    def add(self, counted: Counted, exercise: str) -> None:
        """A repetition was counted."""
        one, goes_on = counted.repetition, self.newest
        if goes_on.exercise != exercise or self.has_ended(one.start_s):
            if goes_on.count:
                self._before.append(goes_on)
            partials = sum(one.start_s - t_s <= REST_S for t_s in self._early)
            goes_on = LiveSet(goes_on.number + 1, exercise, partials=partials)
        self._early = []
        self.newest = replace(goes_on, count=goes_on.count + 1)
        self._worked_s = one.end_s

    def add_partials(self, count: int, t_s: float) -> None:
        """So many movements were not counted, at this time.  They begin no set: they may be the loading of a bar."""
        if self.has_ended(t_s):
            self._early += [t_s] * count
        elif count:
            self.newest = replace(self.newest, partials=self.newest.partials + count)
            self._worked_s = t_s

    def has_ended(self, t_s: float) -> bool:
        """Whether what is done at this time is no part of the newest set."""
        return t_s - self._worked_s > REST_S

    def next_in_set(self, t_s: float) -> int:
        """The number that a repetition of this time will have."""
        return 1 if self.has_ended(t_s) else self.newest.count + 1
