"""What is computed from the poses of a live run and published beside them: a table of analyses.

Each is a sink (live_sink.py) that stands behind the others: a pose is published and recorded before anything is
computed from it.  To add one: a class that fulfils `LiveSink`, a row here, its name in `settings.ANALYSES`, from
which `--analyze` takes it, and its topic and message in wire/.
"""

from __future__ import annotations

from collections.abc import Callable

from ..wire.analysis_messages import AnglesMessage, GaitMessage
from .angles import LiveAngles
from .gait import open_gait
from .live_sink import LiveSink, RunContext

Publish = Callable[[AnglesMessage | GaitMessage], None]

ANALYSES: dict[str, Callable[[RunContext, Publish], LiveSink]] = {
    "angles": lambda _run, publish: LiveAngles(publish),
    "gait": lambda run, publish: open_gait(run.settings, run.estimator.detector, publish),
}


def open_analyses(run: RunContext, publish: Publish | None) -> dict[str, LiveSink]:
    """The analyses that the settings ask for, by name, in the order of the table; `publish` is None where there is
    no socket, and they are on the status line only.  Raises WeightsError where a network is missing."""
    wanted = [name for name in ANALYSES if name in run.settings.analyze]
    return {name: ANALYSES[name](run, publish or _publish_nothing) for name in wanted}


def _publish_nothing(_message: AnglesMessage | GaitMessage) -> None:
    pass
