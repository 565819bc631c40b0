"""The live loop: frames in, estimates out to every sink, status reports."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..estimation.estimator import Estimator
from ..pose import RECONNECTING as RECONNECTING_REASON
from ..pose import STALE_CAMERA, Detection, Estimate, absent
from ..runtime.stop import Stop
from ..stages import RECONNECTING, STALLED, EndOfSource, Sink, Source
from .monitor import Monitor

# How long either thread waits for its input before it looks after everything else: the
# longest delay of Ctrl-C, of the status and of the report of a lost camera.
_WAIT_S = 0.2
_STATUS_EVERY_S = 1.0

_REASONS = {STALLED: STALE_CAMERA, RECONNECTING: RECONNECTING_REASON}


@dataclass
class Pipeline:
    """The parts of a run.  `report` is called once a second, also without a frame."""

    source: Source
    estimator: Estimator
    sinks: Mapping[str, Sink]
    monitor: Monitor
    report: Callable[[], None]

    def run(self, stop: Stop, max_frames: int | None = None) -> None:
        """Until the source ends, `stop` is set or `max_frames` are done.

        The calling thread reads and detects.  A second one lifts, gives to the sinks and
        reports while the detector, which runs outside Python, has the next frame; between
        them there is room for one detection, so that neither can run ahead.  Sinks are used
        by that thread alone until this call returns.  What is raised there is raised here;
        `stop` may be set from any thread.
        """
        lifting = _LiftThread(self)
        lifting.thread.start()
        try:
            self._detect(lifting, stop, max_frames)
        finally:
            lifting.finish()
        if lifting.fault is not None:
            raise lifting.fault

    def _detect(self, lifting: _LiftThread, stop: Stop, max_frames: int | None) -> None:
        frames = 0
        while not stop.is_set() and frames != max_frames:
            try:
                with self.monitor.times.measure("wait"):
                    frame = self.source.read(_WAIT_S)
            except EndOfSource:
                return
            if frame is None:
                continue
            frames += 1
            if not lifting.take(self.estimator.detect(frame, look=False)):
                return
            self.estimator.look()


class _LiftThread:
    """The thread behind the detector."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.fault: BaseException | None = None
        self.thread = threading.Thread(target=self._main, name="lift and publish", daemon=True)
        self._pipeline = pipeline
        # A queue of one, without the locks in Python of `queue.Queue`, which cost 0.1 ms a frame.
        self._detections: queue.SimpleQueue[Detection | None] = queue.SimpleQueue()
        self._full = threading.Lock()
        self._report_due_s = time.monotonic() + _STATUS_EVERY_S
        self._lost = False

    def take(self, detection: Detection | None) -> bool:
        """Hand a detection over, None for the end; False if the thread has failed."""
        while self.fault is None:
            if self._full.acquire(timeout=_WAIT_S):
                self._detections.put(detection)
                return True
        return False

    def finish(self) -> None:
        """Let it do what it has, and wait for it."""
        self.take(None)
        self.thread.join()

    def _main(self) -> None:
        try:
            while self._step():
                pass
            self._finish_motion()
            self._pipeline.report()
        except BaseException as fault:  # noqa: BLE001  # raised again by Pipeline.run
            self.fault = fault

    def _step(self) -> bool:
        """One detection, or what there is to do without; False at the end."""
        try:
            detection = self._detections.get(timeout=_WAIT_S)
        except queue.Empty:
            self._report_lost_source()
        else:
            self._full.release()
            if detection is None:
                return False
            self._lost = False
            self._deliver(self._pipeline.estimator.estimate(detection))
        if time.monotonic() >= self._report_due_s:
            self._report_due_s = time.monotonic() + _STATUS_EVERY_S
            self._pipeline.report()
        return True

    def _report_lost_source(self) -> None:
        """Report a camera that has stopped to the sinks, once."""
        reason = _REASONS.get(self._pipeline.source.status().state)
        if reason is None or self._lost:
            return
        self._lost = True
        self._finish_motion()
        result = self._nothing(reason)
        self._send(result)
        self._pipeline.monitor.announce(result)

    def _finish_motion(self) -> None:
        """Deliver the frames that still wait for what comes after them, which does not come."""
        if self._pipeline.estimator.delay:
            self._deliver(self._pipeline.estimator.finish())

    def _deliver(self, results: Sequence[Estimate]) -> None:
        for result in results:
            self._send(result)
            self._pipeline.monitor.add(result, (time.monotonic_ns() - result.lag_start_ns) / 1e6)

    def _send(self, result: Estimate) -> None:
        for name, sink in self._pipeline.sinks.items():
            with self._pipeline.monitor.times.measure(name):
                sink(result)

    def _nothing(self, reason: str) -> Estimate:
        """The estimate of a camera that has stopped, now."""
        now_ns = time.monotonic_ns()
        estimator, index = self._pipeline.estimator, self._pipeline.monitor.newest_index
        axes = estimator.level.pitch_deg, estimator.place
        return Estimate(
            pose=absent(reason, estimator.skeleton, index, now_ns, time.time_ns(), *axes),
            keypoints=None,
            have=estimator.have,
            want=estimator.want,
            detect_ms=0.0,
            lift_ms=0.0,
            lag_start_ns=now_ns,
        )
