"""Evaluation on clips with exact ground truth: the live pipeline from pixels to joints,
compared with the detector's own 3D on the same frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
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
from ...detectors import open_detector
from ...errors import FormatError, SourceError, UsageError
from ...estimation.camera_level import CameraLevel
from ...estimation.estimator import Estimator
from ...estimation.limbs import limb_centres
from ...estimation.person import PersonChain, size_factor
from ...estimation.root_position import RootPlacement
from ...formats.safe.npz import read_npz
from ...kinematics.anatomy import body_points
from ...lifting.choice import NetworkUse, choose_network, lifts_by_clips
from ...lifting.model_files import find_model, load_network
from ...lifting.open import lookahead_lifter, open_lifter
from ...metrics import about_hips, joint_errors_mm
from ...pose import Estimate, Pose2D, Pose3D
from ...skeleton import H36M17, LIMB_JOINTS, Skeleton
from ...sources.clip import Clip as Recording
from ...sources.video import VideoFile
from ...stages import Detector, all_frames
from ...tracking.outliers import KeypointGuard
from ...window import PoseWindow

Array = NDArray[np.floating[Any]]

# Columns beside the metrics of joints: the error of the pelvis' distance.
DISTANCE, DISTANCE_PERCENT = "distance", "distance %"


def blazepose() -> Detector:
    """The default detector, opened."""
    return open_detector("blazepose")


@dataclass(frozen=True)
class Clip:
    """A video and the .npz of its ground truth, `joints_3d_camera` (T, 17, 3): H36M-17, metres,
    camera axes, one row per frame."""

    video: Path
    truth: Path

    @property
    def name(self) -> str:
        """The file name of the video without extension."""
        return self.video.stem

    def height_m(self) -> float:
        """How tall the person is: `stature_m` of the truth, or by the true bones.  Raises FormatError."""
        told = read_npz(self.truth, ("stature_m",))
        if told:
            return float(told["stature_m"])
        import torch  # late: comparing causal networks needs none

        from ..synthesis.stature import upright_stature

        return float(upright_stature(torch.tensor(self._joints())))

    def camera(self) -> Intrinsics:
        """The camera, `K` and `image_size` in the truth.  Raises FormatError where it does not say."""
        told = read_npz(self.truth, ("K", "image_size"))
        if missing := [name for name in ("K", "image_size") if name not in told]:
            raise FormatError(f"{self.truth} does not say which camera it was: it lacks {' and '.join(missing)}")
        matrix, (width, height) = told["K"], map(int, told["image_size"])
        focal, centre = (matrix[0, 0], matrix[1, 1]), (matrix[0, 2], matrix[1, 2])
        fov_deg = math.degrees(2 * math.atan(max(width, height) / (2 * max(focal))))
        return Intrinsics(fov_deg, focal, centre, (width, height))

    def distances_m(self) -> Array:
        """How far the pelvis is along the optical axis (T,).  Raises FormatError."""
        distances: Array = self._joints()[:, H36M17.index("pelvis"), 2]
        return distances

    def limbs(self) -> Array:
        """The true limb joints (T, 12, 3) relative to the hips.  Raises FormatError."""
        return about_hips(self._joints(), H36M17)[:, H36M17.indices(LIMB_JOINTS)]

    def _joints(self) -> Array:
        joints: Array = read_npz(self.truth, ("joints_3d_camera",)).get("joints_3d_camera", np.empty(0))
        if joints.ndim != 3 or joints.shape[1:] != (len(H36M17), 3) or not np.isfinite(joints).all():
            raise FormatError(
                f"{self.truth} wants joints_3d_camera of shape (frames, 17, 3), all finite; got {joints.shape}"
            )
        return joints


def find_clips(where: str) -> list[Clip]:
    """The clip "demo", one video, or all .mp4 files in a folder that have a ground-truth .npz.
    Raises UsageError if there is none."""
    if where == "demo":
        assets = Path(str(resources.files("realtime") / "assets"))
        return [Clip(assets / "demo.mp4", assets / "demo_truth.npz")]
    path = Path(where)
    videos = sorted(path.glob("*.mp4")) if path.is_dir() else [path]
    clips = [Clip(video, video.with_suffix(".npz")) for video in videos]
    complete = [clip for clip in clips if clip.video.is_file() and clip.truth.is_file()]
    if not complete:
        raise UsageError(
            f"{where} is neither demo, nor a video with its ground truth beside it (walk.npz of walk.mp4), "
            "nor a folder of such videos"
        )
    return complete


@dataclass(frozen=True, eq=False)
class ClipResult:
    """12 limb joints (T, 12, 3) of the frames in which a person was detected: metres, camera
    axes, relative to the mid-hip point.  `frames` (T,) are the frame indices in a video with
    frame rate `rate_hz`, `detector` is the detector's own 3D.  `distance_m` and `true_distance_m` (T,) are
    how far the pelvis is, NaN where it cannot be told."""

    frames: NDArray[np.intp]
    true: Array
    lifted: Array
    detector: Array
    model: str
    rate_hz: float
    distance_m: Array
    true_distance_m: Array

    def distance_errors(self) -> dict[str, Array]:
        """How wrong the distance is (T, 12), the same for every joint: in mm, and in percent of it."""
        error = np.abs(self.distance_m - self.true_distance_m)
        errors = {DISTANCE: 1000 * error, DISTANCE_PERCENT: 100 * error / self.true_distance_m}
        return {name: np.repeat(values[:, None], len(LIMB_JOINTS), 1) for name, values in errors.items()}

    def errors_mm(self, poses: Array) -> dict[str, Array]:
        """Every metric of every joint (T, 12); the velocity error is NaN after a missed frame."""
        consecutive = np.diff(self.frames, prepend=-2) == 1
        before, true_before = (
            np.where(consecutive[:, None, None], np.roll(p, 1, axis=0), np.nan) for p in (poses, self.true)
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
    """Detect, lift and evaluate every frame (about 20 ms each) with a model, by name or path.
    Raises SourceError if nobody is detected."""
    return run_models(clip, (model,), window, intrinsics, max_frames, guard)[0]


def run_models(
    clip: Clip,
    models: Sequence[str],
    window: int,
    intrinsics: Intrinsics | None = None,
    max_frames: int | None = None,
    guard: bool = True,
    open_detect: Callable[[], Detector] = blazepose,
    *,
    causal: bool = False,
    told: bool = False,
    told_camera: bool = False,
) -> list[ClipResult]:
    """As `run_clip`, with several models on the same keypoints, which another detector may find.
    `causal`: models without a model card are; `told`: how tall the person is; `told_camera`: which camera it
    was, instead of `intrinsics`.
    Symmetric networks have two results: as in live use, without lookahead, and with lookahead; those that lift
    by clips only the second."""
    camera = clip.camera() if told_camera else intrinsics or Intrinsics()
    height_m = clip.height_m() if told else None
    paths = [find_model(model, window) for model in models]
    live = [path for path in paths if not lifts_by_clips(path)]
    lifters = [open_lifter(str(path), window, camera, causal=causal) for path in live or [choose_network(NetworkUse())]]
    with closing(Recording(VideoFile(clip.video))) as source, closing(open_detect()) as detect:
        estimators = [
            Estimator(
                detect,
                PersonChain(lifter, guard=KeypointGuard() if guard else None, intrinsics=camera, height_m=height_m),
            )
            for lifter in lifters
        ]
        estimates = list(_estimates(source, estimators, max_frames))
    if not estimates:
        raise SourceError(f"nobody was detected in {clip.video}")
    poses = {lifter.name: [frame[i].pose for frame in estimates] for i, lifter in enumerate(lifters) if live}
    keypoints = [keypoints for frame in estimates if (keypoints := frame[0].keypoints) is not None]
    for path in paths:
        poses |= _with_lookahead(path, camera, keypoints, causal, height_m)
    frames = np.array([frame[0].pose.index for frame in estimates], np.intp)
    rate_hz = rate_of_poses([frame[0].pose for frame in estimates])
    detector_3d = np.array([limbs_of(k.world_m, k.skeleton) for k in keypoints if k.world_m is not None])
    return [clip_result(clip, frames, of, detector_3d, name, rate_hz) for name, of in poses.items()]


def clip_result(
    clip: Clip, frames: NDArray[np.intp], poses: Sequence[Pose3D], detector: Array, name: str, rate_hz: float
) -> ClipResult:
    """What `name` gave in these frames of a clip."""
    # Published axes are rotated camera axes; right-multiplying by the rotation inverts it.
    lifted = np.array([limbs_of(pose.xyz @ camera_to_published(), pose.skeleton) for pose in poses])
    distance_m = np.array([np.nan if pose.root_m is None else _pelvis_m(pose.root_m, pose)[1] for pose in poses])
    true_m = clip.distances_m()[frames]
    return ClipResult(frames, clip.limbs()[frames], lifted, detector, name, rate_hz, distance_m, true_m)


def rate_of_poses(poses: Sequence[Pose3D]) -> float:
    """Frames a second, from the capture times of the poses; 30 for a single pose."""
    steps_s = [(b.t_capture_ns - a.t_capture_ns) / 1e9 / (b.index - a.index) for a, b in pairwise(poses)]
    return 1 / median(steps_s) if steps_s else 30.0


def _estimates(source: Recording, estimators: Sequence[Estimator], max_frames: int | None) -> Iterator[list[Estimate]]:
    """The estimates of all estimators for each frame with a person; the detector runs once, in the first."""
    count = 0
    for frame in all_frames(source):
        if count == max_frames:
            return
        detection = estimators[0].detect(frame)
        estimates = [estimate for estimator in estimators for estimate in estimator.estimate(detection)]
        if (keypoints := estimates[0].keypoints) is not None and keypoints.world_m is not None:
            count += 1
            yield estimates


def _with_lookahead(
    path: Path, camera: Intrinsics, keypoints: Sequence[Pose2D], causal: bool, height_m: float | None
) -> dict[str, list[Pose3D]]:
    """Poses of a symmetric network with its lookahead; {} for a causal network."""
    if path.suffix == ".onnx" or not (network := load_network(path, causal=causal)).card.config.lookahead:
        return {}
    lifter = lookahead_lifter(network, camera)
    ring = PoseWindow(lifter.window_length, len(lifter.keypoints))
    selected = [pose.select(lifter.keypoints) for pose in keypoints]
    joints: list[Array] = []
    for pose in selected:
        ring.push(pose)
        if (lifted := lifter(ring)) is not None:
            joints.append(lifted)
    joints += lifter.flush()
    scale, place = (
        size_factor(lifter, height_m),
        RootPlacement(lifter.keypoints, lifter.skeleton, camera, CameraLevel()),
    )
    placed = [place(scale * one, pose, is_warm=True) for one, pose in zip(joints, selected, strict=True)]
    return {f"{network.label} with its future": placed}


def demo_truth() -> Array:
    """The limb joints (324, 12, 3) of the rendered person in the bundled clip."""
    return find_clips("demo")[0].limbs()


def limbs_of(joints: Array, skeleton: Skeleton) -> Array:
    """The centres (12, 3) of the limb joints of a pose (J, 3), relative to the hips."""
    return limb_centres(skeleton)(about_hips(joints[None], skeleton)[0])


def _pelvis_m(root_m: Array, pose: Pose3D) -> Array:
    """Where the pelvis is, of which the truth tells, whatever the root is."""
    pelvis: Array = root_m + body_points(pose.xyz.astype(np.float64), pose.skeleton)["pelvis"]
    return pelvis
