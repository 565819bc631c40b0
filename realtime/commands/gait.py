"""`gait`: how somebody walks or runs, from a video, keypoints or recorded motion.

Each input gets a report: one HTML page to look at or to print, which needs no network, and
the same figures as csv and json.  docs/gait.md tells how to film and what every figure means.
An input in which nobody walks or runs gets a report that says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..analysis.gait.events.methods import METHODS
from ..analysis.gait.options import AUTO, GaitOptions
from ..analysis.gait.result import CONTACT, RUN, TOE_OFF, WALK
from ..errors import PoseError, UsageError
from ..estimation.network import network_use
from ..formats.keypoints_npz import read_keypoints
from ..lifting.choice import can_be_lifted
from ..offline.reports.gait import ENDINGS, report_gait
from ..offline.request import LIFT_FLAGS, lift_request
from ..offline.task import Task
from ..runtime.arguments import choice, name_list
from ..runtime.console import start_logging
from ..runtime.flags import Flag, Parser
from ..runtime.hints import program
from ..settings import FLAGS, Settings
from ..skeleton import RUNNER20, Skeleton
from ..sources.request import holds_keypoints
from .report_inputs import INPUT, ReportKind, report_tasks, run
from .shared_flags import FORCE

_SURFACES = {AUTO: AUTO, "on": "treadmill", "off": "overground"}

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
    kind = ReportKind("gait", ENDINGS, joints=_to_runner)
    tasks = report_tasks(kind, args.inputs, Path(args.out), request, given)
    return run(tasks, partial(report_gait, options), line)


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
