"""Frames per second of the whole program against the bare detector, on the demo clip.

Both decode the file ahead in a thread; the program also lifts, publishes and records.  They take
turns, the whole clip each, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing

from benchmarks.stages import Program, program
from realtime.detectors.blazepose.network_files import is_present
from realtime.pose import Frame
from realtime.sources import Request, open_source
from realtime.sources.read_ahead import ReadAhead
from realtime.stages import all_frames

ROUNDS = 8
TURN = 54  # frames


def decoded() -> list[Frame]:
    """The clip in memory."""
    with closing(open_source(Request("demo", realtime=False))) as source:
        return list(all_frames(source))


def bare_s(whole: Program) -> float:
    """Seconds of the program's detector for the clip, decoding included."""
    with closing(ReadAhead(open_source(Request("demo", realtime=False)))) as source:
        start = time.perf_counter()
        for frame in all_frames(source):
            whole.estimator.detector(frame)
        return time.perf_counter() - start


def whole_s(whole: Program) -> float:
    """Seconds of the program for the clip."""
    start = time.perf_counter()
    whole.loop()
    return time.perf_counter() - start


def one_round(bare_first: bool, landmarks: str) -> tuple[float, float]:
    """Seconds of the program and of the bare detector."""
    flags = ("--source", "demo", "--every-frame", "--detector", "blazepose", "--landmarks", landmarks)
    with program(*flags) as whole:
        ways = {"whole": whole_s, "bare": bare_s}
        took = {name: ways[name](whole) for name in sorted(ways, reverse=not bare_first)}
    return took["whole"], took["bare"]


def compare(landmarks: str, rounds: int, frames: int) -> None:
    """Print the rates, and their ratio turn by turn."""
    pairs = [one_round(bool(i % 2), landmarks) for i in range(rounds)]
    whole, bare = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    low, middle, high = statistics.quantiles([b / w for w, b in pairs], n=4)
    rates = f"whole program {frames / whole:.1f} fps, bare detector with decoding {frames / bare:.1f} fps"
    print(f"{landmarks}: {rates}, {rounds} turns each")
    print(
        f"  ratio: median {middle:.3f}, half of the turns {low:.3f} to {high:.3f}  (wanted: at least 0.93)", flush=True
    )


def main() -> None:
    frames = len(decoded())
    compare("full", ROUNDS, frames)
    if is_present("pose_landmark_heavy"):
        compare("heavy", ROUNDS // 4, frames)
