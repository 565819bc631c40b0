"""`fit3d_preprocessed_data.pkl`, as PerfectRep's compress_fit3d.py wrote it: recordings as cameras saw them.

{"train": …, "test": …}, each with `2d_joint_inputs` (N, 25, 2) px, `3d_joint_labels` (N, 25, 3) m in the axes of the
camera, `source` (N,), the name of the recording of each frame such as s03_squat_50591643, and `rep_annotations`, by
this name; `test` has `actions`, the exercise of each frame, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...skeleton import FIT3D25
from ..fit3d.joints import exchange_legs, legs_are_exchanged
from .pickles import read_pickle, write_pickle

Floats = NDArray[np.float32]
NAME = "fit3d_preprocessed_data.pkl"
SPLITS = ("train", "test")
_MOST_BYTES = 4 << 30  # PerfectRep's own has 2 GB
_MOST_OPCODES = 20_000_000  # one a frame for its exercise


@dataclass(frozen=True, eq=False)
class SeenRecording:
    """A recording as a camera saw it: joints (T, 25, 3) m of FIT3D25 in the camera's axes, (T, 25, 2) px in its
    picture, and the frames at which repetitions begin or end."""

    name: str
    joints_m: Floats
    pixels: Floats
    repetitions: tuple[int, ...] = ()

    @property
    def person(self) -> str:
        """Who: s03 of s03_squat_50591643."""
        return self.name.partition("_")[0]

    @property
    def action(self) -> str:
        """The exercise: squat of s03_squat_50591643."""
        return self.action_of(self.name)

    @staticmethod
    def action_of(name: str) -> str:
        """The exercise in the name of a recording."""
        return name.partition("_")[2].rpartition("_")[0]


Recordings = Mapping[str, Sequence[SeenRecording]]


def write_preprocessed(path: Path, recordings: Recordings) -> None:
    """Write the recordings of each of SPLITS (OSError)."""
    write_pickle(path, {split: _table(split, recordings[split]) for split in SPLITS})


def _table(split: str, recordings: Sequence[SeenRecording]) -> dict[str, Any]:
    lengths = [len(recording.joints_m) for recording in recordings]
    table = {
        "2d_joint_inputs": np.concatenate([recording.pixels for recording in recordings]),
        "3d_joint_labels": np.concatenate([recording.joints_m for recording in recordings]),
        "source": np.repeat([recording.name for recording in recordings], lengths),
        "rep_annotations": {r.name: list(r.repetitions) for r in recordings if r.repetitions},
    }
    if split == "test":
        exercises = zip(recordings, lengths, strict=True)
        table["actions"] = [recording.action for recording, length in exercises for _ in range(length)]
    return table


def read_preprocessed(path: Path) -> dict[str, list[SeenRecording]]:
    """The recordings of each of SPLITS, with the legs in FIT3D25's order.  Raises FormatError."""
    data = read_pickle(path, _MOST_BYTES, _MOST_OPCODES)
    if not isinstance(data, dict) or not all(isinstance(data.get(split), dict) for split in SPLITS):
        raise FormatError(f"{path} does not have the parts {' and '.join(SPLITS)} that PerfectRep's has")
    return {split: list(_recordings(f"{path}, {split}", data[split])) for split in SPLITS}


def _recordings(what: str, table: Mapping[str, Any]) -> Iterator[SeenRecording]:
    joints, pixels = _points(what, table, "3d_joint_labels", 3), _points(what, table, "2d_joint_inputs", 2)
    names = table.get("source")
    if not isinstance(names, np.ndarray) or names.dtype.kind != "U" or names.shape != (len(joints),):
        raise FormatError(f"{what}: there is no source for each of the {len(joints)} frames")
    if len(pixels) != len(joints):
        raise FormatError(f"{what}: {len(joints)} frames have joints, but {len(pixels)} have pixels")
    repetitions = table.get("rep_annotations")
    known = repetitions if isinstance(repetitions, dict) else {}
    begins = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    for first, last in zip(begins, [*begins[1:], len(names)], strict=True):
        name, seen, at = _text(what, names[first:last]), joints[first:last], pixels[first:last]
        if legs_are_exchanged(seen):
            seen, at = exchange_legs(seen), exchange_legs(at)
        yield SeenRecording(name, seen, at, _frames(f"{what}, {name}", known.get(name, ())))


def _text(what: str, names: NDArray[np.str_]) -> str:
    """The first name; NumPy takes from a file what is no Unicode, and refuses it only here."""
    try:
        name = str(names[0])
        name.encode()  # no surrogates
    except (ValueError, SystemError) as fault:  # Python raises the one or the other
        raise FormatError(f"{what}: source has a name that is no text") from fault
    return name


def _points(what: str, table: Mapping[str, Any], key: str, axes: int) -> Floats:
    points = table.get(key)
    if not isinstance(points, np.ndarray) or points.dtype.kind != "f" or points.ndim != 3:
        raise FormatError(f"{what}: {key} is not an array of points")
    if points.shape[1] != len(FIT3D25) or points.shape[2] < axes or not len(points):
        raise FormatError(f"{what}: {key} has the shape {points.shape}, not (frames, {len(FIT3D25)}, {axes})")
    points = points[..., :axes].astype(np.float32, copy=False)
    if unknown := int((~np.isfinite(points)).any((1, 2)).sum()):
        raise FormatError(f"{what}: {key} has points that are no finite numbers in {unknown} frames")
    return points


def _frames(what: str, listed: object) -> tuple[int, ...]:
    if not isinstance(listed, list | tuple) or not all(type(frame) is int for frame in listed):
        raise FormatError(f"{what}: the repetitions are not a list of frames")
    return tuple(listed)
