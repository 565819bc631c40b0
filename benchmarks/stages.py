"""The program's own stages, built for a measurement."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from realtime.estimation import build
from realtime.estimation.estimator import Estimator
from realtime.online.live_sink import LiveSink, RunContext
from realtime.online.monitor import Monitor
from realtime.online.pipeline import Pipeline
from realtime.online.sinks import open_sinks
from realtime.runtime.stop import Stop
from realtime.settings import parse_settings
from realtime.stages import Source
from realtime.wire.publisher import Publisher

FREE_PORT = "tcp://127.0.0.1:*"


class Program:
    """The stages of `run`, opened; `loop` runs them to the source's end."""

    def __init__(self, source: Source, estimator: Estimator, sinks: dict[str, LiveSink]) -> None:
        self.source, self.estimator, self.sinks = source, estimator, sinks
        self.publish = cast("Publisher", sinks["publish"])
        self.monitor = Monitor(estimator.want, sinks=sinks)

    def loop(self, max_frames: int | None = None) -> None:
        pipeline = Pipeline(self.source, self.estimator, self.sinks, self.monitor, self.report)
        pipeline.run(Stop(), max_frames)

    def report(self, _fault: str = "") -> None:
        self.publish.report(self.monitor.status(self.source.status()))


@contextmanager
def program(*flags: str) -> Iterator[Program]:
    """Everything `run` opens for these flags, publishing on a free port and recording
    into a folder that goes away."""
    with ExitStack() as cleanup:
        out = cleanup.enter_context(tempfile.TemporaryDirectory())
        settings = parse_settings([*flags, "--bind", FREE_PORT, "--out", out])
        detector, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        yield Program(source, estimator, open_sinks(RunContext(settings, source, estimator, uuid.uuid4().hex), cleanup))
