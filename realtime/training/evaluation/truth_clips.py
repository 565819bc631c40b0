"""Clips with exact truth, from pixels to joints by the parts that live use is made of,
beside the detector's own 3D on the same frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...camera import Intrinsics, camera_to_published
from ...detectors.blazepose import BlazePose
from ...errors import FormatError, SourceError, UsageError
from ...estimation.estimator import Estimator
from ...estimation.person import PersonChain
from ...formats.safe.npz import read_npz
from ...lifting.model_files import find_model, load_network
from ...lifting.open import open_lifter
from ...lifting.streaming import StreamingLifter
from ...metrics import about_hips, joint_errors_mm
from ...pose import Estimate, Pose2D, Pose3D
from ...skeleton import H36M17, LIMB_JOINTS, Skeleton
from ...sources.clip import Clip as Recording
from ...sources.video import VideoFile
from ...stages import all_frames
from ...tracking.outliers import KeypointGuard
from ...window import PoseWindow

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Clip:
    """A video, and beside it the .npz with `joints_3d_camera` (T, 17, 3), H36M-17, metres,
    camera axes, a row for each frame."""

    video: Path
    truth: Path

    @property
    def name(self) -> str:
        """That of the video, without ending."""
        return self.video.stem

    def limbs(self) -> Array:
        """The true limb joints (T, 12, 3) about the hips.  Raises FormatError."""
        joints = read_npz(self.truth, ("joints_3d_camera",))["joints_3d_camera"]
        if joints.ndim != 3 or joints.shape[1:] != (len(H36M17), 3) or not np.isfinite(joints).all():
            raise FormatError(f"{self.truth} wants joints_3d_camera (frames, 17, 3), it has {joints.shape}")
        return about_hips(joints, H36M17)[:, H36M17.indices(LIMB_JOINTS)]


def find_clips(where: str) -> list[Clip]:
    """The clip "demo", one video, or all .mp4 of a folder that have a truth beside them.
    Raises UsageError where there is none."""
    if where == "demo":
        assets = Path(str(resources.files("realtime") / "assets"))
        return [Clip(assets / "demo.mp4", assets / "demo_truth.npz")]
    path = Path(where)
    videos = sorted(path.glob("*.mp4")) if path.is_dir() else [path]
    clips = [Clip(video, video.with_suffix(".npz")) for video in videos]
    whole = [clip for clip in clips if clip.video.is_file() and clip.truth.is_file()]
    if not whole:
        raise UsageError(f"{where} is neither demo, nor a video with its truth (.npz) beside it, nor a folder of such")
    return whole


@dataclass(frozen=True, eq=False)
class ClipResult:
    """12 limb joints (T, 12, 3) of the frames on which a person was seen: metres, camera
    axes, about the middle of the hips; `frames` (T,) says which, of a video with so many a
    second.  `detector` is the detector's own 3D."""

    frames: NDArray[np.intp]
    true: Array
    lifted: Array
    detector: Array
    model: str
    rate_hz: float

    def errors_mm(self, poses: Array) -> dict[str, Array]:
        """Every metric of every joint (T, 12); the velocity's is NaN after a missed frame."""
        follows = np.diff(self.frames, prepend=-2) == 1
        before, true_before = (
            np.where(follows[:, None, None], np.roll(p, 1, axis=0), np.nan) for p in (poses, self.true)
        )
        return joint_errors_mm(poses, self.true, before, true_before)


def run_clip(
    clip: Clip,
    model: str,
    window: int,
    intrinsics: Intrinsics | None = None,
    max_frames: int | None = None,
    guard: bool = True,
) -> ClipResult:
    """Detect, lift and compare every frame (about 20 ms each) with a model, by name or path.
    Raises SourceError where nobody is seen."""
    return run_models(clip, (model,), window, intrinsics, max_frames, guard)[0]


def run_models(
    clip: Clip,
    models: Sequence[str],
    window: int,
    intrinsics: Intrinsics | None = None,
    max_frames: int | None = None,
    guard: bool = True,
) -> list[ClipResult]:
    """As `run_clip`, with several models on the same keypoints.  Symmetric networks come
    twice: as live use has them, without a future, and with it."""
    camera = intrinsics or Intrinsics()
    lifters = [open_lifter(model, window, camera) for model in models]
    with closing(Recording(VideoFile(clip.video))) as source, closing(BlazePose()) as detector:
        estimators = [
            Estimator(detector, PersonChain(lifter, guard=KeypointGuard() if guard else None, intrinsics=camera))
            for lifter in lifters
        ]
        found = list(_watch(source, estimators, max_frames))
    if not found:
        raise SourceError(f"nobody was seen in {clip.video}")
    # Published axes are the camera's turned: the transpose turns them back.
    to_camera = camera_to_published()
    lifted = {
        lifter.name: [_limbs(now[i].pose.xyz @ to_camera, H36M17) for now in found] for i, lifter in enumerate(lifters)
    }
    keypoints = [keypoints for now in found if (keypoints := now[0].keypoints) is not None]
    for model in models:
        lifted |= _with_future(model, window, camera, keypoints)
    frames = np.array([now[0].pose.index for now in found], np.intp)
    true, rate_hz = clip.limbs()[frames], _rate_hz([now[0].pose for now in found])
    theirs = np.array([_limbs(k.world_m, k.skeleton) for k in keypoints if k.world_m is not None])
    return [ClipResult(frames, true, np.array(poses), theirs, name, rate_hz) for name, poses in lifted.items()]


def _rate_hz(poses: Sequence[Pose3D]) -> float:
    """Frames a second, by the poses' times; of a single pose the usual."""
    steps_s = [(b.t_capture_ns - a.t_capture_ns) / 1e9 / (b.index - a.index) for a, b in pairwise(poses)]
    return 1 / median(steps_s) if steps_s else 30.0


def _watch(source: Recording, estimators: Sequence[Estimator], max_frames: int | None) -> Iterator[list[Estimate]]:
    """What each estimator makes of the frames with somebody on them; the first one detects for all."""
    count = 0
    for frame in all_frames(source):
        if count == max_frames:
            return
        detection = estimators[0].detect(frame)
        found = [estimate for estimator in estimators for estimate in estimator.estimate(detection)]
        if (keypoints := found[0].keypoints) is not None and keypoints.world_m is not None:
            count += 1
            yield found


def _with_future(model: str, window: int, camera: Intrinsics, keypoints: Sequence[Pose2D]) -> dict[str, list[Array]]:
    """Limb joints of a symmetric network that sees what comes after each pose; {} of others."""
    path = find_model(model, window)
    if path.suffix == ".onnx" or not (network := load_network(path)).card.config.lookahead:
        return {}
    lifter = StreamingLifter(network, camera)
    ring = PoseWindow(lifter.window_length, len(lifter.keypoints))
    joints: list[Array] = []
    for pose in keypoints:
        ring.push(pose.select(lifter.keypoints))
        if (answer := lifter(ring)) is not None:
            joints.append(answer)
    joints += lifter.flush()
    return {f"{network.label} with its future": [_limbs(answer, H36M17) for answer in joints]}


def demo_truth() -> Array:
    """The limb joints (324, 12, 3) of the rendered person."""
    return find_clips("demo")[0].limbs()


def _limbs(joints: Array, skeleton: Skeleton) -> Array:
    limbs: Array = about_hips(joints[None], skeleton)[0, skeleton.indices(LIMB_JOINTS)]
    return limbs
