"""The program's own stages, built for a measurement."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from realtime.estimation import build
from realtime.estimation.estimator import Estimator
from realtime.online.monitor import Monitor
from realtime.online.pipeline import Pipeline
from realtime.runtime.stop import Stop
from realtime.settings import parse_settings
from realtime.stages import Sink, Source
from realtime.wire.publisher import Publisher

FREE_PORT = "tcp://127.0.0.1:*"


class Program:
    """run.py's stages, opened; `loop` runs them to the source's end."""

    def __init__(self, source: Source, estimate: Estimator, publish: Publisher, sinks: dict[str, Sink]) -> None:
        self.source, self.estimate, self.publish, self.sinks = source, estimate, publish, sinks
        self.monitor = Monitor(estimate.window.length)

    def loop(self, max_frames: int | None = None) -> None:
        pipeline = Pipeline(self.source, self.estimate, self.sinks, self.monitor, self.report)
        pipeline.run(Stop(), max_frames)

    def report(self) -> None:
        self.publish.report(self.monitor.status(self.source.status(), 0, ""))


@contextmanager
def program(*flags: str) -> Iterator[Program]:
    """Everything run.py opens for these flags, publishing on a free port and recording
    into a folder that goes away."""
    with ExitStack() as cleanup:
        out = cleanup.enter_context(tempfile.TemporaryDirectory())
        settings = parse_settings([*flags, "--bind", FREE_PORT, "--out", out])
        detect, source = build.detector_and_source(settings, cleanup)
        estimate = build.estimator(settings, detect)
        publish = cleanup.enter_context(closing(build.publisher(settings, source, estimate)))
        record = build.recorder(settings, source, estimate, publish.session)
        assert record is not None
        cleanup.enter_context(closing(record))
        yield Program(source, estimate, publish, {"publish": publish, "record": record})
