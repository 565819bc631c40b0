"""The live loop: frames in, estimates out to every sink, status reports, and a watch over all stages."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from ..estimation.estimator import Estimator
from ..pose import STAGE_STALLED, STALE_CAMERA, Detection, Frame
from ..runtime.stop import Stop
from ..stages import EndOfSource, Sink, Source
from ..wire.message import StatusMessage
from .lifting import WAIT_S, Lifting, Missed
from .live_sink import LiveSink
from .monitor import Monitor
from .watch.answers import checked_detection
from .watch.output import Output
from .watch.stage import Stage
from .watch.watch import Watch
from .watch.worker import Ending, Worker

_STATUS_EVERY_S = 1.0
_RETRY_S = 0.05  # after a source that has failed
_BETWEEN_S = 0.2  # for a thread to come from one stage to the next one, or to its end
_GRACE_S = 0.7  # for the threads to end what they have, once the run is to end


class Pipeline:
    """The parts of a run.

    The calling thread waits, watches the stages, and calls `report` once a second, also without a frame and while a
    stage hangs, with what is wrong with the stages ('' if nothing is).  One thread reads and detects.
    Another one lifts and gives to the sinks while the detector, which runs outside Python, has the
    next frame.  See docs/decisions/0013-stages-under-watch.md.
    """

    def __init__(
        self,
        source: Source,
        estimator: Estimator,
        sinks: Mapping[str, Sink],
        monitor: Monitor,
        report: Callable[[str], None],
    ) -> None:
        self.stuck: list[str] = []  # stages that hung when the run was to end: they must not be closed
        self._source, self._estimator, self._monitor, self._report = source, estimator, monitor, report
        times = monitor.times.of
        self._outputs = {name: Output(Stage(name, times(name)), sink) for name, sink in sinks.items()}
        self._reading, self._detecting, self._looking = Stage("source", times("wait")), Stage("detect"), Stage("look")
        lifting = Stage("lift")
        self._reporting = Stage("report")
        stages = [self._reading, self._detecting, self._looking, lifting]
        self._watch = Watch([*stages, *(output.stage for output in self._outputs.values())])
        self._lifting = Lifting(source, estimator, list(self._outputs.values()), monitor, lifting)

    def run(self, stop: Stop, max_frames: int | None = None) -> None:
        """Until the source ends, `stop` is set or `max_frames` are done.

        When this returns, all threads have ended and the sinks are the caller's again, but for the stages in
        `stuck`: their threads are left behind.  What is raised in a thread is raised here; `stop` may be set
        from any thread.
        """
        ending = Ending(stop)
        lifter = Worker("lift and publish", lambda: self._lifting.main(ending), ending)
        reader = Worker("read and detect", lambda: self._read(ending, lifter, max_frames), ending)
        workers = reader, lifter
        for worker in workers:
            worker.start()
        self._stand_by(workers, ending)
        self.stuck = self._left_behind(workers)
        for worker in workers:
            worker.join()
        self._report_now(ending)
        if ending.fault is not None:
            raise ending.fault

    def _left_behind(self, workers: Sequence[Worker]) -> list[str]:
        """The names of the stages in which threads are left; one that is between two stages is waited for."""
        end_s = time.monotonic() + _BETWEEN_S
        while not (busy := self._watch.busy) and not all(worker.has_ended for worker in workers):
            if time.monotonic() > end_s:
                return [worker.name for worker in workers if not worker.has_ended]
            time.sleep(_BETWEEN_S / 20)
        return [stage.name for stage in busy]

    def tell(self, status: StatusMessage, sinks: Mapping[str, LiveSink]) -> None:
        """Give a status to the sinks, those that hang excepted; in the thread that reports."""
        for name, sink in sinks.items():
            self._outputs[name].tell(sink.report, status)

    # In the calling thread.

    def _stand_by(self, workers: Sequence[Worker], ending: Ending) -> None:
        """Watch and report until the workers have ended, or those that hang are given up."""
        report_due_s, give_up_s = time.monotonic() + _STATUS_EVERY_S, None
        while not all(worker.has_ended for worker in workers):
            with suppress(queue.Empty):
                ending.news.get(timeout=WAIT_S)
            now_s = time.monotonic()
            if ending.is_due and give_up_s is None:
                give_up_s = now_s + _GRACE_S
            if give_up_s is not None and now_s >= give_up_s:
                ending.abandoned = True
                return
            if self._notice(ending) or now_s >= report_due_s:
                report_due_s = now_s + _STATUS_EVERY_S
                self._report_now(ending)

    def _notice(self, ending: Ending) -> bool:
        """Whether a stage hangs since now; the sinks are told where no poses come because of it."""
        hanging = self._watch.look()
        if hanging or self._watch.was_suspended:
            nothing = self._lifting.nothing(STALE_CAMERA if hanging == [self._reading.name] else STAGE_STALLED)
            self._monitor.announce(nothing)  # the newest pose is an old one
            for output in self._outputs.values() if hanging else ():
                with ending.by_fault():
                    output.offer(output.sink, nothing)
        return bool(hanging)

    def _report_now(self, ending: Ending) -> None:
        with ending.by_fault():
            self._reporting(self._report, next(iter(self._watch.faults()), ""))

    # In the thread that reads and detects.

    def _read(self, ending: Ending, lifter: Worker, max_frames: int | None) -> None:
        frames = 0
        is_over = lambda: lifter.has_ended or ending.abandoned  # noqa: E731
        try:
            while not ending.is_due and frames != max_frames:
                failures = self._reading.failures
                frame = self._reading(self._source.read, WAIT_S)
                if frame is not None:
                    frames += 1
                    if not self._lifting.detections.put(self._detect(frame), is_over):
                        return
                    self._looking(self._estimator.look)
                elif self._reading.failures > failures:
                    time.sleep(_RETRY_S)
        except EndOfSource:
            pass
        finally:
            self._lifting.detections.put(None, is_over)

    def _detect(self, frame: Frame) -> Detection | Missed:
        detection = self._detecting(lambda: checked_detection(self._estimator.detect(frame, look=False)))
        if detection is None:
            return Missed(frame, self._detecting.reason)
        if self._detecting.was_late and self._source.live:
            return Missed(frame, STAGE_STALLED)
        return detection
