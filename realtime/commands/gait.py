"""`gait`: how somebody walks or runs, from a video, keypoints or recorded motion.

Each input gets a report: one HTML page to look at or to print, which needs no network, and
the same figures as csv and json.  docs/gait.md tells how to film and what every figure means.
An input in which nobody walks or runs gets a report that says so.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from ..analysis.gait.events.methods import METHODS
from ..analysis.gait.options import AUTO, GaitOptions
from ..analysis.gait.result import CONTACT, RUN, TOE_OFF, WALK
from ..errors import FormatError, PoseError, UsageError
from ..estimation.network import network_use
from ..formats.keypoints_npz import read_keypoints
from ..formats.recorded_video import video_of
from ..lifting.choice import can_be_lifted
from ..offline.gait import GaitTask, report_gait
from ..offline.motion_files import READERS, motion_file
from ..offline.request import LIFT_FLAGS, LiftRequest, is_single_picture, lift_request, recording_path
from ..offline.task import Task
from ..runtime.arguments import choice, name_list
from ..runtime.console import StatusLine, start_logging
from ..runtime.flags import Flag, Parser
from ..runtime.hints import command, program
from ..runtime.new_files import check_outputs
from ..runtime.program import INTERRUPTED, interruptible
from ..settings import END, FLAGS, START, Settings
from ..skeleton import RUNNER20, Skeleton
from ..sources.request import holds_keypoints
from .input_names import recordings, stems_of
from .lift_inputs import FAILED, Progress
from .shared_flags import FORCE

INPUT = (
    "a video, a folder of images or of videos, a keypoint file (.npz), recorded motion "
    f"({' '.join(READERS)}, the folder of a live recording), or demo"
)
_ADVICE = "--force replaces it, another --out keeps it"
_SURFACES = {AUTO: AUTO, "on": "treadmill", "off": "overground"}

_OF_PART = START.key, END.key
_log = logging.getLogger(__name__)

_FLAGS = (
    FLAGS["out"].here(default="gait"),
    FORCE.here(": reports that exist"),
    Flag("--gait", choice(AUTO, WALK, RUN), f"{AUTO}|{WALK}|{RUN}", "what gait it is", AUTO),
    Flag(
        "--treadmill",
        choice(*_SURFACES),
        "|".join(_SURFACES),
        f"whether the person is on a treadmill; {AUTO}: it stays where it is",
        AUTO,
    ),
    Flag(
        "--methods",
        name_list(tuple(METHODS)),
        "A,B",
        "what finds contacts and toe-offs: at most one for each, see below",
        shown="what fits the gait and the joints",
    ),
    *(flag.here(default=AUTO) if flag.name == "--camera-pitch" else flag for flag in LIFT_FLAGS),
)


def parser() -> Parser:
    """The flags of `gait`."""
    p = Parser(program("gait"), __doc__, epilog=methods_text())
    p.add_argument("inputs", nargs="+", metavar="INPUT", help=INPUT)
    p.add(*_FLAGS)
    return p


def methods_text() -> str:
    """A line about each method that finds an event."""
    return "\n".join(["methods:", *(f"  {name:<17} {row.event:<7}  {row.words}" for name, row in METHODS.items())])


def main(argv: Sequence[str] | None = None) -> int:
    """Report the gait of every input; 0 where every input has its report, also one that says that there is no gait, 1
    if one has none, 130 if interrupted."""
    flags = parser()
    given = flags.given(argv)
    args = flags.with_defaults(given)
    request, options = lift_request({"camera_pitch": AUTO, **given}), _options(args)
    line = start_logging(verbose=False)
    refusal = f"gait takes files and folders; live, it is {command('run', '--analyze', 'gait')}"
    stems = stems_of([path for text in args.inputs for path in _inputs(recording_path(text, refusal))], Path(args.out))
    tasks = [_task(request, path, stem, options, given) for path, stem in stems]
    check_outputs([file for task in tasks for file in task.files()], _ADVICE, force=args.force)
    return run(tasks, line)


def run(tasks: Sequence[GaitTask], line: StatusLine) -> int:
    """Report the gait of each, with a line about it; returns the exit code."""
    made: list[Path] = []
    try:
        with interruptible():
            for done, task in enumerate(tasks, start=1):
                outcome = report_gait(task, Progress(task.lifted, line))
                line.clear()
                line.print_line(f"{done}/{len(tasks)} {outcome.line}" if len(tasks) > 1 else outcome.line)
                for text in outcome.trust:
                    line.print_line(f"  {text}")
                made += task.files()[:1] if outcome.complete else ()
    except KeyboardInterrupt:
        line.print_line("interrupted: finished reports are kept")
        return INTERRUPTED
    finally:
        line.clear()
    if made:
        others = f" and {len(made) - 1} more" if len(made) > 1 else ""
        line.print_line(f"open {made[0]}{others} in a browser")
    return FAILED if len(made) < len(tasks) else 0


def _inputs(path: Path) -> list[Path]:
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


def _task(request: LiftRequest, path: Path, stem: Path, options: GaitOptions, given: Mapping[str, Any]) -> GaitTask:
    motion = _motion_file(path)
    if motion is None and is_single_picture(path):
        raise UsageError(f"{path} is a single picture, which has no gait; give a video")
    if motion is not None:
        _note_without_effect(motion, given)
    lifted = request.task(path if motion else video_of(path), stem, force=given.get("force", False))
    made_by = f"realtime-pose3d {resolve_name('realtime:__version__')}"
    return GaitTask(lifted if motion else _to_runner(lifted), motion, options, made_by)


def _to_runner(task: Task) -> Task:
    """The task with the joints of a runner, where a network lifts the keypoints that will be found to them: one that
    sees the future where it is wanted and there is one, else one of live use."""
    points = _points_in_file(task.source, task.settings.video) if holds_keypoints(task.settings.source) else None
    live = replace(task.settings, window=min(task.settings.window, Settings.window))
    for settings, symmetric in ((task.settings, task.symmetric), (live, False)):
        if can_be_lifted(network_use(settings, symmetric=symmetric, joints=RUNNER20, points=points)):
            return replace(task, joints=RUNNER20, settings=settings, symmetric=symmetric)
    return task


def _points_in_file(path: Path, video: str | None) -> Skeleton | None:
    """The skeleton of the keypoints in a file; None where it cannot be read, which is told when it is lifted."""
    with suppress(PoseError):
        return read_keypoints(path, video).skeleton
    return None


def _note_without_effect(motion: Path, given: Mapping[str, Any]) -> None:
    """Log the flags that are about lifting, which a file of motion has behind it."""
    idle = [flag.name for flag in LIFT_FLAGS if flag.key in given and flag.key not in _OF_PART]
    if idle:
        _log.info("%s: no effect on %s, whose joints are there already", ", ".join(idle), motion.name)


def _options(args: argparse.Namespace) -> GaitOptions:
    """The options of the analysis.  Raises UsageError for two methods for one event."""
    by_event: dict[str, str] = {}
    for name in args.methods or ():
        other = by_event.setdefault(METHODS[name].event, name)
        if other != name:
            raise UsageError(f"--methods: {other} and {name} both find a {METHODS[name].event}; take one of them")
    return GaitOptions(
        kind=args.gait,
        surface=_SURFACES[args.treadmill],
        contact_method=by_event.get(CONTACT, AUTO),
        toe_off_method=by_event.get(TOE_OFF, AUTO),
    )
