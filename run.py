#!/usr/bin/env python
"""Real-time 3D human pose from one camera.

source ─► detector ─► window ─► lifter ─► smoother ─►┬► ZeroMQ
                                                     └► joints.npy
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing

from realtime.runtime.program import run_program


def main(argv: Sequence[str] | None = None) -> None:
    """Parse, build, loop."""
    # Imports come now, when Ctrl-C already ends the program quietly; the slow ones last,
    # so that --help and a wrong flag are answered at once.
    from realtime.commands.videopose3d.flags import is_old
    from realtime.settings import parse_settings

    if is_old(argv):
        from realtime.commands.videopose3d.request import parse

        wanted = parse(argv)
        from realtime.commands.videopose3d.run import carry_out

        carry_out(wanted)
        return
    settings = parse_settings(argv)
    from realtime.estimation import build
    from realtime.live.monitor import Monitor, status_line
    from realtime.live.pipeline import Pipeline
    from realtime.runtime.console import start_logging
    from realtime.runtime.stop import stop_on_signals
    from realtime.stages import Sink

    line = start_logging(settings.verbose)
    with ExitStack() as cleanup:
        detect, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detect)
        publish = cleanup.enter_context(closing(build.publisher(settings, source, estimator)))
        record = build.recorder(settings, source, estimator, publish.session)
        monitor = Monitor(estimator.window.length, source.status().dropped)

        def report() -> None:
            rows, fault = (record.rows, record.fault) if record else (0, "")
            status = monitor.status(source.status(), rows, fault)
            publish.send_status(status)
            line.show(status_line(status, publish.subscribers))

        line.say(build.greeting(settings, publish.address))
        sinks: dict[str, Sink] = {"publish": publish}
        if record:
            sinks["record"] = cleanup.enter_context(closing(record))
        with stop_on_signals() as stop:
            Pipeline(source, estimator, sinks, monitor, report).run(stop, settings.max_frames)
        line.finish()
        line.say(monitor.summary())


if __name__ == "__main__":
    sys.exit(run_program(main))
