"""Fit3D's folders: which person did what, seen by which cameras.

::

    fit3d_info.json                                all_camera_names, train_subj_names, subj_to_act
    train/<person>/joints3d_25/<action>.json       where the joints were, see joints.py
                   camera_parameters/<camera>/<action>.json
                   rep_ann.json                    {action: frames at which a repetition begins or ends}
    test/<person>/…                                no joints: they are withheld

The folder `train` may also be inside of `fit3d_train`, as the archive unpacks, and fit3d_info.json may be missing:
then what is there is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ..safe.damage import parsing
from ..safe.gz_text import read_text
from .cameras import FOLDER as CAMERAS
from .joints import FOLDER as JOINTS

INFO = "fit3d_info.json"
_REPETITIONS = "rep_ann.json"
_LONGEST_NAME = 200  # bytes; file systems allow 255
_TRAIN = "train"  # the people whose joints are published
_UNPACKED = ("", "fit3d", "fit3d_train", "fit3d/fit3d_train")  # where that folder is, from the one that is named


@dataclass(frozen=True)
class Fit3DRecording:
    """A person doing an exercise: the file of the joints, that of each camera by its name, and the frames at which
    repetitions begin or end (none for exercises that are not annotated)."""

    person: str
    action: str
    joints: Path
    cameras: Mapping[str, Path]
    repetitions: tuple[int, ...]

    def name(self, camera: str) -> str:
        """What PerfectRep calls the recording as a camera saw it: s03_squat_50591643."""
        return f"{self.person}_{self.action}_{camera}"


def people_folder(folder: Path) -> Path | None:
    """The folder of the people whose joints are published, in a folder of Fit3D; None if this is not one."""
    if folder.name == _TRAIN and next(folder.glob(f"*/{JOINTS}"), None):
        return folder
    places = (folder / place / _TRAIN for place in _UNPACKED)
    return next((place for place in places if next(place.glob(f"*/{JOINTS}"), None)), None)


def find_recordings(folder: Path) -> list[Fit3DRecording]:
    """The recordings in a folder of Fit3D, by person and exercise.  Raises FormatError: there is none, or the files
    of a recording are missing."""
    people = people_folder(folder)
    if people is None:
        raise FormatError(
            f"{folder} is not Fit3D as it is published: there is no {_TRAIN}/<person>/{JOINTS} in it; "
            "docs/form-data.md says how to get it"
        )
    info = _info(people.parent / INFO)
    found = [recording for person in _people(people, info) for recording in _of_person(people / person, info)]
    if not found:
        raise FormatError(f"{people} has no recordings in it")
    return found


def missing_people(folder: Path) -> list[str]:
    """The people that fit3d_info.json names and whose folders are not there."""
    people = people_folder(folder)
    named = _info(people.parent / INFO).get("train_subj_names", []) if people else []
    return [person for person in named if people is not None and not (people / person).is_dir()]


def _people(people: Path, info: Mapping[str, Any]) -> list[str]:
    there = sorted(path.name for path in people.iterdir() if path.is_dir())
    return [person for person in info.get("train_subj_names", there) if person in there]


def _of_person(place: Path, info: Mapping[str, Any]) -> Iterator[Fit3DRecording]:
    there = sorted(path.stem for path in (place / JOINTS).glob("*.json"))
    repetitions = _repetitions(place / _REPETITIONS)
    cameras = info.get("all_camera_names") or sorted(path.name for path in (place / CAMERAS).glob("*/"))
    if not cameras:
        raise FormatError(f"{place} has no {CAMERAS}")
    for action in info.get("subj_to_act", {}).get(place.name, there):
        paths = {camera: place / CAMERAS / camera / f"{action}.json" for camera in cameras}
        joints = place / JOINTS / f"{action}.json"
        for path in (joints, *paths.values()):
            if not path.is_file():
                raise FormatError(f"{path} is missing: is Fit3D unpacked as a whole?")
        yield Fit3DRecording(place.name, action, joints, paths, repetitions.get(action, ()))


def _info(path: Path) -> dict[str, Any]:
    """The lists of a fit3d_info.json, those of them that are there; {} without the file."""
    if not path.exists():
        return {}
    data = _object(path)
    lists: dict[str, Any] = {key: data[key] for key in ("all_camera_names", "train_subj_names") if key in data}
    actions = data.get("subj_to_act", {})
    if not isinstance(actions, dict) or not all(map(_are_names, (*lists.values(), *actions.values()))):
        raise FormatError(f"{path} does not list cameras, people and exercises as Fit3D does")
    return {**lists, "subj_to_act": actions}


def _are_names(listed: object) -> bool:
    """Whether it is a list of names of files, which lead into no other folder."""
    return isinstance(listed, list) and all(
        isinstance(name, str)
        and 0 < len(name.encode("utf-8", "replace")) < _LONGEST_NAME
        and name not in (".", "..")
        and not set(name) & set("/\\\0")
        for name in listed
    )


def _repetitions(path: Path) -> dict[str, tuple[int, ...]]:
    """By exercise; {} without the file."""
    if not path.exists():
        return {}
    found: dict[str, tuple[int, ...]] = {}
    for action, frames in _object(path).items():
        if not isinstance(frames, list) or not all(type(frame) is int and frame >= 0 for frame in frames):
            raise FormatError(f"{path}: the repetitions of {action[:40]!r} are not a list of frames")
        found[action] = tuple(frames)
    return found


def _object(path: Path) -> dict[str, Any]:
    with parsing(path, "is not JSON"):
        data = json.loads(read_text(path))
    if not isinstance(data, dict):
        raise FormatError(f"{path} is not a JSON object")
    return data
