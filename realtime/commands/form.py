"""`form`: repetitions of an exercise, and how each is done, from a video or recorded motion.

Each input gets a report: one HTML page to look at or to print, which needs no network, the same
figures as csv and json, and a film with the counter and the angles.  docs/form.md tells how to
film and what every figure means.  An input without a repetition gets a report that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..analysis.form.exercises import EXERCISES
from ..analysis.form.options import AUTO, FormOptions
from ..offline.reports.form import ENDINGS, report_form
from ..offline.request import LIFT_FLAGS, lift_request
from ..runtime.console import start_logging
from ..runtime.flags import Parser
from ..runtime.hints import program
from ..settings import FLAGS
from .report_inputs import INPUT, OF_PART, ReportKind, report_tasks, run
from .shared_flags import FORCE

_CAMERA_PITCH = FLAGS["camera_pitch"]
_KIND = ReportKind("form", ENDINGS, (*OF_PART, _CAMERA_PITCH.key))
_FLAGS = (
    FLAGS["out"].here(default="form"),
    FORCE.here(": reports that exist"),
    FLAGS["exercise"],
    *(flag.here(default=AUTO) if flag is _CAMERA_PITCH else flag for flag in LIFT_FLAGS),
)


def parser() -> Parser:
    """The flags of `form`."""
    p = Parser(program("form"), __doc__, epilog=exercises_text())
    p.add_argument("inputs", nargs="+", metavar="INPUT", help=INPUT)
    p.add(*_FLAGS)
    return p


def exercises_text() -> str:
    """A line about each exercise."""
    return "\n".join(["exercises:", *(f"  {name:<19} {_known(name)}" for name in EXERCISES)])


def _known(name: str) -> str:
    row = EXERCISES[name]
    what = "repetitions and technique" if row.technique else "repetitions"
    what = what if row.recognised else f"{what}; not by auto"
    return what if row.validated else f"{what}, tried on synthetic motion only"


def main(argv: Sequence[str] | None = None) -> int:
    """Report the form in every input; 0 where every input has its report, also one that says that there is no
    repetition, 1 if one has none or lacks a file, 130 if interrupted."""
    flags = parser()
    given = flags.given(argv)
    args = flags.with_defaults(given)
    request = lift_request({"camera_pitch": AUTO, **given})
    line = start_logging(verbose=False)
    tasks = report_tasks(_KIND, args.inputs, Path(args.out), request, given)
    pitch = args.camera_pitch
    options = FormOptions(args.exercise, camera_pitch_deg=None if pitch == AUTO else pitch)
    return run(tasks, partial(report_form, options), line)
