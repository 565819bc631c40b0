"""What is computed from the poses of a live run and published beside them: a table of analyses.

Each is a sink (live_sink.py) that stands behind the others: a pose is published and recorded before anything is
computed from it.  To add one: a class that fulfils `LiveSink`, a row here, its name in `settings.ANALYSES`, from
which `--analyze` takes it, and its topic and message in wire/.
"""

from __future__ import annotations

from collections.abc import Callable

from ..analysis.form.options import AUTO
from ..errors import UsageError
from ..wire.message import AnalysisMessage
from .angles import LiveAngles
from .form import open_form
from .gait import open_gait
from .live_sink import LiveSink, RunContext

Publish = Callable[[AnalysisMessage], None]

ANALYSES: dict[str, Callable[[RunContext, Publish], LiveSink]] = {
    "angles": lambda _run, publish: LiveAngles(publish),
    "gait": lambda run, publish: open_gait(run.settings, run.estimator.detector, publish),
    "form": lambda run, publish: open_form(run.settings, run.estimator.level, publish),
}


def open_analyses(run: RunContext, publish: Publish | None) -> dict[str, LiveSink]:
    """The analyses that the settings ask for, by name, in the order of the table; `publish` is None where there is
    no socket, and they are on the status line only.  Raises WeightsError where a network is missing, UsageError for an
    exercise without form, which counts it."""
    if run.settings.exercise != AUTO and "form" not in run.settings.analyze:
        raise UsageError(f"--exercise {run.settings.exercise} needs --analyze form, which counts its repetitions")
    wanted = [name for name in ANALYSES if name in run.settings.analyze]
    return {name: ANALYSES[name](run, publish or _publish_nothing) for name in wanted}


def _publish_nothing(_message: AnalysisMessage) -> None:
    pass
