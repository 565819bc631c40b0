"""`--analyze form`: how late a repetition is known, whether it is that of the recording, and what a frame costs.

A delay counts from lock-out to the capture of the frame with which the repetition is known; the latency of that frame's
pose (benchmark latency) is added to it.  Costs are CPU time, which other programs on the machine hardly change."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.gait_live import recorded
from realtime.analysis.form.analyse import analyse_form
from realtime.analysis.form.options import FormOptions
from realtime.estimation import build
from realtime.estimation.camera_level import CameraLevel
from realtime.online.form import open_form
from realtime.pose import Estimate
from realtime.settings import Settings, parse_settings
from realtime.stages import all_frames
from realtime.wire.analyses.form import FormMessage, FormRepetition
from realtime.wire.message import encode

_CLIPS = Path(__file__).parent / "clips"
# Film, the exercise that is told, and how many repetitions it shows.
SOURCES = (
    ("demo", "demo", "squat", 2),
    ("demo", "demo", "auto", 2),
    ("squat_front_quarter", _CLIPS / "squat_front_quarter.mp4", "squat", 2),
    ("side_lunge_front", _CLIPS / "side_lunge_front.mp4", "side-lunge", 2),
    ("walk_side", _CLIPS / "walk_side.mp4", "squat", 0),
    ("walk_side", _CLIPS / "walk_side.mp4", "auto", 0),
    ("salsa_front_wide", _CLIPS / "salsa_front_wide.mp4", "auto", 0),
)


def lifted(source: Path | str, exercise: str) -> tuple[Settings, CameraLevel, list[Estimate]]:
    """What a film gives, frame by frame."""
    with ExitStack() as cleanup:
        settings = parse_settings(["--source", str(source), "--every-frame", "--exercise", exercise])
        detector, frames = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        return settings, estimator.level, list(estimator.run(all_frames(frames)))


def told(settings: Settings, level: CameraLevel, estimates: list[Estimate]) -> tuple[list[FormMessage], list[float]]:
    """The messages, and the milliseconds of each frame with theirs."""
    messages: list[FormMessage] = []

    def publish(message: FormMessage) -> None:
        encode(message)
        messages.append(message)

    sink, cost_ms = open_form(settings, level, publish), []
    for estimate in estimates:
        begun = time.thread_time()
        sink(estimate)
        cost_ms.append(1e3 * (time.thread_time() - begun))
    return messages, cost_ms


def repetitions(messages: list[FormMessage]) -> list[tuple[FormRepetition, float]]:
    """Each repetition with the seconds from lock-out to the frame that told it."""
    first = {m.repetition.number: m for m in reversed(messages) if m.repetition is not None}
    found = [(m.repetition, (m.t_capture_ns - m.repetition.end_ns) / 1e9) for m in first.values() if m.repetition]
    return sorted(found, key=lambda one: one[0].number)


def report(name: str, source: Path | str, exercise: str, shown: int) -> None:
    """Print the figures of one film."""
    settings, level, estimates = lifted(source, exercise)
    messages, cost_ms = told(settings, level, estimates)
    found = repetitions(messages)
    poses = [estimate.pose for estimate in estimates if estimate.pose.usable]
    offline = analyse_form(recorded(poses), FormOptions(exercise=exercise))
    print(f"{name}, --exercise {exercise}: {len(found)} of {shown} repetitions live, {offline.count} as a recording")
    for one, delay_s in found:
        ends_s = [r.repetition.end_s for r in offline.repetitions]
        offs_ms = min((abs(1e3 * (one.end_ns / 1e9 - end_s)) for end_s in ends_s), default=float("nan"))
        print(f"  {one.exercise} {one.in_set}: known {1e3 * delay_s:.0f} ms after lock-out", end="")
        print(f", lock-out {offs_ms:.0f} ms off that of the recording")
    print(f"  {len(messages)} messages, CPU ms a frame: mean {np.mean(cost_ms):.2f}, ", end="")
    print(f"p99 {np.percentile(cost_ms, 99):.1f}, most {max(cost_ms):.1f}")


def main() -> None:
    for row in SOURCES:
        report(*row)
