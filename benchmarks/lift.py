"""The offline command: frames per second of one process with each --quality, against the bare detector, on
the demo clip, and what a second process brings, on ten keypoint files.

Start-up (libraries, networks) is part of the second figure, not of the first.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.throughput import decoded
from realtime.commands.lift import main as lift
from realtime.detectors import open_detector
from realtime.formats.keypoints_npz import write_keypoints
from realtime.offline.lift import open_stages
from realtime.offline.quality import QUALITIES
from realtime.offline.request import lift_request
from realtime.skeleton import COCO17
from realtime.sources.demo import clip_path
from realtime.stages import all_frames
from realtime.track import single_person_track

ROUNDS = 4
BARE = "bare detector"
MOST_FRAMES = {"best": 80}
WANTED = {"fast": 0.95, "good": 0.94}
INPUTS, FRAMES = 10, 10_000  # seven minutes each


def one_process(folder: Path) -> dict[str, list[float]]:
    """Frames a second of the bare detector and of lifting with each quality, round by round; the clocks
    stand while libraries and networks load."""
    frames = decoded()
    detect = open_detector("blazepose")
    rates: dict[str, list[float]] = {name: [] for name in (BARE, *QUALITIES)}
    for round_ in range(ROUNDS):
        start = time.perf_counter()
        for frame in frames:
            detect(frame)
        rates[BARE].append(len(frames) / (time.perf_counter() - start))
        for quality in QUALITIES:
            rates[quality].append(lifted_hz(quality, folder / f"{quality}{round_}"))
    detect.close()
    return rates


def lifted_hz(quality: str, stem: Path) -> float:
    """Frames a second of the demo clip, by when they are detected."""
    stamps: list[float] = []
    request = lift_request({"quality": quality, "max_frames": MOST_FRAMES.get(quality, 10**6)})
    task = request.task(clip_path(), stem, ("npy",))
    with ExitStack() as cleanup:
        estimator, source = open_stages(task, cleanup)
        for frame in islice(all_frames(source), task.settings.max_frames):
            estimator(frame)
            stamps.append(time.perf_counter())
        estimator.finish()
        return (len(stamps) - 1) / (time.perf_counter() - stamps[0])


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
        rates = one_process(folder)
        bare = rates.pop(BARE)
        print(f"{BARE}: median {statistics.median(bare):.1f} frames a second")
        for quality, hz in rates.items():
            ratios = [rate / base for rate, base in zip(hz, bare, strict=True)]
            shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            ratio, wanted = statistics.median(ratios), f"  (wanted: {WANTED[quality]})" if quality in WANTED else ""
            print(f"{quality}: {statistics.median(hz):.1f} frames a second; ÷ {BARE}: {ratio:.3f} of {shown}{wanted}")
        inputs = keypoint_files(folder)
        one, two = (seconds_with(jobs, inputs, folder) for jobs in (1, 2))
        print(f"{INPUTS} keypoint files of {FRAMES} frames: --jobs 1 {one:.1f} s, --jobs 2 {two:.1f} s", end="")
        print(f", {one / two:.2f} × faster  (wanted: 1.7)")
