"""The bundled clip from pixels to joints, by the parts that live use is made of, against
its exact truth and against the detector's own 3D."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..coords import Intrinsics, camera_to_published
from ..detectors.blazepose import BlazePose
from ..detectors.gap import GapBridge
from ..errors import SourceError
from ..estimator import Estimator
from ..lifter import open_lifter
from ..metrics import about_hips
from ..skeleton import H36M17, LIMB_JOINTS, Skeleton
from ..sources.clip import Clip
from ..sources.demo import clip_path
from ..sources.video import VideoFile
from ..stages import EndOfSource

Array = NDArray[np.floating[Any]]


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


def run_demo(
    model: str, window: int, intrinsics: Intrinsics | None = None, max_frames: int | None = None
) -> ClipResult:
    """Detect, lift and compare every frame (about 15 ms each) with a model, by name or path."""
    lifter = open_lifter(model, window, intrinsics)
    detector = BlazePose()
    estimate = Estimator(detector, GapBridge(), lifter, intrinsics or Intrinsics())
    to_camera = camera_to_published()
    rows: list[tuple[int, Array, Array]] = []
    source = Clip(VideoFile(clip_path()))
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
        true=demo_truth()[frames],
        lifted=np.array([_limbs(row[1], H36M17) for row in rows]),
        detector=np.array([row[2] for row in rows]),
        model=lifter.name,
    )


def demo_truth() -> Array:
    """The limb joints (324, 12, 3) of the rendered person."""
    path = resources.files("realtime") / "assets" / "demo_truth.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as truth:
        joints = truth["joints_3d_camera"]
    return about_hips(joints, H36M17)[:, H36M17.indices(LIMB_JOINTS)]


def _limbs(joints: Array, skeleton: Skeleton) -> Array:
    limbs: Array = about_hips(joints[None], skeleton)[0, skeleton.indices(LIMB_JOINTS)]
    return limbs
