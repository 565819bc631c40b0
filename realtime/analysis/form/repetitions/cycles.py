"""Cycles of a signal that rises from rest, turns, and comes back: the causal part of counting, shared by both ways.

Thresholds for going and for coming back are apart, so that no tremble at one of them counts twice.  All are shares of a
span, the usual way from rest to turn, and of the way that was really gone; the level of rest is the one from which the
signal rose and no constant, so that somebody who stands with bent knees is counted as well.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from ..result import BOTTOM, DOWN, LOCKOUT, UP

_LEAVES = 0.2  # of the span above rest: a cycle may have begun
_DEEP = 0.4  # of the span: less may be another pose to begin from
_TURNS = 0.12  # of the way back down from the highest: it has turned
_BACK = 0.7  # of the way: it has come back, and rest is near
_HALF_BACK = 0.5  # what somebody must have come back who then stops, does something else, or vanishes
_ARRIVED = 0.06  # of the way above rest
_BEGINS = 0.1  # of the way above rest: where the start is looked for, from above
_AGAIN = 0.12  # of the span: a rise by so much is no tremble
_ANOTHER = 0.35  # of the way: a rise by so much, before it has come back, is another repetition
_STILL = 0.25  # of the span a second: slower is at rest
_SETTLES_S = 0.4  # at most, from being nearly back to being counted
_STALLS_S = 2.0  # so long at one height, not deep: another pose to begin from
_ANEW = 0.5  # of the span: who rises by so much from one height, however deep, has begun from there
_KEPT_S = 6.0  # of the signal before a cycle begins
_REST_S = 3.0  # rest is the lowest of so long
_SPEED_S = 0.1  # over which speed is taken
_LONGEST_S = 60.0  # who has not come back for so long sits or stands elsewhere: another pose to begin from
_NOWHERE = 0.0, float("-inf")


@dataclass(frozen=True)
class Cycle:
    """From rest to rest: times, and the signal's values there.  `whole` is False where it did not come all the way
    back, because something else began."""

    start_s: float
    turn_s: float
    end_s: float
    start: float
    turn: float
    end: float
    whole: bool = True

    @property
    def way(self) -> float:
        """From rest, the higher one of both, to the turn."""
        return self.turn - max(self.start, self.end)


class CycleFinder:
    """Finds the cycles of a signal, sample by sample.  `span` is the usual way from rest to the turn, and may be set
    anew when more is known of the person; `phase` one of result.PHASES."""

    def __init__(self, span: float) -> None:
        self.span = span
        self.phase = LOCKOUT
        self._past: deque[tuple[float, float]] = deque()
        self._lows: deque[tuple[float, float]] = deque()
        self._rest = float("inf")
        self._turn = self._low = _NOWHERE
        self._level = 0.0, float("inf")  # the newest at which it has stayed, and when
        self._back_s: float | None = None  # since when rest is near
        self.reset()

    def reset(self) -> None:
        """Begin anew; the span stays."""
        self._past.clear()
        self._ready()

    def push(self, t_s: float, value: float) -> Cycle | None:
        """The cycle that is complete with this sample."""
        self._past.append((t_s, value))
        if self.phase == LOCKOUT:
            self._at_rest(t_s, value)
            return None
        if self._begins_anew(t_s, value):
            return None
        if value > self._turn[1]:
            self._turn, self.phase, self._back_s = (t_s, value), DOWN, None
        way = self._turn[1] - self._rest
        if self._stalls(t_s, way) or t_s - self._past[0][0] > _LONGEST_S:
            self._ready()
            return None
        gone = self._turn[1] - value
        if self.phase == DOWN and self._speed(t_s, value) < _STILL * self.span:
            self.phase = BOTTOM
        if self.phase in (DOWN, BOTTOM) and gone > _TURNS * way:
            self.phase, self._low = UP, (t_s, value)
        return self._on_the_way_back(t_s, value, way) if self.phase == UP else None

    def end(self) -> Cycle | None:
        """Nothing more comes: the cycle that had come back by half or more."""
        found = None
        if self.phase == UP and self._turn[1] - self._low[1] >= _HALF_BACK * (self._turn[1] - self._rest):
            found = self._cycle(self._low, whole=False)
        self.reset()
        return found

    def _ready(self, keep: int = 0) -> None:
        self.phase = LOCKOUT
        while len(self._past) > keep:
            self._past.popleft()
        self._lows.clear()
        for t_s, value in self._past:
            self._lows_with(t_s, value)
        self._rest = self._lows[0][1] if self._lows else float("inf")
        self._turn = self._low = _NOWHERE
        self._level = 0.0, float("inf")
        self._back_s = None

    def _at_rest(self, t_s: float, value: float) -> None:
        while self._past[0][0] < t_s - _KEPT_S:
            self._past.popleft()
        self._lows_with(t_s, value)
        self._rest = self._lows[0][1]
        if value > self._rest + _LEAVES * self.span:
            self.phase, self._turn = DOWN, (t_s, value)

    def _lows_with(self, t_s: float, value: float) -> None:
        """Keep what may be the lowest of the newest seconds, now or later: values that rise."""
        while self._lows and self._lows[-1][1] >= value:
            self._lows.pop()
        self._lows.append((t_s, value))
        while self._lows[0][0] < t_s - _REST_S:
            self._lows.popleft()

    def _stalls(self, t_s: float, way: float) -> bool:
        """Whether somebody has taken another pose to begin from."""
        return way < _DEEP * self.span and self._is_level(t_s)

    def _is_level(self, t_s: float) -> bool:
        if self._past[0][0] > t_s - _STALLS_S:
            return False
        recent = [old for _, old in self._newest(t_s - _STALLS_S)]
        return max(recent) - min(recent) < _AGAIN * self.span

    def _newest(self, since_s: float) -> list[tuple[float, float]]:
        """The samples since a time."""
        return list(takewhile(lambda sample: sample[0] >= since_s, reversed(self._past)))

    def _begins_anew(self, t_s: float, value: float) -> bool:
        """Begin from the height at which somebody has stayed who rises far from it: what was rest is none any more (a
        slip of the tracking, or a seat)."""
        if self.phase != UP and self._is_level(t_s):
            self._level = t_s, value
        if self.phase == UP or value < self._level[1] + _ANEW * self.span:
            return False
        self._ready(keep=len(self._newest(self._level[0])))
        self.phase, self._turn = DOWN, (t_s, value)
        return True

    def _on_the_way_back(self, t_s: float, value: float, way: float) -> Cycle | None:
        if value < self._low[1]:
            self._low = (t_s, value)
        back = (self._turn[1] - self._low[1]) / way
        if back >= _BACK and self._back_s is None:
            self._back_s = t_s
        rises = value - self._low[1] > _AGAIN * self.span
        if self._back_s is not None:
            arrived = value <= self._rest + _ARRIVED * way
            still = self._speed(t_s, value) > -_STILL * self.span
            if arrived or still or rises or t_s - self._back_s > _SETTLES_S:
                return self._finish(whole=True)
        elif back >= _HALF_BACK and value - self._low[1] > _ANOTHER * way:
            return self._finish(whole=False)
        return None

    def _finish(self, *, whole: bool) -> Cycle:
        cycle = self._cycle(self._low, whole=whole)
        self._ready(keep=len(self._newest(self._low[0])))
        return cycle

    def _cycle(self, end: tuple[float, float], *, whole: bool) -> Cycle:
        near = self._rest + _BEGINS * (self._turn[1] - self._rest)
        start = next(
            ((t_s, value) for t_s, value in reversed(self._past) if t_s < self._turn[0] and value <= near),
            self._past[0],
        )
        return Cycle(start[0], self._turn[0], end[0], start[1], self._turn[1], end[1], whole)

    def _speed(self, t_s: float, value: float) -> float:
        """Of the newest tenth of a second."""
        for at_s, old in reversed(self._past):
            if t_s - at_s >= _SPEED_S - 1e-6:
                return (value - old) / (t_s - at_s)
        return float("inf")
