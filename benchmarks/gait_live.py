"""`--analyze gait,angles`: how late an event is known, whether it is that of the recording, and what a frame costs.

A delay counts from the event to the capture of the frame with which it is known; the latency of that frame's pose
(benchmark latency) is added to it.  What is known at the start, with the first steps, is late and not counted.
Costs are CPU time, which other programs on the machine hardly change."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.live import LiveGait
from realtime.analysis.gait.result import FootEvent
from realtime.estimation import build
from realtime.motion import Motion3D, motion
from realtime.online.angles import LiveAngles
from realtime.pose import Detection, Estimate, Pose3D
from realtime.settings import parse_settings
from realtime.stages import all_frames

_CLIPS = Path(__file__).parent / "clips"
SOURCES = {
    "walk_side": _CLIPS / "walk_side.mp4",
    "walk_back_high": _CLIPS / "walk_back_high.mp4",
    "jog_front_quarter_low": _CLIPS / "jog_front_quarter_low.mp4",
    "demo": "demo",
}
_MATCH_S = 0.15
_LATE_S = 0.4  # only what is known at the start is later


def lifted(source: Path | str) -> tuple[list[Estimate], list[Pose3D], list[float]]:
    """Estimates of a film, the poses of a runner, and the milliseconds of lifting each a second time."""
    with ExitStack() as cleanup:
        settings = parse_settings(["--source", str(source), "--every-frame"])
        detector, frames = build.detector_and_source(settings, cleanup)
        chain = build.runner_chain(settings, detector)
        estimates, poses, cost_ms = [], [], []
        for estimate in build.estimator(settings, detector).run(all_frames(frames)):
            if estimate.keypoints is None or estimate.frame is None:
                continue
            begun = time.thread_time()
            answers = chain.push(estimate.keypoints, Detection(estimate.frame, [estimate.keypoints], 0.0, 0))
            cost_ms.append(1e3 * (time.thread_time() - begun))
            estimates.append(estimate)
            poses.append(answers[-1].pose)
    return estimates, poses, cost_ms


def told(poses: list[Pose3D]) -> tuple[list[tuple[FootEvent, Pose3D]], list[float]]:
    """Each event with the pose that told it, and the milliseconds of each pose."""
    gait, events, cost_ms = LiveGait(), [], []
    for pose in poses:
        begun = time.thread_time()
        found = gait.push(pose)
        cost_ms.append(1e3 * (time.thread_time() - begun))
        events += [(event, pose) for event in found]
    return events, cost_ms


def recorded(poses: list[Pose3D]) -> Motion3D:
    """The same poses as a recording."""
    nowhere = np.full(3, np.nan)
    return motion(
        np.array([pose.xyz for pose in poses]),
        30.0,
        times_s=[pose.t_capture_ns / 1e9 for pose in poses],
        score=np.array([pose.score for pose in poses]),
        root_m=[nowhere if pose.root_m is None else pose.root_m for pose in poses],
        skeleton=poses[0].skeleton,
        model="live",
    )


def angles_ms(estimates: list[Estimate]) -> list[float]:
    """Milliseconds of the angles of each pose."""
    sink, cost_ms = LiveAngles(lambda _message: None), []
    for estimate in estimates:
        begun = time.thread_time()
        sink(estimate)
        cost_ms.append(1e3 * (time.thread_time() - begun))
    return cost_ms


def report(name: str, source: Path | str) -> None:
    """Print the figures of one film."""
    estimates, poses, chain_ms = lifted(source)
    events, gait_ms = told(poses)
    late_s = np.array([pose.t_capture_ns / 1e9 - event.t_s for event, pose in events])
    late_s = late_s[late_s < _LATE_S]
    step_s = float(np.median(np.diff([pose.t_capture_ns / 1e9 for pose in poses])))
    print(f"{name}: {len(poses)} poses at {1 / step_s:.3g} fps, {len(events)} events told", end="")
    if len(late_s):
        p50_s, p95_s = np.percentile(late_s, (50, 95))
        print(f", known {p50_s / step_s:.1f} frames ({1e3 * p50_s:.0f} ms) after", end="")
        print(f", 95 % within {p95_s / step_s:.1f} frames ({1e3 * p95_s:.0f} ms)", end="")
    print(f"\n  against the recording: {_against([event for event, _ in events], recorded(poses))}")
    costs = {"second lift": chain_ms, "gait": gait_ms, "angles": angles_ms(estimates)}
    words = (f"{what} {np.mean(ms):.2f} (p99 {np.percentile(ms, 99):.1f})" for what, ms in costs.items())
    print(f"  CPU ms a frame, mean: {', '.join(words)}")


def _against(events: list[FootEvent], recording: Motion3D) -> str:
    result = analyse_gait(recording)
    offs_s = []
    for event in result.events:
        same = [one.t_s - event.t_s for one in events if (one.side, one.kind) == (event.side, event.kind)]
        offs_s += [off for off in [min(same, key=abs)] if abs(off) < _MATCH_S] if same else []
    if not offs_s:
        return f"{len(result.events)} events there, none of them told"
    median_ms, most_ms = np.percentile(1e3 * np.abs(offs_s), (50, 95))
    return (
        f"{len(offs_s)} of {len(result.events)} events told ({len(events) - len(offs_s)} others), "
        f"off by {median_ms:.1f} ms, 95 % below {most_ms:.0f} ms"
    )


def main() -> None:
    for name, source in SOURCES.items():
        report(name, source)
