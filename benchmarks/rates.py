"""The error at 15, 24, 30, 50 and 60 frames a second, on the rendered clips of benchmarks/clips, told the height.

The clips have 30 frames a second, and each is detected once, by BlazePose full.  15 are every other frame; at the
other rates keypoints and truth are interpolated between frames, linearly, so that at 50 and 60 the detector's
errors from frame to frame are smoother than they would be.  What follows the detector is that of `run` and `lift`.
MPJVE is per 1/30 s at every rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from realtime.camera import camera_to_published
from realtime.detectors import open_detector
from realtime.estimation import build
from realtime.formats.safe.npz import read_npz
from realtime.metrics import about_hips, joint_errors_mm
from realtime.offline.request import lift_request
from realtime.pose import DetectedPerson, Frame, Pose2D
from realtime.settings import Settings, settings_from
from realtime.skeleton import H36M17, LIMB_JOINTS, Skeleton
from realtime.sources.clip import Clip
from realtime.sources.video import VideoFile
from realtime.stages import all_frames

CLIPS = sorted((Path(__file__).parent / "clips").glob("*.mp4"))
RATES, USUAL = (15, 24, 30, 50, 60), 30
MOST_APART = 0.05  # of the error at the usual rate
METRICS = ("MPJPE", "PA-MPJPE", "MPJVE")

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Motion:
    """A clip's keypoints (T, J, 2) px, their scores (T, J) and the true limbs (T, 12, 3) m at the times (T,) s."""

    t_s: Floats
    xy: Floats
    score: Floats
    true: Floats
    size_wh: tuple[int, int]
    skeleton: Skeleton
    height_m: float

    def at_rate(self, fps: float) -> Motion:
        """At another rate, from the first frame on."""
        t_s = np.arange(0, self.t_s[-1] + 1e-6, 1 / fps)
        xy, score, true = (_interpolated(t_s, self.t_s, values) for values in (self.xy, self.score, self.true))
        return replace(self, t_s=t_s, xy=xy, score=score, true=true)


class Replayed:
    """A detector that finds a motion's keypoints."""

    name, many_people = "replayed", False

    def __init__(self, motion: Motion) -> None:
        self._motion, self.skeleton = motion, motion.skeleton

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """The only person."""
        xy, score = (np.float32(values[frame.index]) for values in (self._motion.xy, self._motion.score))
        box = np.concatenate([xy.min(0), xy.max(0)])
        return [DetectedPerson(Pose2D.seen_in(frame, self.skeleton, xy, score), box, 1.0)]

    def close(self) -> None:
        """There is nothing to close."""


def _interpolated(t_s: Floats, known_s: Floats, values: Floats) -> Floats:
    columns = values.reshape(len(values), -1).T
    return np.stack([np.interp(t_s, known_s, column) for column in columns], 1).reshape(-1, *values.shape[1:])


def detected(video: Path) -> Motion:
    """What BlazePose finds in a clip, and its truth; all frames show the person."""
    truth = read_npz(video.with_suffix(".npz"), ("joints_3d_camera", "stature_m"))
    with closing(Clip(VideoFile(video))) as source, closing(open_detector("blazepose")) as detect:
        frames = [(frame, detect(frame)[0].keypoints) for frame in all_frames(source)]
    first_ns = frames[0][0].t_capture_ns
    return Motion(
        np.array([(frame.t_capture_ns - first_ns) / 1e9 for frame, _ in frames]),
        np.stack([pose.xy for _, pose in frames]),
        np.stack([pose.score for _, pose in frames]),
        _limbs(truth["joints_3d_camera"][: len(frames)], H36M17),
        frames[0][0].size_wh,
        frames[0][1].skeleton,
        float(truth["stature_m"]),
    )


def _limbs(joints: Floats, skeleton: Skeleton) -> Floats:
    return about_hips(np.asarray(joints, np.float64), skeleton)[:, skeleton.indices(LIMB_JOINTS)]


def lifted(motion: Motion, settings: Settings, *, symmetric: bool) -> Floats:
    """The limbs (T, 12, 3) in camera axes."""
    estimator = build.estimator(replace(settings, height=motion.height_m), Replayed(motion), lookahead=symmetric)
    estimates = list(estimator.run(_blank_frames(motion)))
    joints = np.stack([one.pose.xyz for one in estimates]) @ camera_to_published()
    return _limbs(joints, estimates[0].pose.skeleton)


def _blank_frames(motion: Motion) -> Iterator[Frame]:
    image = np.broadcast_to(np.uint8(0), (motion.size_wh[1], motion.size_wh[0], 3))
    for index, t_s in enumerate(motion.t_s):
        t_ns = round(t_s * 1e9)
        yield Frame(image, index, t_ns, t_ns, recorded=True)


def errors_mm(motions: Sequence[Motion], settings: Settings, fps: float, *, symmetric: bool) -> dict[str, float]:
    """The mean error of all frames and joints."""
    found: dict[str, list[Floats]] = {metric: [] for metric in METRICS}
    for motion in (whole.at_rate(fps) for whole in motions):
        limbs = lifted(motion, settings, symmetric=symmetric)
        before, true_before = (np.concatenate([q[:1] * np.nan, q[:-1]]) for q in (limbs, motion.true))
        errors = joint_errors_mm(limbs, motion.true, before, true_before)
        for metric in METRICS:
            found[metric].append(errors[metric].ravel())
    means = {metric: float(np.nanmean(np.concatenate(values))) for metric, values in found.items()}
    return {**means, "MPJVE": means["MPJVE"] * fps / USUAL}


def ways() -> dict[str, tuple[Settings, bool]]:
    """The ways of lifting that are compared: their settings, and whether the network sees the future."""
    good = lift_request({"quality": "good"}).task(CLIPS[0], Path("unused"))
    return {
        "live": (settings_from(source="demo"), False),
        "live, --delay 3": (settings_from(source="demo", delay=3), False),
        "lift --quality good": (replace(good.settings, source="demo"), good.symmetric),
    }


def main() -> None:
    motions = [detected(video) for video in CLIPS]
    print(f"{' / '.join(METRICS)} in mm by frames a second; wanted: at most {MOST_APART:.0%} from those at {USUAL}")
    for name, (settings, symmetric) in ways().items():
        errors = {fps: errors_mm(motions, settings, fps, symmetric=symmetric) for fps in RATES}
        usual = errors[USUAL]["MPJPE"]
        worst = max(abs(error["MPJPE"] / usual - 1) for error in errors.values())
        shown = "  ".join(f"{fps}: {' / '.join(f'{e[m]:.1f}' for m in METRICS)}" for fps, e in errors.items())
        print(f"{name:<20} {shown}  MPJPE at most {worst:.1%} apart", flush=True)
