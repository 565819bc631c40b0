"""What the commands that report recordings have in common: their inputs, their tasks, and a line about each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from ..errors import FormatError, UsageError
from ..formats.recorded_video import video_of
from ..offline.lift import ProgressCallback
from ..offline.motion_files import READERS, motion_file
from ..offline.reports.task import ReportOutcome, ReportTask
from ..offline.request import LIFT_FLAGS, LiftRequest, is_single_picture, recording_path
from ..offline.task import Task
from ..runtime.console import StatusLine
from ..runtime.hints import command
from ..runtime.new_files import check_outputs
from ..runtime.program import INTERRUPTED, interruptible
from ..settings import END, START
from .input_names import recordings, stems_of
from .lift_inputs import FAILED, Progress

INPUT = (
    "a video, a folder of images or of videos, a keypoint file (.npz), recorded motion "
    f"({' '.join(READERS)}, the folder of a live recording), or demo"
)
OF_PART = START.key, END.key
_ADVICE = "--force replaces it, another --out keeps it"
_log = logging.getLogger(__name__)

Report = Callable[[ReportTask, ProgressCallback], ReportOutcome]


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: the `name` of its command, the `endings` of its files, the names of those flags of lifting
    that have an effect on `motion` that is in a file already, and by what `joints` a recording is lifted."""

    name: str
    endings: tuple[str, ...]
    motion: tuple[str, ...] = OF_PART
    joints: Callable[[Task], Task] = lambda task: task


def report_tasks(
    kind: ReportKind, inputs: Sequence[str], out: Path, request: LiftRequest, given: Mapping[str, Any]
) -> list[ReportTask]:
    """A task for each recording among the inputs, whose files may be written.  Raises PoseError."""
    refusal = f"{kind.name} takes files and folders; live, it is {command('run', '--analyze', kind.name)}"
    paths = [path for text in inputs for path in _recordings(recording_path(text, refusal))]
    tasks = [_task(kind, request, path, stem, given) for path, stem in stems_of(paths, out)]
    check_outputs([file for task in tasks for file in task.files()], _ADVICE, force=given.get("force", False))
    return tasks


def run(tasks: Sequence[ReportTask], report: Report, line: StatusLine) -> int:
    """Report each, with a line about it; returns the exit code."""
    made: list[Path] = []
    complete = True
    try:
        with interruptible():
            for done, task in enumerate(tasks, start=1):
                outcome = report(task, Progress(task.lifted, line))
                line.clear()
                line.print_line(f"{done}/{len(tasks)} {outcome.line}" if len(tasks) > 1 else outcome.line)
                for text in outcome.trust:
                    line.print_line(f"  {text}")
                made += task.files()[:1] if outcome.has_page else ()
                complete &= outcome.complete
    except KeyboardInterrupt:
        line.print_line("interrupted: finished reports are kept")
        return INTERRUPTED
    finally:
        line.clear()
    if made:
        others = f" and {len(made) - 1} more" if len(made) > 1 else ""
        line.print_line(f"open {made[0]}{others} in a browser")
    return 0 if complete else FAILED


def _recordings(path: Path) -> list[Path]:
    """The recordings in a folder, without pictures that lie beside them; otherwise the path itself."""
    found = recordings(path)
    return [one for one in found if not is_single_picture(one)] or found


def _motion_file(path: Path) -> Path | None:
    """As `motion_file`; a file that cannot be read is one too: what is wrong is told in its turn."""
    try:
        return motion_file(path)
    except FormatError:
        if path.suffix.lower() not in READERS:
            raise
        return path


def _task(kind: ReportKind, request: LiftRequest, path: Path, stem: Path, given: Mapping[str, Any]) -> ReportTask:
    motion = _motion_file(path)
    if motion is None and is_single_picture(path):
        raise UsageError(f"{path} is a single picture; {kind.name} needs a video")
    if motion is not None:
        _note_without_effect(kind, motion, given)
    lifted = request.task(path if motion else video_of(path), stem, force=given.get("force", False))
    made_by = f"realtime-pose3d {resolve_name('realtime:__version__')}"
    return ReportTask(lifted if motion else kind.joints(lifted), motion, kind.endings, made_by)


def _note_without_effect(kind: ReportKind, motion: Path, given: Mapping[str, Any]) -> None:
    """Log the flags that are about lifting, which a file of motion has behind it."""
    idle = [flag.name for flag in LIFT_FLAGS if flag.key in given and flag.key not in kind.motion]
    if idle:
        _log.info("%s: no effect on %s, whose joints are there already", ", ".join(idle), motion.name)
