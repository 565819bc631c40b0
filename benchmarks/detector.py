"""Milliseconds of the 2D detector a frame: BlazePose's networks on LiteRT against MediaPipe.

All take turns on the same frames of the demo clip, a second or so each, so that a busy machine slows
all of them.  With one thread, this process keeps to one core, MediaPipe's threads included.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing

from benchmarks.throughput import TURN, decoded
from realtime.detectors import installed, open_detector
from realtime.detectors.blazepose import KINDS
from realtime.detectors.blazepose.network_files import is_present
from realtime.detectors.blazepose.threads import default_threads, usable_cores
from realtime.pose import Frame
from realtime.stages import Detector

ROUNDS = 2


def opened(cleanup: ExitStack) -> dict[str, Detector]:
    """Every network that is here, and MediaPipe where it is installed."""
    kinds = [kind for kind in KINDS if is_present(f"pose_landmark_{kind}")]
    detectors = {kind: open_detector("blazepose", landmarks=kind) for kind in kinds}
    if installed("mediapipe"):
        detectors["mediapipe"] = open_detector("mediapipe")
    for detector in detectors.values():
        cleanup.enter_context(closing(detector))
    return detectors


def frame_ms(detect: Detector, frames: list[Frame]) -> float:
    start = time.perf_counter()
    for frame in frames:
        detect(frame)
    return 1000 * (time.perf_counter() - start) / len(frames)


def compare() -> None:
    """Print the median milliseconds of each, and the ratio to MediaPipe in the same turn."""
    frames = decoded()
    turns = [frames[first : first + TURN] for first in range(0, len(frames), TURN)] * ROUNDS
    with ExitStack() as cleanup:
        detectors = opened(cleanup)
        took = [{name: frame_ms(detect, turn) for name, detect in detectors.items()} for turn in turns]
    for name in detectors:
        ratio = statistics.median(turn[name] / turn.get("mediapipe", float("nan")) for turn in took)
        median = statistics.median(turn[name] for turn in took)
        print(f"  {name:<10} {median:6.1f} ms {1000 / median:5.0f} fps  {ratio:.2f} x MediaPipe")


def main() -> None:
    print(f"{usable_cores()} core(s), LiteRT with {default_threads()} threads:", flush=True)
    compare()
    if hasattr(os, "sched_setaffinity"):
        print("one core:", flush=True)
        core = min(os.sched_getaffinity(0))
        script = f"import os; os.sched_setaffinity(0, {{{core}}}); from benchmarks.detector import compare; compare()"
        subprocess.run([sys.executable, "-c", script], check=True)
