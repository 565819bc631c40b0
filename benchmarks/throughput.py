"""Frames per second of the whole program against the bare detector, on the demo clip.

The bare detector gets frames that lie decoded in memory; the program reads the file,
lifts, publishes and records.  Both take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.stages import program
from realtime.detectors import open_detector
from realtime.pose import Frame
from realtime.sources import Request, open_source
from realtime.stages import EndOfSource

ROUNDS = 3


def decoded() -> list[Frame]:
    source = open_source(Request("demo", realtime=False))
    frames = []
    try:
        while True:
            frame = source.read(1.0)
            if frame is not None:
                frames.append(frame)
    except EndOfSource:
        source.close()
    return frames


def bare_fps(frames: list[Frame]) -> float:
    detect = open_detector("blazepose")
    start = time.perf_counter()
    for frame in frames:
        detect(frame)
    elapsed = time.perf_counter() - start
    detect.close()
    return len(frames) / elapsed


def program_fps() -> float:
    with program("--source", "demo", "--every-frame", "--detector", "blazepose") as whole:
        start = time.perf_counter()
        whole.loop()
        return whole.monitor.frames / (time.perf_counter() - start)


def main() -> None:
    frames = decoded()
    pairs = [(program_fps(), bare_fps(frames)) for _ in range(ROUNDS)]
    for whole, bare in pairs:
        print(f"whole program {whole:6.1f} fps   bare detector {bare:6.1f} fps   ratio {whole / bare:.3f}")
    print(f"median ratio {statistics.median(w / b for w, b in pairs):.3f}  (wanted: at least 0.95)")
