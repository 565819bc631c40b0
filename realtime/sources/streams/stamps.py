"""Time stamps of a film as seconds since its first frame, strictly rising, whatever the file says.

Files that programs really write have stamps that begin again (recordings joined byte by byte),
jump by hours (a transport stream's counter wraps after 26.5 h, RTP's after 13 h), repeat, stand
in the wrong place for one frame, or are missing (`docs/decisions/0007-time-stamps.md`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ...runtime.text import counted

log = logging.getLogger("realtime.sources")

T = TypeVar("T")

# In formats that allow it, a longer jump ahead is a new count, not a pause (ffmpeg's -dts_delta_threshold).
DISCONTINUITY_S = 10.0
_JITTER_STEPS = 2.0  # a stamp that is back by no more is out of place; further back, the count begins again
_CROWDED = 0.25  # of a step, between frames whose stamps are equal


@dataclass(frozen=True)
class Stamped(Generic[T]):
    """Something shown from `stamp_s` (None if the file does not say) for `step_s` (> 0)."""

    item: T
    stamp_s: float | None
    step_s: float


class FilmClock:
    """Gives each frame its time; what is wrong with the stamps is logged once.

    `jumps_are_new_counts`: the format may count anew at any time (MPEG-TS), so a jump ahead of more
    than `DISCONTINUITY_S` is no pause.
    """

    def __init__(self, name: str, *, jumps_are_new_counts: bool = False) -> None:
        self._name = name
        self._jumps_are_new_counts = jumps_are_new_counts
        self._origin_s: float | None = None  # the stamp at which the film's time is 0
        self._last_s = self._last_step_s = 0.0  # of the frame before; a film begins at 0
        self._misplaced = 0
        self.counts_anew = False  # whether the stamps did, up to now

    def times(self, frames: Iterable[Stamped[T]]) -> Iterator[tuple[T, float]]:
        """Each item with its time, s; one frame is held back, to see whether a stamp is out of place."""
        waiting: Stamped[T] | None = None
        for frame in frames:
            if waiting is not None:
                yield waiting.item, self._time_s(waiting, frame.stamp_s)
            waiting = frame
        if waiting is not None:
            yield waiting.item, self._time_s(waiting, None)
        if self._misplaced:
            log.warning(
                "%s: %s out of order, placed between the neighbours", self._name, counted(self._misplaced, "time stamp")
            )

    def _time_s(self, frame: Stamped[T], next_stamp_s: float | None) -> float:
        follows_s = self._last_s + self._last_step_s
        if frame.stamp_s is None:
            time_s = follows_s
        elif self._origin_s is None:
            self._origin_s = frame.stamp_s - follows_s
            time_s = follows_s
        else:
            next_s = None if next_stamp_s is None else next_stamp_s - self._origin_s
            time_s = self._mended_s(frame, frame.stamp_s - self._origin_s, next_s)
        self._last_s, self._last_step_s = time_s, frame.step_s
        return time_s

    def _mended_s(self, frame: Stamped[T], time_s: float, next_s: float | None) -> float:
        if (next_s is not None and self._last_s < next_s < time_s) or time_s <= self._last_s:
            return self._out_of_order_s(frame, time_s, next_s)
        if self._jumps_are_new_counts and time_s - self._last_s > DISCONTINUITY_S:
            return self._new_count_s(frame)
        return time_s

    def _out_of_order_s(self, frame: Stamped[T], time_s: float, next_s: float | None) -> float:
        """Of a stamp that does not lie between its neighbours'."""
        if next_s is not None and next_s > self._last_s:
            self._misplaced += 1
            return (self._last_s + next_s) / 2
        if self._last_s - time_s <= _JITTER_STEPS * frame.step_s:
            self._misplaced += 1
            return self._last_s + _CROWDED * frame.step_s
        return self._new_count_s(frame)

    def _new_count_s(self, frame: Stamped[T]) -> float:
        """The frame follows the last one; the stamps are counted on from there."""
        time_s = self._last_s + self._last_step_s
        assert frame.stamp_s is not None
        self._origin_s = frame.stamp_s - time_s
        if not self.counts_anew:
            log.warning(
                "%s: time stamps begin anew after %.2f s (joined recordings?): continued without a gap",
                self._name,
                time_s,
            )
        self.counts_anew = True
        return time_s
