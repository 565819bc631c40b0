"""Motion that is in a file already: the reader by the name of the file and by what is in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..formats.c3d.points import read_c3d_markers
from ..formats.joints_npy import JOINTS, read_joints
from ..formats.markers import Markers, as_motion, marker_name
from ..formats.motion_csv import read_motion_csv
from ..formats.motion_json import read_motion_json
from ..formats.motion_npz import read_motion_npz
from ..formats.qualisys.motion import ENDINGS, read_qualisys
from ..formats.qualisys_markers import runner20
from ..formats.recorded_video import is_recording, recorded_video
from ..formats.safe.npz import npz_names
from ..formats.trc import read_trc_markers
from ..motion import Motion3D, about_pelvis, motion, named
from ..pose import ROOM
from ..skeleton import H36M17, RUNNER18, RUNNER20, Skeleton

_MOTION_ARRAYS = frozenset(("joints", "times_s", "valid"))  # of our own file; other .npz files hold keypoints
_UNIX_S = 1e8  # times beyond are seconds since 1970


@dataclass(frozen=True, eq=False)
class ReadMotion:
    """The motion of a file, and whether its joints were `measured` by markers; others were lifted from pictures."""

    motion: Motion3D
    measured: bool


def _lifted(read: Callable[[Path], Motion3D], path: Path) -> ReadMotion:
    return ReadMotion(read(path), measured=False)


def _by_model(read: Callable[[Path], Motion3D], path: Path) -> ReadMotion:
    """A runner whom no network lifted is of markers: `prepare qualisys` writes these."""
    found = read(path)
    return ReadMotion(found, measured=not found.model and found.skeleton in (RUNNER18, RUNNER20))


def _measured(path: Path) -> ReadMotion:
    return ReadMotion(read_qualisys(path), measured=True)


def _by_markers(read: Callable[[Path], Markers], path: Path) -> ReadMotion:
    """Markers on a runner as Qualisys calls them, or points that are called like joints, as `lift` writes them."""
    markers = read(path)
    paths = markers.named()
    with suppress(FormatError):
        joints, root = about_pelvis(runner20(paths), RUNNER20)
        about: dict[str, Any] = {"times_s": markers.times_s, "root_m": root, "skeleton": RUNNER20, "place": ROOM}
        with named(path):
            return ReadMotion(motion(joints, markers.rate_hz, source=path.name, **about), measured=True)
    return ReadMotion(as_motion(markers, path, _called_by(set(paths))), measured=False)


def _called_by(names: set[str]) -> Skeleton:
    """The largest skeleton of a runner that has all of its joints among these names; the usual one where none has."""
    for skeleton in (RUNNER20, RUNNER18):
        if all(joint in names or marker_name(joint) in names for joint in skeleton.joints):
            return skeleton
    return H36M17


READERS: dict[str, Callable[[Path], ReadMotion]] = {
    ".npy": partial(_by_model, read_joints),
    ".npz": partial(_by_model, read_motion_npz),
    ".json": partial(_by_model, read_motion_json),
    ".csv": partial(_lifted, read_motion_csv),
    ".trc": partial(_by_markers, read_trc_markers),
    ".c3d": partial(_by_markers, read_c3d_markers),
    **dict.fromkeys(ENDINGS, _measured),
}
# Files of motion that cannot be analysed, and what to give instead.
_NO_JOINTS = {
    ".mot": "holds joint angles and no joints; give the .trc file of the same motion",
    ".sto": "holds joint angles and no joints; give the .trc file of the same motion",
    ".bvh": "is an animated skeleton, which is not read here; give .trc, .c3d or the recording itself",
}


def motion_file(path: Path) -> Path | None:
    """The file with the motion that is in `path` already: the file itself, or that of a live recording in a folder
    that has no video; None for what has to be lifted.  Raises FormatError for motion that is not read."""
    if path.is_dir():
        return path / JOINTS if is_recording(path) and recorded_video(path) is None else None
    ending = _ending(path)
    if ending in _NO_JOINTS:
        raise FormatError(f"{path} {_NO_JOINTS[ending]}")
    if ending == ".npz" and not npz_names(path) >= _MOTION_ARRAYS:
        return None
    return path if ending in READERS else None


def read_motion(path: Path) -> ReadMotion:
    """The motion of such a file; times since 1970 become those since the start.  Raises FormatError."""
    found = READERS[_ending(path)](path)
    times_s = found.motion.times_s
    started_s = times_s[0] if times_s[0] > _UNIX_S else 0.0
    return replace(found, motion=replace(found.motion, times_s=times_s - started_s))


def part_of(whole: Motion3D, start_s: float, end_s: float) -> Motion3D:
    """The frames from `start_s` until before `end_s`, seconds since the first one.  Raises FormatError where there are
    none."""
    since_s = whole.times_s - whole.times_s[0]
    chosen = (since_s >= start_s) & (since_s < end_s)
    if chosen.all():
        return whole
    if not chosen.any():
        raise FormatError("no frame is in the part that was asked for")
    parts = {name: getattr(whole, name)[chosen] for name in ("joints", "times_s", "score", "root_m", "valid")}
    return replace(whole, notes=None, **parts)


def _ending(path: Path) -> str:
    name = path.name.lower()
    return next((ending for ending in (*READERS, *_NO_JOINTS) if name.endswith(ending)), "")
