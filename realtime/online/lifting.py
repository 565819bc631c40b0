"""Behind the detector: lift, and give to the sinks."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..estimation.estimator import Estimator
from ..pose import RECONNECTING as RECONNECTING_REASON
from ..pose import STAGE_STALLED, STALE_CAMERA, Detection, Estimate, Frame, absent
from ..stages import RECONNECTING, STALLED, Source
from .monitor import Monitor
from .watch.answers import checked_estimates
from .watch.output import Output
from .watch.stage import DEADLINE_S, Stage
from .watch.worker import Ending

WAIT_S = 0.2  # how long a thread waits for its input before it looks after everything else

_REASONS = {STALLED: STALE_CAMERA, RECONNECTING: RECONNECTING_REASON}


@dataclass(frozen=True)
class Missed:
    """A frame without a detection, for the reason of its pose."""

    frame: Frame
    reason: str


class Handover:
    """Room for one detection between two threads, None for the end, so that neither can run ahead.

    Without the locks in Python of `queue.Queue`, which cost 0.1 ms a frame.
    """

    def __init__(self) -> None:
        self._detections: queue.SimpleQueue[tuple[Detection | Missed | None, float]] = queue.SimpleQueue()
        self._full = threading.Lock()

    def put(self, detection: Detection | Missed | None, is_over: Callable[[], bool]) -> bool:
        """Hand it over; False where `is_over` before there is room."""
        begun_s = time.monotonic()
        while not self._full.acquire(timeout=WAIT_S):
            if is_over():
                return False
        self._detections.put((detection, begun_s))
        return True

    def get(self) -> tuple[Detection | Missed | None, float]:
        """What was handed over, and for how long it has waited, s.  Raises queue.Empty after WAIT_S."""
        detection, begun_s = self._detections.get(timeout=WAIT_S)
        self._full.release()
        return detection, time.monotonic() - begun_s


class Lifting:
    """The work of the thread behind the detector."""

    def __init__(
        self, source: Source, estimator: Estimator, outputs: Sequence[Output], monitor: Monitor, stage: Stage
    ) -> None:
        self.detections = Handover()
        self._source, self._estimator, self._outputs, self._monitor = source, estimator, outputs, monitor
        self._stage = stage
        self._lost = False

    def main(self, ending: Ending) -> None:
        """Until None is handed over, or nobody waits for it any more."""
        while not ending.abandoned and self._step():
            pass
        self._finish_motion()

    def nothing(self, reason: str, frame: Frame | None = None) -> Estimate:
        """The estimate of a frame without a pose, or of now where no frame comes."""
        now_ns = time.monotonic_ns()
        estimator = self._estimator
        stamps = (
            (self._monitor.newest_index, now_ns, time.time_ns())
            if frame is None
            else (frame.index, frame.t_capture_ns, frame.t_unix_ns)
        )
        return Estimate(
            pose=absent(reason, estimator.skeleton, *stamps, estimator.level.pitch_deg, estimator.place),
            keypoints=None,
            have=estimator.have,
            want=estimator.want,
            detect_ms=0.0,
            lift_ms=0.0,
            lag_start_ns=now_ns if frame is None or frame.recorded else frame.t_capture_ns,
            frame=frame,
        )

    def _step(self) -> bool:
        """One detection, or what there is to do without; False at the end."""
        try:
            detection, waited_s = self.detections.get()
        except queue.Empty:
            self._tell_lost_source()
            return True
        if detection is None:
            return False
        self._lost = False
        if self._source.live and waited_s > DEADLINE_S and waited_s > self._stage.deadline_s:
            detection = Missed(detection.frame, STAGE_STALLED)  # a stage behind it has hung
        if isinstance(detection, Missed):
            self._finish_motion(too_late=self._source.live and detection.reason == STAGE_STALLED)
            self._send_nothing(detection.reason, detection.frame)
        else:
            self._lift(detection)
        return True

    def _lift(self, detection: Detection) -> None:
        results = self._stage(self._estimates, detection)
        if results is None:
            self._estimator.reset()
            self._send_nothing(self._stage.reason, detection.frame)
        elif self._stage.was_late and self._source.live:
            self._deliver([self._too_late(result) for result in results])
        else:
            self._deliver(results)

    def _estimates(self, detection: Detection) -> Sequence[Estimate]:
        return checked_estimates(self._estimator.estimate(detection))

    def _too_late(self, result: Estimate) -> Estimate:
        """Without its pose, which is of a time when everybody was told that there is none."""
        pose = result.pose
        stamps = pose.index, pose.t_capture_ns, pose.t_unix_ns
        return replace(result, pose=absent(STAGE_STALLED, pose.skeleton, *stamps, pose.pitch_deg, pose.place))

    def _tell_lost_source(self) -> None:
        """Tell the sinks of a camera that has stopped, once."""
        reason = _REASONS.get(self._source.status().state)
        if reason is None or self._lost:
            return
        self._lost = True
        self._finish_motion()
        self._send_nothing(reason)

    def _finish_motion(self, *, too_late: bool = False) -> None:
        """Deliver the frames that still wait for what comes after them, which does not come; `too_late`: for a stage
        has hung meanwhile."""
        if self._estimator.delay:
            results = self._stage(lambda: checked_estimates(self._estimator.finish()))
            if results is None:
                self._estimator.reset()
            too_late = too_late or (self._stage.was_late and self._source.live)
            self._deliver([self._too_late(one) if too_late else one for one in results or ()])

    def _send_nothing(self, reason: str, frame: Frame | None = None) -> None:
        result = self.nothing(reason, frame)
        self._send(result)
        self._monitor.announce(result)

    def _deliver(self, results: Sequence[Estimate]) -> None:
        for result in results:
            self._send(result)
            self._monitor.add(result, (time.monotonic_ns() - result.lag_start_ns) / 1e6)

    def _send(self, result: Estimate) -> None:
        for output in self._outputs:
            output(result)
