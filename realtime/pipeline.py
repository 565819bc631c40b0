"""The loop: frames in, estimates out to every sink, and word of how it goes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from .estimator import Estimator
from .monitor import Monitor
from .pose import RECONNECTING as RECONNECTING_REASON
from .pose import STALE_CAMERA, Estimate, absent
from .skeleton import H36M17
from .stages import RECONNECTING, STALLED, EndOfSource, Sink, Source

# How long the loop waits for a frame before it looks after everything else: the longest
# that Ctrl-C, the status and the word of a lost camera can be late.
_WAIT_S = 0.2
_STATUS_EVERY_S = 1.0

_REASONS = {STALLED: STALE_CAMERA, RECONNECTING: RECONNECTING_REASON}


def run(
    source: Source,
    estimate: Estimator,
    sinks: Mapping[str, Sink],
    monitor: Monitor,
    report: Callable[[], None],
    stop: threading.Event,
    max_frames: int | None = None,
) -> None:
    """Until the source ends, `stop` is set or `max_frames` are done: every frame goes
    through `estimate` to all `sinks`; `report` is called once a second, also without a
    frame.  A camera that has stopped is told to the sinks once, as a pose without joints.

    All of it happens in the calling thread; `stop` may be set from any.
    """
    report_due_s = 0.0
    lost = False
    while not stop.is_set() and (max_frames is None or monitor.frames < max_frames):
        try:
            with monitor.times.measure("wait"):
                frame = source.read(_WAIT_S)
        except EndOfSource:
            break
        if frame is not None:
            lost = False
            result = estimate(frame)
            _give(result, sinks, monitor)
            monitor.saw(result, (time.monotonic_ns() - result.since_ns) / 1e6)
        elif not lost and (reason := _REASONS.get(source.status().state)):
            lost = True
            result = _nothing(reason, monitor.frames, estimate)
            _give(result, sinks, monitor)
            monitor.announce(result)
        if time.monotonic() >= report_due_s:
            report_due_s = time.monotonic() + _STATUS_EVERY_S
            report()
    report()


def _give(result: Estimate, sinks: Mapping[str, Sink], monitor: Monitor) -> None:
    for name, sink in sinks.items():
        with monitor.times.measure(name):
            sink(result)


def _nothing(reason: str, index: int, estimate: Estimator) -> Estimate:
    """The estimate of a camera that has stopped, now."""
    now_ns = time.monotonic_ns()
    return Estimate(
        pose=absent(reason, H36M17, index, now_ns, time.time_ns()),
        keypoints=None,
        have=estimate.window.have,
        want=estimate.window.length,
        detect_ms=0.0,
        lift_ms=0.0,
        since_ns=now_ns,
    )


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that SIGINT (Ctrl-C) and SIGTERM set; a second one interrupts at once.
    Main thread only; the former handlers come back at the end."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    former = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
