"""Counts the repetitions of one exercise while they happen."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ....camera import pitched
from ....kinematics.anatomy import body_points
from ....motion import Floats
from ....pose import Array, Pose3D
from ....skeleton import Skeleton
from ...body import Body
from ..exercises import EXERCISES
from .cycles import Cycle, CycleFinder
from .likeness import Profile, Seen, movement_of
from .offline import directions_of, side_of, span_of
from .selection import Candidate, Selection, evidence_of, select

_KEPT_S = 20.0  # longer repetitions are not recognised
_AROUND_S = 0.1  # of a cycle: from where its ends are read
REMEMBERED = 100  # cycles
_COUNTED = 200  # repetitions: more than are remembered in both directions
_TREMBLES = 0.04  # of the way: by so much more than in a recording, which is smoothed by what comes after as well
SAME_S = 1.0  # repetitions of two exercises that end so near to each other are one


class Poses:
    """The poses of the newest seconds, as bodies."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, Array, Array]] = deque()
        self._place = np.full(3, np.nan, np.float32)  # the newest that was known
        self._skeleton: Skeleton | None = None

    def add(self, pose: Pose3D, t_s: float) -> Body:
        """The body of one pose, which is kept."""
        self._skeleton = pose.skeleton
        if pose.root_m is not None:
            # As the camera sees it: the pitch that it is levelled by may change while somebody squats.
            self._place = pitched(pose.root_m[None], np.array([-pose.pitch_deg]))[0].astype(np.float32)
        self._rows.append((t_s, pose.xyz, self._place))
        while self._rows[0][0] < t_s - _KEPT_S:
            self._rows.popleft()
        return _body(np.array([t_s]), pose.xyz[None], self._place[None], pose.skeleton)

    def reach_back_to(self, t_s: float) -> bool:
        """Whether all poses since a time are still kept."""
        return bool(self._rows) and self._rows[0][0] <= t_s

    def during(self, start_s: float, end_s: float) -> Body:
        """The body between two times."""
        assert self._skeleton is not None
        rows = [row for row in self._rows if start_s - _AROUND_S <= row[0] <= end_s + _AROUND_S]
        times, xyz, places = zip(*rows, strict=True)
        return _body(np.array(times), np.stack(xyz), np.stack(places), self._skeleton)


class Counter:
    """Counts the repetitions of one exercise, in each direction that it may have."""

    def __init__(self, exercise: str, profile: Profile) -> None:
        self.row = EXERCISES[exercise]
        self._directions = [_Direction(sign, looks) for sign, looks in directions_of(self.row, profile)]
        self._last = self._directions[0]  # that in which something was counted last
        self.counted: list[Candidate] = []  # the newest, by their end
        self.partials = 0
        self._since_s = -math.inf  # of the set
        self._gone = self._gone_of_set = 0  # that were counted and are not kept
        self._gone_s = -math.inf  # the end of the newest of them
        self.effort: float | None = None

    @property
    def phase(self) -> str:
        """One of result.PHASES, "" where the effort is not known."""
        return self._last.finder.phase if self.effort is not None else ""

    def begin_set(self, since_s: float) -> None:
        """The set is what ends from then on: one of `counted`, or with -inf all that were ever counted."""
        self._since_s = since_s
        self._gone_of_set = self._gone if since_s == -math.inf else 0

    def numbered(self) -> list[tuple[int, Candidate]]:
        """The newest of the set with their numbers in it."""
        of_set = [one for one in self.counted if one.cycle.end_s >= self._since_s]
        return list(enumerate(of_set, self._gone_of_set + 1))

    def push(self, t_s: float, effort: float, poses: Poses) -> bool:
        """Take the effort of a time; whether a repetition is complete with it."""
        self.effort = effort
        return self._take([one.finder.push(t_s, one.sign * effort) for one in self._directions], poses)

    def end(self, poses: Poses) -> bool:
        """The person has gone; whether a repetition was so nearly complete that it counts."""
        self.effort = None
        return self._take([one.finder.end() for one in self._directions], poses)

    def _take(self, cycles: Sequence[Cycle | None], poses: Poses) -> bool:
        some = False
        for direction, cycle in zip(self._directions, cycles, strict=True):
            if cycle is not None and poses.reach_back_to(cycle.start_s):
                direction.add(self._candidate(direction, cycle, poses))
                some = True
        return some and self._select()

    def _candidate(self, direction: _Direction, cycle: Cycle, poses: Poses) -> Candidate:
        body = poses.during(cycle.start_s, cycle.end_s)
        effort: Floats = direction.sign * self.row.effort(body, "")
        seen = Seen(body)
        movement = movement_of(body, effort, cycle, side_of(body, self.row, cycle, seen), seen)
        return Candidate.of(cycle, movement, direction.looks)

    def _select(self) -> bool:
        """Counts what is new; what was told stays told."""
        for direction in self._directions:
            direction.select()
        self._last = max(self._directions, key=lambda one: evidence_of(one.found.counted))
        self.partials = max(self.partials, self._last.partials)
        fresh = [one for one in self._last.found.counted if self._is_fresh(one)]
        self.counted = sorted([*self.counted, *fresh], key=lambda one: one.cycle.end_s)
        self._forget(self.counted[:-_COUNTED])
        return bool(fresh)

    def _is_fresh(self, candidate: Candidate) -> bool:
        return candidate.cycle.end_s > self._gone_s and not is_told(candidate, self.counted)

    def _forget(self, oldest: Sequence[Candidate]) -> None:
        """Keep no more of them than how many they were."""
        if oldest:
            del self.counted[: len(oldest)]
            self._gone += len(oldest)
            self._gone_of_set += sum(one.cycle.end_s >= self._since_s for one in oldest)
            self._gone_s = oldest[-1].cycle.end_s


@dataclass(eq=False)
class _Direction:
    """The effort of an exercise, or its opposite."""

    sign: float
    looks: Profile
    candidates: list[Candidate] = field(default_factory=list)  # the newest
    found: Selection = field(default_factory=Selection)  # among them

    def __post_init__(self) -> None:
        self.finder = CycleFinder(self.looks.way)
        self._partials_gone = 0
        self.looks = replace(self.looks, whole=self.looks.whole + _TREMBLES)

    @property
    def partials(self) -> int:
        """How many there were, also among candidates that are not kept."""
        return self._partials_gone + len(self.found.partial)

    def select(self) -> None:
        """Select among the candidates; what comes is looked for with what is known of the set."""
        self.found = select(self.candidates, self.looks)
        self.finder.span = span_of(self.found, self.looks)

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate, and no more of the oldest ones than their partials' number."""
        self.candidates.append(candidate)
        oldest = self.candidates[:-REMEMBERED]
        del self.candidates[: len(oldest)]
        turns_s = {one.cycle.turn_s for one in self.found.partial}
        self._partials_gone += sum(one.cycle.turn_s in turns_s for one in oldest)


def is_told(candidate: Candidate, told: Iterable[Candidate]) -> bool:
    """Whether it is among them, or one of the same time: of two halves that are one by now, or of another exercise."""
    return any(abs(candidate.cycle.turn_s - one.cycle.turn_s) <= SAME_S / 2 for one in told)


def _body(times_s: Floats, xyz: Array, places: Array, skeleton: Skeleton) -> Body:
    points = body_points(xyz.astype(np.float64), skeleton)
    travel = places + (points["left_hip"] + points["right_hip"]) / 2
    return Body(times_s, 1.0, points, travel, {}, (slice(0, len(times_s)),))
