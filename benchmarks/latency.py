"""What the program adds between the detector's end and a subscriber in another process,
on loopback, window 27, at the demo clip's own pace."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import numpy as np

from benchmarks.stages import program
from realtime.pose import DetectedPerson, Frame
from realtime.stages import Detector

FRAMES = 600
_WARM_UP = 60  # frames; first calls load code


class TimedDetector:
    """A detector that notes when it was done with each frame."""

    def __init__(self, detect: Detector) -> None:
        self.name, self.skeleton, self.close = detect.name, detect.skeleton, detect.close
        self.many_people = detect.many_people
        self.done_ns: dict[int, int] = {}
        self._detect = detect

    def __call__(self, frame: Frame) -> Sequence[DetectedPerson]:
        people = self._detect(frame)
        self.done_ns[frame.index] = time.monotonic_ns()
        return people


def subscribe(address: str, results: Connection) -> None:
    """Note when each pose arrives; the monotonic clock is the machine's, not the process's."""
    from realtime.wire.subscriber import PoseSubscriber

    arrived = {}
    with PoseSubscriber(address, newest=False, timeout_s=5.0) as poses:
        for pose in poses:
            arrived[pose.frame] = time.monotonic_ns(), pose.lag_ms.total
    results.send(arrived)


def main() -> None:
    ours, theirs = multiprocessing.Pipe()
    with program("--source", "demo", "--detector", "blazepose", "--window", "27") as whole:
        timed = whole.estimator.detector = TimedDetector(whole.estimator.detector)
        spawn = multiprocessing.get_context("spawn")
        reader = spawn.Process(target=subscribe, args=(whole.publish.address, theirs))
        reader.start()
        while not whole.publish.subscribers:
            whole.report()
            time.sleep(0.05)  # ZeroMQ tells of a reader only when asked
        whole.loop(FRAMES)
    arrived = ours.recv()
    reader.join()
    frames = [i for i in sorted(arrived) if i in timed.done_ns][_WARM_UP:]
    added_ms = [(arrived[i][0] - timed.done_ns[i]) / 1e6 for i in frames]
    p50, p95, p99 = np.percentile(added_ms, (50, 95, 99))
    print(f"{len(added_ms)} poses: p50 {p50:.2f}  p95 {p95:.2f}  p99 {p99:.2f} ms  (wanted: p50 ≤ 3, p99 ≤ 8)")
    p50, p95, p99 = np.percentile([arrived[i][1] for i in frames], (50, 95, 99))
    print(f"from capture to the socket: p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f} ms")
