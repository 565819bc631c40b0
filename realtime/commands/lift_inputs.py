"""Lifting inputs from a command: a line about each, the progress, and the exit code."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from ..errors import RecordError, WeightsError
from ..estimation.build import fetch_networks
from ..formats.recorded_video import is_recorded_video
from ..offline.executors import ExecutorOptions, execute
from ..offline.outputs import OUTPUTS
from ..offline.results import discard_stale
from ..offline.task import Outcome, Task
from ..runtime.console import StatusLine, start_logging
from ..runtime.hints import command
from ..runtime.program import INTERRUPTED, interruptible
from ..runtime.text import Field, counted, duration, printable
from ..runtime.timing import Rate, rate_text
from ..sources.declared import Declared

FAILED = 1
_SETTLED_S = 1.0  # earlier, the estimate of the time left would be unreliable


def run(tasks: Sequence[Task], jobs: int, executor: str = "processes") -> int:
    """Run the tasks, print a line about each, and list those that failed; returns the exit code."""
    line = start_logging(verbose=False)
    for task in tasks:
        if is_recorded_video(task.source):
            line.print_line(f"{task.source}: the video of a live recording; its results are {task.stem}.*")
    options = ExecutorOptions(executor, jobs, lambda task: Progress(task, line))
    lacking: list[Outcome] = []
    for folder in {task.stem.parent for task in tasks}:
        discard_stale(folder)
    try:
        with interruptible(), suppress(WeightsError, RecordError):  # each input will say so itself
            for task in tasks if jobs > 1 else ():
                fetch_networks(task.settings)
        with interruptible(), closing(execute(tasks, options)) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                line.clear()  # the progress of what is done; the next input shows its own
                line.print_line(f"{done}/{len(tasks)} {outcome}" if len(tasks) > 1 else str(outcome))
                for text in outcome.trust:
                    line.print_line(f"  {text}")
                lacking += [] if outcome.complete else [outcome]
    except KeyboardInterrupt:
        line.print_line("interrupted: finished results are kept; run the same command again to continue")
        return INTERRUPTED
    finally:
        line.clear()
    _tell_where(line, tasks)
    if len(tasks) > 1:  # last, as it must not be overlooked
        _list(line, "could not be lifted", [o for o in lacking if o.fault], len(tasks))
        _list(line, "lack an output", [o for o in lacking if not o.fault], len(tasks))
    return FAILED if lacking else 0


def _tell_where(line: StatusLine, tasks: Sequence[Task]) -> None:
    """Print in which folder the results are, and how to look at the first ones."""
    made = [path for task in tasks for path in task.files() if path.is_file()]
    if not made:
        return
    folders = dict.fromkeys(f"{path.parent}{os.sep}" for path in made)
    joints = [path for task in tasks for path in OUTPUTS["npy"].files(task.stem)[:1] if path in made]
    play = f"; play {'one' if len(joints) > 1 else 'it'} with: {command('view', str(joints[0]))}" if joints else ""
    line.print_line(printable(f"the results are in {', '.join(folders)}{play}"))


def _list(line: StatusLine, what: str, outcomes: Sequence[Outcome], total: int) -> None:
    if outcomes:
        line.print_line(f"{len(outcomes)} of {total} {what}:")
    for outcome in outcomes:
        line.print_line(f"  {outcome}")


class Progress:
    """Shows the progress of one input in the status line."""

    def __init__(self, task: Task, line: StatusLine) -> None:
        self._name, self._line = task.name, line
        self._rate = Rate()
        self._began_s = 0.0  # time of the first frame; before it, libraries are loaded
        self._start_s, self._end_s = task.start_s, task.end_s
        self._max_frames = task.settings.max_frames

    def __call__(self, frames: int, t_s: float, told: Callable[[], Declared]) -> None:
        """A frame more is done."""
        now_s = time.monotonic()
        self._began_s = self._began_s or now_s
        self._rate.tick(now_s)
        fields = [Field(counted(frames, "frame"))]
        if rate_hz := self._rate.at(now_s):
            fields.append(Field(rate_text(rate_hz)))
        if now_s - self._began_s > _SETTLED_S and (part_s := self._part_s(told().length_s)):
            of_frames = frames / self._max_frames if self._max_frames else 0.0
            share = min(1.0, max(1e-6, (t_s - self._start_s) / part_s, of_frames))
            left_s = (now_s - self._began_s) * (1 - share) / share
            fields += [Field(f"{share:.0%}", keep=2), Field(f"{duration(left_s)} left", keep=1)]
        self._line.show(self._name, fields)

    def _part_s(self, length_s: float | None) -> float | None:
        return min(self._end_s, length_s) - self._start_s if length_s else None
