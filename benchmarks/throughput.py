"""Frames per second of the whole program against the bare detector, on the demo clip.

Both decode the file ahead in a thread; the program also lifts, publishes and records.  They take
turns, the whole clip each, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from contextlib import closing

from benchmarks.stages import Program, program
from realtime.detectors.blazepose.network_files import is_present
from realtime.pose import Frame
from realtime.sources import Request, open_source
from realtime.sources.read_ahead import ReadAhead
from realtime.stages import all_frames

ROUNDS = 8
TURN = 54  # frames
WANTED = 0.93


def decoded(clip: str = "demo") -> list[Frame]:
    """A clip in memory."""
    with closing(open_source(Request(clip, realtime=False))) as source:
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
    print_ratios(landmarks, pairs, frames, "bare detector with decoding", WANTED)


def print_ratios(what: str, pairs: Sequence[tuple[float, float]], frames: int, bare_name: str, wanted: float) -> None:
    """Print the rates from the seconds of the program and of what it is compared with, turn by turn."""
    whole, bare = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    low, middle, high = statistics.quantiles([b / w for w, b in pairs], n=4)
    rates = f"whole program {frames / whole:.1f} fps, {bare_name} {frames / bare:.1f} fps"
    print(f"{what}: {rates}, {len(pairs)} turns each")
    spread = f"half of the turns {low:.3f} to {high:.3f}"
    print(f"  ratio: median {middle:.3f}, {spread}  (wanted: at least {wanted})", flush=True)


def main() -> None:
    frames = len(decoded())
    compare("full", ROUNDS, frames)
    if is_present("pose_landmark_heavy"):
        compare("heavy", ROUNDS // 4, frames)
