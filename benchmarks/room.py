"""People on the floor: `--place room`, live and of the whole recording, against what is seen alone.

The eight rendered clips from pixels to a room, camera, pitch and height told, and the demo clip; `seen` is pelvis
(`root_m`) and joints as they come, on the floor by the camera's true height, which the other two must find.
The room's axes are the camera's; only the start is aligned: the pelvis over the floor in the first half second.

joints      mean distance of 12 limb joints and pelvis from where they are, mm
travel      of the pelvis over the floor, mm
skate       how far ankles move over the floor in a frame, mm, while the true ones rest (below 9 cm/s); `true`: they do
sinks       how deep ankles are below those of somebody who stands, mm, mean over frames and most
m/s off     mean error of all joints' velocities
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime.camera import camera_to_published
from realtime.estimation.camera_level import CameraLevel
from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.estimation.room.legs import ANKLE_M
from realtime.estimation.room.live import RoomPlacement
from realtime.estimation.room.recording import room_points
from realtime.lifting.open import open_lifter
from realtime.pose import Pose3D
from realtime.skeleton import H36M17, LIMB_JOINTS
from realtime.sources.clip import Clip as Recording
from realtime.sources.video import VideoFile
from realtime.stages import all_frames
from realtime.tracking.outliers import KeypointGuard
from realtime.training.evaluation.truth_clips import Clip, blazepose, find_clips

Floats = NDArray[np.float64]
_CLIPS = Path(__file__).parent / "clips"
_DEMO_HEIGHT_M = 1.767
_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))
_COMPARED = H36M17.indices(("pelvis", *LIMB_JOINTS))
_RESTS_M = 0.003  # a frame
_START = 15  # frames


def main() -> None:
    print(__doc__.split("\n\n", 1)[1])
    print(_columns("clip", "poses", ("joints", "travel", "skate", "true", "sinks", "most", "m/s off")))
    rows: dict[str, list[list[float]]] = {}
    for clip in [*find_clips(str(_CLIPS)), *find_clips("demo")]:
        true, pitch_deg, camera_m = _truth(clip)
        poses, rate_hz = _poses(clip, pitch_deg)
        true = true[[pose.index for pose in poses]]
        for name, joints in _answers(poses, camera_m):
            row = _errors(joints, true, rate_hz)
            rows.setdefault(name, []).append(row)
            print(_line(clip.name, name, row), flush=True)
    for name, each in rows.items():
        print(_line("mean of clips", name, np.nanmean(each, axis=0)))


def _truth(clip: Clip) -> tuple[Floats, float, float]:
    """Joints (T, 17, 3) in the room below the camera, how far it looks down, and how high it is."""
    with np.load(clip.truth) as told:
        rotation, move, joints = told["R"], told["t"], told["joints_3d_camera"].astype(np.float64)
    pitch_deg, height_m = float(np.degrees(np.arcsin(-rotation[2, 2]))), float((-rotation.T @ move)[2])
    return joints @ camera_to_published(pitch_deg).T + (0, 0, height_m), pitch_deg, height_m


def _poses(clip: Clip, pitch_deg: float) -> tuple[list[Pose3D], float]:
    height_m = _DEMO_HEIGHT_M if clip.name == "demo" else clip.height_m()
    camera = clip.camera()
    chain = PersonChain(
        open_lifter("causal", 27, camera),
        guard=KeypointGuard(),
        intrinsics=camera,
        level=CameraLevel(pitch_deg),
        height_m=height_m,
    )
    with closing(Recording(VideoFile(clip.video))) as source, closing(blazepose()) as detect:
        poses = [estimate.pose for estimate in Estimator(detect, chain).run(all_frames(source))]
    poses = [pose for pose in poses if pose.valid]
    return poses, 1e9 / float(np.median(np.diff([pose.t_capture_ns for pose in poses])))


def _answers(poses: Sequence[Pose3D], camera_m: float) -> Iterator[tuple[str, Floats]]:
    roots = [pose.root_m for pose in poses]
    seen = np.array(
        [pose.xyz + (np.zeros(3) if root is None else root) for pose, root in zip(poses, roots, strict=True)]
    )
    yield "seen", seen + (0, 0, camera_m)
    place = RoomPlacement(H36M17)
    yield "room live", np.array([place(pose).xyz for pose in poses], np.float64)
    times_s = np.array([pose.t_capture_ns / 1e9 for pose in poses])
    yield "room lift", room_points(seen, np.array([pose.score for pose in poses]), times_s, H36M17)


def _errors(joints: Floats, true: Floats, rate_hz: float) -> list[float]:
    start = (true - joints)[:_START, 0, :2].mean(0)
    off = joints + (*start, 0) - true
    steps, true_steps = (np.diff(points[:, _ANKLES], axis=0) for points in (joints, true))
    moves = np.linalg.norm(true_steps, axis=-1) >= _RESTS_M
    rests = ~(moves | np.roll(moves, 1, axis=0) | np.roll(moves, -1, axis=0))
    skate, true_skate = (
        1000 * float(np.linalg.norm(step[..., :2], axis=-1)[rests].mean()) if rests.any() else np.nan
        for step in (steps, true_steps)
    )
    sinks = 1000 * np.maximum(0, ANKLE_M - joints[:, _ANKLES, 2])
    return [
        1000 * float(np.linalg.norm(off[:, _COMPARED], axis=-1).mean()),
        1000 * float(np.linalg.norm(off[:, 0, :2], axis=-1).mean()),
        skate,
        true_skate,
        float(sinks.mean()),
        float(sinks.max()),
        rate_hz * float(np.linalg.norm(np.diff(off, axis=0), axis=-1).mean()),
    ]


def _line(clip: str, name: str, row: Sequence[float]) -> str:
    return _columns(clip, name, [f"{x:.{digits}f}" for x, digits in zip(row, (0, 0, 1, 1, 1, 0, 2), strict=True)])


def _columns(clip: str, name: str, cells: Sequence[str]) -> str:
    return f"{clip:<22}{name:<11}" + "".join(f"{cell:>8}" for cell in cells)
