"""The part of a recording that is asked for, frame by frame."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import ExitStack, closing

from ..estimation import build
from ..pose import Frame
from ..sources.thinned import Thinning
from ..stages import Source, all_frames
from .task import Task


class Part:
    """The frames of a source that a task asks for."""

    def __init__(self, source: Source, task: Task) -> None:
        self._source, self._task = source, task
        self._first_ns: int | None = None

    def time_s(self, frame: Frame) -> float:
        """When a frame is, in seconds from the start of the recording."""
        return (frame.t_capture_ns - (self._first_ns or 0)) / 1e9

    def __iter__(self) -> Iterator[Frame]:
        task, limit = self._task, self._task.settings.max_frames
        thinning = Thinning(task.fps, task.start_s)
        given = 0
        for frame in all_frames(self._source):
            self._first_ns = frame.t_capture_ns if self._first_ns is None else self._first_ns
            t_s = self.time_s(frame)
            if t_s >= task.end_s or given == limit:
                return
            if thinning.takes(t_s):
                given += 1
                yield frame


def frames_again(task: Task) -> Generator[tuple[int, Frame]]:
    """The frames of a recording of pictures that was lifted, with their rows, read once more."""
    with ExitStack() as cleanup:
        yield from enumerate(Part(build.pictures(task.settings, cleanup), task))


def frames_at(task: Task, rows: Collection[int]) -> Iterator[tuple[int, Frame]]:
    """Those of these rows, read no further than to the last of them."""
    if not rows:
        return
    with closing(frames_again(task)) as frames:
        for row, frame in frames:
            if row in rows:
                yield row, frame
            if row >= max(rows):
                return
