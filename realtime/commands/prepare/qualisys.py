"""Qualisys recordings of a runner: cut, thinned to the rate of the videos, and seen by the cameras of the room.

What RunningPose did with format_qtmdata, prepare_data_3d, prepare_data_COCO and, for the 2D set of projected
joints, meant to do; docs/runner.md names the old commands beside the new.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import UsageError
from ...formats.qualisys.calibration import read_cameras
from ...formats.qualisys.cameras import PlacedCamera
from ...formats.qualisys.miqus_cameras import MIQUS_CAMERAS
from ...formats.qualisys.motion import ENDINGS, missing, read_qualisys
from ...formats.runningpose.data_3d import read_runner_3d
from ...formats.runningpose.joints_csv import read_runner_csv
from ...motion import Motion3D
from ...pose import ROOM
from ...runtime.arguments import file_path, name_list, number
from ...runtime.flags import Flag
from ...runtime.text import counted
from .files import write_files
from .sets import OUTPUTS, Clip, Preparation

_NO_FILE_NAME = re.compile(r"[^\w.-]")
ABOUT = f"a runner's markers: {', '.join(ENDINGS)}; also RunningPose's own .csv and .npz"
FLAGS = (
    Flag(
        "--write",
        name_list(tuple(OUTPUTS)),
        "A,B",
        "; ".join(f"{name}: {output.about}" for name, output in OUTPUTS.items()),
        ("3d", "2d"),
    ),
    Flag(
        "--cut-frame", number(int, 0, 10**9), "N", "leave out the first N frames of each recording, before thinning", 0
    ),
    Flag("--every", number(int, 1, 1000), "N", "keep every N-th frame: 2 makes 85 a second of 170, as the videos", 2),
    Flag("--camera", number(int, 1, 1000), "N", "only the N-th camera, counted from 1", shown="all"),
    Flag(
        "--cameras",
        file_path,
        "FILE",
        "cameras of the room: QTM's calibration (.xml, .qca.txt) or Pose2Sim's (.toml, .json)",
        shown="the three of RunningPose",
    ),
)


def run(args: argparse.Namespace) -> int:
    """Read the recordings, project them, and write what is asked for; 0.  Raises PoseError."""
    cameras = _cameras(args.cameras, args.camera)
    recordings: dict[str, Motion3D] = {}
    for path in args.files:
        for name, recording in _read(path, args.cut_frame, args.every).items():
            if name in recordings:
                raise UsageError(f"two recordings are called {name}: rename one")
            recordings[name] = recording
    wanted = [OUTPUTS[name] for name in args.write]
    if any(output.in_room for output in wanted):
        _check_room(recordings)
    seen_by = cameras if any(output.of_clips for output in wanted) else ()
    clips = tuple(Clip.of(name, recording, camera) for name, recording in recordings.items() for camera in seen_by)
    preparation = Preparation(recordings, clips, args.name)
    for clip in preparation.clips:
        whole = int(clip.camera.in_picture(clip.pixels).all(1).sum())
        print(f"{clip.name}: whole in the picture in {whole} of {counted(len(clip.pixels), 'frame')}")
    write_files(Path(args.out), (files for output in wanted for files in output.files(preparation)), force=args.force)
    return 0


def _cameras(path: Path | None, chosen: int | None) -> Sequence[PlacedCamera]:
    cameras = read_cameras(path) if path else MIQUS_CAMERAS
    if chosen is None:
        return cameras
    if chosen > len(cameras):
        raise UsageError(f"--camera {chosen}: there are {counted(len(cameras), 'camera')}, counted from 1")
    return [cameras[chosen - 1]]


def _read(path: Path, cut: int, every: int) -> dict[str, Motion3D]:
    """The recordings in a file by name, cut and thinned; what is read of each is printed."""
    if path.suffix == ".npz":  # its names become those of files, and must not lead into another folder
        recordings = {_NO_FILE_NAME.sub("_", name): recording for name, recording in read_runner_3d(path).items()}
    elif path.suffix == ".csv":
        recordings = {path.stem.removesuffix("_3D_keypoints"): read_runner_csv(path)}
    else:
        whole = read_qualisys(path)
        recordings = {Path(path.name.removesuffix(".gz")).stem: _thinned(path, whole, cut, every)}
        print(f"{path}: {counted(len(whole), 'frame')}, {whole.fps:g} a second")
    for name, recording in recordings.items():
        print(f"{name}: {counted(len(recording), 'frame')} kept, {recording.fps:g} a second{_gaps(recording)}")
    return recordings


def _gaps(recording: Motion3D) -> str:
    gaps = ", ".join(f"{joint} in {count}" for joint, count in missing(recording).items())
    return f"; markers are missing for {gaps}" if gaps else ""


def _thinned(path: Path, whole: Motion3D, cut: int, every: int) -> Motion3D:
    if cut >= len(whole):
        raise UsageError(f"--cut-frame {cut} leaves nothing of {path}, which has {counted(len(whole), 'frame')}")
    kept = slice(cut, None, every)
    arrays = {name: getattr(whole, name)[kept] for name in ("joints", "times_s", "score", "root_m", "valid")}
    return replace(whole, fps=whole.fps / every, **arrays)


def _check_room(recordings: dict[str, Motion3D]) -> None:
    """Raise UsageError if cameras are to see what is not in the room."""
    for name, recording in recordings.items():
        if recording.place != ROOM:
            free = ", ".join(name for name, output in OUTPUTS.items() if not output.in_room)
            raise UsageError(f"{name} is where its camera saw it, not in the room: only {free} can be written of it")
