"""What the report of a gait costs beside lifting alone (`lift --write npy`), and whether it keeps to its memory.

The speed is that of the whole program with its detector, in turns on the same video; the memory that over ten minutes
of video, whose keypoints are there already.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.flat import resident_bytes
from benchmarks.memory import RATE_HZ, looped_clip
from realtime.analysis.gait.options import GaitOptions
from realtime.formats.keypoints_npz import write_keypoints
from realtime.offline.lift import lift_one, log_frames
from realtime.offline.reports.gait import ENDINGS, report_gait
from realtime.offline.reports.task import ReportTask
from realtime.offline.request import lift_request
from realtime.skeleton import COCO_FEET21, RUNNER20
from realtime.track import single_person_track

CLIP = Path("benchmarks/clips/walk_side.mp4")
SPEED_S, ROUNDS, WANTED = 30, 2, 0.95
MEMORY_MIN, LINES = 10, 10


def gait_task(video: Path, stem: Path, given: Mapping[str, Any]) -> ReportTask:
    """As the command makes it."""
    task = lift_request({"camera_pitch": "auto", **given}).task(video, stem)
    return ReportTask(replace(task, joints=RUNNER20), None, ENDINGS, "benchmark")


def keypoint_file(path: Path) -> Path:
    """The keypoints of the clip, feet too."""
    log = log_frames(lift_request({}).task(CLIP, path)).log
    seen = [log.keypoints_at(row) for row in range(len(log))]
    nobody = np.full((len(COCO_FEET21), 3), np.nan, np.float32)
    rows = [nobody if one is None else np.concatenate([one.xy, one.score[:, None]], 1) for one in seen]
    write_keypoints(path, single_person_track(np.array(rows), log.size_wh, COCO_FEET21, RATE_HZ))
    return path


def speed(folder: Path) -> None:
    """In turns, by the clock and by the time of the processors, which others on the machine leave alone."""
    video = looped_clip(folder / "walk.mp4", SPEED_S, CLIP)
    ratios = []
    for turn in range(ROUNDS):
        marks = [_now()]
        outcome = lift_one(lift_request({}).task(video, folder / f"lift{turn}", ("npy",)))
        marks.append(_now())
        report = report_gait(GaitOptions(), gait_task(video, folder / f"gait{turn}", {}))
        marks.append(_now())
        if outcome.fault or not report.complete:
            raise SystemExit(f"{outcome}; {report.line}")
        lifted, reported = np.diff(marks, axis=0)
        ratios.append(lifted / reported)
        print(
            f"{outcome.frames} frames: lift {lifted[0]:.1f} s (processors {lifted[1]:.1f} s), gait {reported[0]:.1f} s "
            f"({reported[1]:.1f} s)",
            flush=True,
        )
    wall, cpu = np.median(ratios, axis=0)
    print(f"speed of gait ÷ that of lift --write npy: {wall:.3f}, by processor time {cpu:.3f}  (wanted: {WANTED})")


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def memory(folder: Path) -> None:
    """Lift, analyse and report ten minutes, and tell the memory on the way."""
    frames = MEMORY_MIN * 60 * RATE_HZ
    video = looped_clip(folder / "long.mp4", 60 * MEMORY_MIN, CLIP)
    given = {"detector": "replay", "keypoints": str(keypoint_file(folder / "points.npz")), "max_frames": frames}
    told: list[tuple[int, int]] = []

    def note(done: int, _t_s: float, _told: object) -> None:
        if done % (frames // LINES) == 0:
            told.append((done, resident_bytes()))
            print(f"{done:>7} frames, {told[-1][1] / 2**20:7.1f} MB", flush=True)

    start_s = time.perf_counter()
    report = report_gait(GaitOptions(), gait_task(video, folder / "long", given), note)
    (first, before), (last, after) = told[1], told[-1]  # by the second all is loaded and in use
    print(report.line)
    print(
        f"{MEMORY_MIN} min of video: {(after - before) / (last - first):.0f} bytes a frame (wanted: at most 1000), "
        f"{resident_bytes() / 2**20:.1f} MB when all is written; {time.perf_counter() - start_s:.0f} s; "
        f"the page has {(folder / 'long_gait.html').stat().st_size / 2**20:.2f} MB"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        speed(Path(name))
        memory(Path(name))
