"""A live run from its settings: stages, sinks, loop and status line."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from typing import NoReturn

from ..estimation import build
from ..runtime.console import StatusLine, start_logging
from ..runtime.hints import command
from ..runtime.program import leave_with
from ..runtime.stop import stop_on_signals
from ..runtime.text import printable
from ..settings import Settings
from ..wire.message import DEFAULT_ADDRESS
from ..wire.publisher import Publisher
from ..wire.relay import SocketProcess
from .live_sink import LiveSink, RunContext
from .monitor import Monitor
from .pipeline import Pipeline
from .results import results
from .sinks import PUBLISH, open_sinks
from .status_line import line_fields, line_text
from .watch.stage import title_of

_ENDS_WITHIN_S = 1.9  # after Ctrl-C, whatever hangs


def run_live(settings: Settings) -> None:
    """Until the source ends, the frames are done, or Ctrl-C.  Main thread only.  Raises the
    project's errors where a stage cannot be opened."""
    line = start_logging(settings.verbose)
    sinks: Mapping[str, LiveSink] = {}
    with ExitStack() as cleanup:
        cleanup.callback(lambda: _print_results(line, sinks))  # after a fault too, when all is closed
        # Started first: it loads while the detector does.
        process = cleanup.enter_context(closing(SocketProcess())) if PUBLISH in settings.sinks else None
        detector, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        sinks = open_sinks(RunContext(settings, source, estimator, uuid.uuid4().hex, process=process), cleanup)
        monitor = Monitor(
            estimator.want,
            source.status().dropped,
            sinks,
            estimator.level,
            delay_frames=estimator.delay,
            height_m=estimator.height_m,
        )
        told: set[str] = set()

        def report(fault: str) -> None:
            """Tell the sinks and the terminal how the run is."""
            fault = fault or next((sink.fault for sink in sinks.values() if sink.fault), "")
            fields = {key: value for sink in sinks.values() for key, value in sink.status_fields().items()}
            status = monitor.status(source.status(), fault=fault, **fields)
            pipeline.tell(status, sinks)
            for finding in monitor.advice():
                if finding.name not in told:
                    told.add(finding.name)
                    line.print_line(finding.text)
            words = {name: sink.status_words() for name, sink in sinks.items()}
            line.show(line_text(status), line_fields(status, words))

        pipeline = Pipeline(source, estimator, sinks, monitor, report)
        _print_greeting(line, settings, sinks)
        with stop_on_signals(_ENDS_WITHIN_S) as stop:
            try:
                pipeline.run(stop, settings.max_frames)
            finally:
                if pipeline.stuck:
                    _leave(line, sinks, pipeline.stuck)
        line.finish()
        line.print_line(monitor.summary())
        for text in monitor.trust_lines():
            line.print_line(text)


def _leave(line: StatusLine, sinks: Mapping[str, LiveSink], stuck: Sequence[str]) -> NoReturn:
    """End the program without the stages that hang, which can be neither closed nor waited for."""
    for name, sink in sinks.items():
        if name not in stuck:
            sink.close()
    _print_results(line, sinks)
    line.print_line(f"left behind, as it is still busy: {', '.join(map(title_of, stuck))}")
    leave_with(sys.exc_info()[1])


def _print_results(line: StatusLine, sinks: Mapping[str, LiveSink]) -> None:
    line.finish()
    for text in results(sinks.values()):
        line.print_line(printable(text))


def _print_greeting(line: StatusLine, settings: Settings, sinks: Mapping[str, LiveSink]) -> None:
    """Print where poses are published and how to view them."""
    publisher = sinks.get(PUBLISH)
    if isinstance(publisher, Publisher):
        line.print_line(greeting(settings, publisher.address))


def greeting(settings: Settings, address: str) -> str:
    """Where poses are published and how to view them."""
    words = [] if address == DEFAULT_ADDRESS else ["--connect", address]
    if settings.curve_key is not None:
        words += ["--curve-server", "ITS-PUBLIC-KEY"]
    return f"publishing on {address}, see it with: {command('view', *words)}"
