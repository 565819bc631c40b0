"""The offline command: frames per second of one process against the bare detector, on the demo
clip, and what a second process brings, on ten keypoint files.

Start-up (libraries, networks) is part of the second figure, not of the first.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.throughput import decoded
from realtime.commands.lift import main as lift
from realtime.detectors import open_detector
from realtime.formats.keypoints_npz import write_keypoints
from realtime.offline.lift import lift_one
from realtime.offline.task import Task
from realtime.settings import Settings
from realtime.skeleton import COCO17
from realtime.sources.demo import clip_path
from realtime.track import single_person_track

ROUNDS = 4
INPUTS, FRAMES = 10, 10_000  # seven minutes each


def one_process(folder: Path) -> list[float]:
    """Ratios of lifting to detecting; the clocks stand while libraries and networks load."""
    frames = decoded()
    detect = open_detector("blazepose")
    ratios = []
    for round_ in range(ROUNDS):
        stamps: list[float] = []
        task = Task(Settings(source=str(clip_path()), realtime=False), folder / str(round_), ("npy",))
        lift_one(task, lambda _frames, _seconds, stamps=stamps: stamps.append(time.perf_counter()))
        start = time.perf_counter()
        for frame in frames[1:]:
            detect(frame)
        ratios.append((time.perf_counter() - start) / (stamps[-1] - stamps[0]))
    detect.close()
    return ratios


def seconds_with(jobs: int, inputs: list[str], folder: Path) -> float:
    start = time.perf_counter()
    lift([*inputs, "--out", str(folder / f"jobs{jobs}"), "--write", "npy", "--jobs", str(jobs)])
    return time.perf_counter() - start


def keypoint_files(folder: Path) -> list[str]:
    rng = np.random.default_rng(0)
    paths = []
    for n in range(INPUTS):
        xy = rng.uniform((200, 100), (400, 400), (17, 2)) + rng.normal(0, 0.1, (FRAMES, 17, 2)).cumsum(0)
        points = np.concatenate([xy, np.full((FRAMES, 17, 1), 0.9)], -1).astype(np.float32)
        path = folder / f"{n}.npz"
        write_keypoints(path, single_person_track(points, (640, 480), COCO17, 25.0))
        paths.append(str(path))
    return paths


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratios = one_process(folder)
        shown = ", ".join(f"{r:.2f}" for r in ratios)
        print(f"one process ÷ bare detector: median {statistics.median(ratios):.3f} of {shown}  (wanted: 0.95)")
        inputs = keypoint_files(folder)
        one, two = (seconds_with(jobs, inputs, folder) for jobs in (1, 2))
        print(f"{INPUTS} keypoint files of {FRAMES} frames: --jobs 1 {one:.1f} s, --jobs 2 {two:.1f} s", end="")
        print(f", {one / two:.2f} × faster  (wanted: 1.7)")
