"""Fit3D as its cameras saw it: the joints that were measured, projected into each picture.

The data set has no keypoints of a detector.  As in PerfectRep, the projected truth stands for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ...errors import FormatError, UsageError
from ...formats.fit3d.cameras import read_camera
from ...formats.fit3d.folder import Fit3DRecording, find_recordings, people_folder
from ...formats.fit3d.joints import read_joints
from ...formats.perfectrep.clips import SET
from ...formats.perfectrep.preprocessed import NAME, SPLITS, Recordings, SeenRecording, read_preprocessed

HELD_OUT = ("s08", "s09")  # whom PerfectRep measured
_MOTION = "motion3d"  # the folder of what PerfectRep prepared


def read_seen_recordings(path: Path, held_out: Sequence[str] = ()) -> Recordings:
    """The recordings, whole and in metres, in what `prepare fit3d` wrote, in PerfectRep's fit3d_preprocessed_data.pkl
    or motion3d folder, or in Fit3D as it is published: `train`, and `test` of the people held out.

    Without any given these are the ones of the file, or those of HELD_OUT who are there.  Raises FormatError;
    UsageError if one is not there, or if nobody is on one of the sides.
    """
    for file in (path, path / NAME, path / _MOTION / NAME):
        if file.is_file():
            split = read_preprocessed(file)
            return _split([*split["train"], *split["test"]], held_out) if held_out else split
    if people_folder(path):
        return _of_fit3d(path, held_out)
    if any((path / place).is_dir() for place in (SET, _MOTION)) or next((path / SPLITS[0]).glob("*.pkl"), None):
        raise FormatError(f"{path} has clips, but not {NAME}, in which the joints are in metres")
    raise FormatError(
        f"{path} is not a data set: expected what `prepare fit3d` wrote, PerfectRep's motion3d folder, or Fit3D as "
        "it is published; docs/form-data.md has all three"
    )


def _of_fit3d(folder: Path, held_out: Sequence[str]) -> Recordings:
    found = find_recordings(folder)
    tested = _people_held_out((recording.person for recording in found), held_out)
    split: dict[str, list[SeenRecording]] = {"train": [], "test": []}
    for recording in found:
        split["test" if recording.person in tested else "train"] += _seen(recording)
    return split


def _split(recordings: Sequence[SeenRecording], held_out: Sequence[str]) -> Recordings:
    tested = _people_held_out((recording.person for recording in recordings), held_out)
    return {
        "train": [recording for recording in recordings if recording.person not in tested],
        "test": [recording for recording in recordings if recording.person in tested],
    }


def _people_held_out(people: Iterable[str], held_out: Sequence[str]) -> set[str]:
    there = set(people)
    listed = f"the people are {', '.join(sorted(there))}"
    if unknown := sorted(set(held_out) - there):
        raise UsageError(f"--hold-out {unknown[0]}: {listed}")
    tested = set(held_out) or there & set(HELD_OUT)
    if not tested:
        raise UsageError(f"nobody is left to test on: give some people as --hold-out; {listed}")
    if tested == there:
        raise UsageError(f"nobody is left to train on: {listed}")
    return tested


def _seen(recording: Fit3DRecording) -> Iterator[SeenRecording]:
    joints = read_joints(recording.joints)
    for name, path in recording.cameras.items():
        camera = read_camera(path)
        points = camera.axes(joints)
        if (points[..., 2] <= 0).any():
            raise FormatError(f"{path}: somebody is behind the camera; does it belong to {recording.joints.name}?")
        pixels = camera.pixels(points)
        yield SeenRecording(
            recording.name(name), points.astype(np.float32), pixels.astype(np.float32), recording.repetitions
        )
