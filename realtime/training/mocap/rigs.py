"""Readers for skeleton-based corpora: four conversions of the CMU database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FormatError
from ...formats.acclaim import read_amc, read_asf
from ...formats.bvh.reader import read_bvh
from ...formats.rig_motion import Array, RigMotion, axis_rotation, chain, exponential_rotation, quaternion_rotation
from ...formats.safe.damage import parsing
from ...formats.safe.gz_text import number_rows, read_text
from .rig_maps import ACCLAIM, DAZ_BVH, DEEPMIMIC, EXPMAP, body_points

_LARGEST = 1e9  # of coordinates: what is beyond counts as infinite


def read_expmap(text: str, skeleton: dict[str, Any], name: str = "file") -> RigMotion:
    """Rows of a root position and one axis-angle vector per joint, with rotations in the
    row-vector convention; 120 Hz, root in CMU units of 56.444 mm."""
    rows = number_rows(text, delimiter=",", name=name)
    with parsing(name, "has a skeleton that is damaged"):
        parents, rest = list(skeleton["parent"]), np.array(skeleton["offset_mm"], float).reshape(-1, 3) / 1000
        names = tuple(map(str, skeleton["names"]))
    _check_tree(parents, names, len(rest), name)
    if rows.shape[1] != 3 + 3 * len(parents):
        raise FormatError(f"{name} has {rows.shape[1]} columns, its skeleton requires {3 + 3 * len(parents)}")
    local = exponential_rotation(-rows[:, 3:].reshape(len(rows), -1, 3))
    offsets = np.broadcast_to(rest, (len(rows), *rest.shape)).copy()
    offsets[:, 0] += rows[:, :3] * 0.056444
    points, frames = chain(parents, offsets, local)
    return RigMotion(names, points, frames, 120.0)


def read_expmap_skeleton(path: Path) -> dict[str, Any]:
    """The skeleton for `read_expmap`: names, parents and offsets (FormatError)."""
    with parsing(path, "is not a skeleton of the exponential-map corpus"):
        skeleton = dict(json.loads(read_text(path)))
        return {name: skeleton[name] for name in ("names", "parent", "offset_mm")}


def read_deepmimic(text: str, character: list[dict[str, Any]], name: str = "file") -> RigMotion:
    """A DeepMimic motion (JSON): per frame its duration, root position and quaternion, then
    per joint a quaternion (spherical) or an angle about z (revolute)."""
    with parsing(name, "is not a DeepMimic motion of this character"):
        rows = np.array(json.loads(text)["Frames"], float)
        local, offsets, column = [], [], 8
        for joint in character:
            turn, width = _deepmimic_turn(joint, rows[:, column:])
            column += width
            local.append(turn)
            attach = [joint[f"Attach{axis}"] for axis in "XYZ"]
            offsets.append(np.broadcast_to(attach, (len(rows), 3)))
        offsets[0], local[0] = rows[:, 1:4], quaternion_rotation(rows[:, 4:8])
        parents, names = [joint["Parent"] for joint in character], tuple(str(joint["Name"]) for joint in character)
        step_s = float(np.median(rows[:, 0]))
    if column != rows.shape[1]:
        raise FormatError(f"{name} has {rows.shape[1]} numbers per frame, its character requires {column}")
    if not 0 < step_s < np.inf or not (np.abs(rows) < _LARGEST).all():
        raise FormatError(f"{name} has frames that last no time, or numbers that are not finite")
    _check_tree(parents, names, len(parents), name)
    points, frames = chain(parents, np.stack(offsets, 1), np.stack(local, 1))
    return RigMotion(names, points, frames, 1 / step_s)


def _check_tree(parents: list[Any], names: tuple[str, ...], joints: int, name: str) -> None:
    """Raise FormatError unless each joint has a name and a parent before it, or -1 for none."""
    if not joints or not len(parents) == len(names) == joints:
        raise FormatError(f"{name} has a skeleton of {joints} joints, {len(parents)} parents and {len(names)} names")
    if any(type(parent) is not int or not -1 <= parent < joint for joint, parent in enumerate(parents)):
        raise FormatError(f"{name} has a skeleton in which parents do not come before their children")


def _deepmimic_turn(joint: dict[str, Any], rest: Array) -> tuple[Array, int]:
    """Rotations of one joint, and the number of values they use in a row."""
    if joint["Type"] == "spherical":
        return quaternion_rotation(rest[:, :4]), 4
    if joint["Type"] == "revolute":
        return axis_rotation("z", rest[:, 0]), 1
    return np.broadcast_to(np.eye(3), (len(rest), 3, 3)), 0


Motions = Iterator[tuple[Path, Array, float]]


def acclaim_folder(folder: Path) -> Motions:
    """All AMC motions with the skeleton of their subject (the file name up to '_')."""
    skeletons = {p.name.partition(".")[0]: read_asf(read_text(p), str(p)) for p in folder.rglob("*.asf*")}
    for path in sorted(folder.rglob("*.amc*")):
        subject = path.name.partition("_")[0]
        if subject not in skeletons:
            raise FormatError(f"{path} has no skeleton {subject}.asf in {folder}")
        motion = read_amc(read_text(path), skeletons[subject], str(path))
        yield path, body_points(motion, ACCLAIM), motion.rate_hz


def bvh_folder(folder: Path) -> Motions:
    """All BVH motions without the first frame, a T-pose that is not part of the motion.  Salsa
    was captured at 60 Hz, regardless of the rate in its headers."""
    for path in sorted(folder.rglob("*.bvh*")):
        motion = read_bvh(read_text(path), name=str(path))
        yield path, body_points(motion, DAZ_BVH)[1:], 60.0 if path.parent.name == "salsa" else motion.rate_hz


def expmap_folder(folder: Path) -> Motions:
    """All motions of the exponential-map corpus, which has a single skeleton."""
    skeleton = read_expmap_skeleton(folder / "skeleton.json")
    for path in sorted([*folder.rglob("*.txt"), *folder.rglob("*.txt.gz")]):
        motion = read_expmap(read_text(path), skeleton, str(path))
        yield path, body_points(motion, EXPMAP), motion.rate_hz


def deepmimic_folder(folder: Path) -> Motions:
    """All motions of the DeepMimic corpus, which has a single character."""
    with parsing(folder / "humanoid3d.txt", "is not a character of DeepMimic"):
        character = list(json.loads(read_text(folder / "humanoid3d.txt"))["Skeleton"]["Joints"])
    for path in sorted([*folder.rglob("*/*.txt"), *folder.rglob("*/*.txt.gz")]):
        motion = read_deepmimic(read_text(path), character, str(path))
        yield path, body_points(motion, DEEPMIMIC), motion.rate_hz
