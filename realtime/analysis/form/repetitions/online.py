"""Repetitions while they happen: those of one exercise, or of the one that is recognised."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ....pose import Pose3D
from ..exercises import EXERCISES
from ..options import AUTO
from ..result import NO_EXERCISE, Repetition
from .counter import REMEMBERED, SAME_S, Counter, Poses, is_told
from .likeness import Profile, profiles
from .selection import Candidate, evidence_of

_SMOOTHED_S = 0.15  # effort is the mean of so long
_HOLE_S = 0.5  # after a longer one nothing of before it goes on
_RECENT = 5  # of the newest repetitions, of any exercise, decide which one it is


class SmoothPath:
    """A number over time, smoothed by the mean of the newest tenths of a second."""

    def __init__(self) -> None:
        self._newest: deque[tuple[float, float]] = deque()

    def add(self, t_s: float, value: float) -> tuple[float, float]:
        """The mean time and value; NaN where the newest value is."""
        if math.isnan(value):
            return t_s, value
        self._newest.append((t_s, value))
        while self._newest[0][0] < t_s - _SMOOTHED_S:
            self._newest.popleft()
        times, values = zip(*self._newest, strict=True)
        return sum(times) / len(times), sum(values) / len(values)

    def clear(self) -> None:
        """Forget all."""
        self._newest.clear()


@dataclass(frozen=True)
class LiveCount:
    """What is known now: the exercise, NO_EXERCISE where it is not recognised yet, the phase, the effort (None where it
    is not known), how many were counted and how many were partial."""

    exercise: str = NO_EXERCISE
    phase: str = ""
    effort: float | None = None
    count: int = 0
    partials: int = 0


class LiveCounting:
    """The repetitions of one person, pose by pose, in order: of an exercise of EXERCISES, or with AUTO of that which
    the newest repetitions show.  `now` is what is known as of the newest pose."""

    def __init__(self, exercise: str, known: Mapping[str, Profile] | None = None) -> None:
        known = known or profiles()
        names = [name for name in known if EXERCISES[name].recognised] if exercise == AUTO else [exercise]
        self._auto = exercise == AUTO
        self._looks = {name: known[name] if self._auto else known[name].told() for name in names}
        self.now = LiveCount(NO_EXERCISE if self._auto else exercise)
        self._begin()

    def _begin(self) -> None:
        self._counters = {name: Counter(name, looks) for name, looks in self._looks.items()}
        self._efforts = {counter.row.effort: SmoothPath() for counter in self._counters.values()}
        self._poses = Poses()
        self._newest_s = math.inf
        self._last_s = -math.inf  # of the newest pose, also if nobody was seen since
        self._told: list[Candidate] = []

    def push(self, pose: Pose3D) -> list[Repetition]:
        """The repetitions that are known with this pose and were not before.  Where time goes back, another recording
        begins."""
        t_s = pose.t_capture_ns / 1e9
        goes_back = t_s < self._last_s
        found = self.miss(math.inf if goes_back else t_s)
        if goes_back:
            self._begin()
        body = self._poses.add(pose, t_s)
        self._newest_s = self._last_s = t_s
        smooth = {effort: path.add(t_s, float(effort(body, "")[0])) for effort, path in self._efforts.items()}
        fresh = False
        for counter in self._counters.values():
            at_s, value = smooth[counter.row.effort]
            if math.isfinite(value):
                fresh |= counter.push(at_s, value, self._poses)
        return found + self._update(fresh)

    def miss(self, t_s: float) -> list[Repetition]:
        """Nobody was seen since the newest pose: after half a second a repetition that was nearly complete counts."""
        if not t_s - self._newest_s > _HOLE_S:
            return []
        self._newest_s = math.inf
        for path in self._efforts.values():
            path.clear()
        ended = [counter.end(self._poses) for counter in self._counters.values()]
        return self._update(any(ended))

    def _update(self, fresh: bool) -> list[Repetition]:
        if fresh and self._auto:
            self._recognise()
        counter = self._counters.get(self.now.exercise)
        if counter is None:
            return []
        self.now = replace(self.now, phase=counter.phase, effort=counter.effort, partials=counter.partials)
        if not fresh:
            return []
        counted = counter.numbered()
        new = [(number, one) for number, one in counted[-REMEMBERED:] if not is_told(one, self._told)]
        told = [*self._told, *(one for _, one in new)]
        self._told = told[-2 * REMEMBERED :]  # more than are asked for: what was told is never new again
        self.now = replace(self.now, count=counted[-1][0] if counted else 0)
        sided = EXERCISES[self.now.exercise].sided
        return [_repetition(one, number, sided) for number, one in new]

    def _recognise(self) -> None:
        """Which exercise the newest repetitions are of, and since when."""
        ends = sorted((one.cycle.end_s for counter in self._counters.values() for one in counter.counted), reverse=True)
        firsts = [end for end, after in zip(ends, [math.inf, *ends], strict=False) if after - end > SAME_S]
        since_s = firsts[:_RECENT][-1] - SAME_S
        recent = {
            name: [one for one in counter.counted if one.cycle.end_s >= since_s]
            for name, counter in self._counters.items()
        }
        best = max(recent, key=lambda name: EXERCISES[name].prior * evidence_of(recent[name]))
        if best != self.now.exercise:
            rival = recent.get(self.now.exercise, [])
            own = [one for one in recent[best] if not any(_is_better(other, one) for other in rival)]
            self._counters[best].begin_set(own[0].cycle.end_s if rival and own else -math.inf)
            self.now = LiveCount(best)


def _is_better(one: Candidate, other: Candidate) -> bool:
    """Whether one, of the same time as another, shows its exercise better."""
    return abs(one.cycle.turn_s - other.cycle.turn_s) < SAME_S and one.evidence > other.evidence


def _repetition(one: Candidate, number: int, sided: bool) -> Repetition:
    cycle = one.cycle
    return Repetition(number, cycle.start_s, cycle.turn_s, cycle.end_s, one.movement.side if sided else "")
