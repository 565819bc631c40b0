"""Clips with exact truth, from pixels to joints by the parts that live use is made of,
beside the detector's own 3D on the same frames."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..coords import Intrinsics, camera_to_published
from ..detectors.blazepose import BlazePose
from ..detectors.gap import GapBridge
from ..errors import FormatError, SourceError, UsageError
from ..estimator import Estimator
from ..formats.safe_npz import read_npz
from ..lifter import open_lifter
from ..metrics import about_hips
from ..skeleton import H36M17, LIMB_JOINTS, Skeleton
from ..sources.clip import Clip as Recording
from ..sources.video import VideoFile
from ..stages import EndOfSource

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
    axes, about the middle of the hips; `frames` (T,) says which.  `detector` is the
    detector's own 3D."""

    frames: NDArray[np.intp]
    true: Array
    lifted: Array
    detector: Array
    model: str

    def __post_init__(self) -> None:
        if not len(self.frames):
            raise SourceError("nobody was seen in the clip")


def run_clip(
    clip: Clip, model: str, window: int, intrinsics: Intrinsics | None = None, max_frames: int | None = None
) -> ClipResult:
    """Detect, lift and compare every frame (about 20 ms each) with a model, by name or path."""
    lifter = open_lifter(model, window, intrinsics)
    detector = BlazePose()
    estimate = Estimator(detector, GapBridge(), lifter, intrinsics or Intrinsics())
    to_camera = camera_to_published()
    rows: list[tuple[int, Array, Array]] = []
    source = Recording(VideoFile(clip.video))
    try:
        while max_frames is None or len(rows) < max_frames:
            found = estimate(source.read(timeout_s=0))
            seen = found.keypoints
            if seen is not None and seen.world_m is not None:
                # Published axes are the camera's turned: the transpose turns them back.
                rows.append((found.pose.index, found.pose.xyz @ to_camera, _limbs(seen.world_m, seen.skeleton)))
    except EndOfSource:
        pass
    finally:
        source.close()
        detector.close()
    frames = np.array([row[0] for row in rows], np.intp)
    return ClipResult(
        frames=frames,
        true=clip.limbs()[frames],
        lifted=np.array([_limbs(row[1], H36M17) for row in rows]),
        detector=np.array([row[2] for row in rows]),
        model=lifter.name,
    )


def demo_truth() -> Array:
    """The limb joints (324, 12, 3) of the rendered person."""
    return find_clips("demo")[0].limbs()


def _limbs(joints: Array, skeleton: Skeleton) -> Array:
    limbs: Array = about_hips(joints[None], skeleton)[0, skeleton.indices(LIMB_JOINTS)]
    return limbs
