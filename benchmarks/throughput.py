"""Frames per second of the whole program against the bare detector, on the demo clip.

The bare detector gets frames that lie decoded in memory; the program reads the file,
lifts, publishes and records.  Both use the same detector, and take turns every second or
so, on the same frames, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from functools import partial

from benchmarks.stages import Program, program
from realtime.pose import Frame
from realtime.sources import Request, open_source
from realtime.stages import all_frames

ROUNDS = 4
TURN = 54  # frames; the clip is six turns


def decoded() -> list[Frame]:
    with closing(open_source(Request("demo", realtime=False))) as source:
        return list(all_frames(source))


def detect_all(whole: Program, frames: list[Frame]) -> float:
    """Seconds of the bare detector."""
    start = time.perf_counter()
    for frame in frames:
        whole.estimator.detector(frame)
    return time.perf_counter() - start


def loop(whole: Program, count: int) -> float:
    """Seconds of the program for as many frames."""
    start = time.perf_counter()
    whole.loop(max_frames=count)
    return time.perf_counter() - start


def one_round(frames: list[Frame], bare_first: bool) -> list[tuple[float, float]]:
    """Seconds of the program and of the bare detector, a pair a turn."""
    pairs = []
    with program("--source", "demo", "--every-frame", "--detector", "blazepose") as whole:
        for first in range(0, len(frames), TURN):
            turn = frames[first : first + TURN]
            ways = {"whole": partial(loop, whole, len(turn)), "bare": partial(detect_all, whole, turn)}
            order = sorted(ways, reverse=not bare_first)
            took = {name: ways[name]() for name in order}
            pairs.append((took["whole"], took["bare"]))
    return pairs


def main() -> None:
    frames = decoded()
    pairs = [pair for i in range(ROUNDS) for pair in one_round(frames, bare_first=bool(i % 2))]
    whole, bare = (sum(seconds) for seconds in zip(*pairs, strict=True))
    count = ROUNDS * len(frames)
    print(f"whole program {count / whole:.1f} fps, bare detector {count / bare:.1f} fps, over {len(pairs)} turns each")
    ratios = [b / w for w, b in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"ratio: median {middle:.3f}, half of the turns {low:.3f} to {high:.3f}  (wanted: at least 0.95)")
