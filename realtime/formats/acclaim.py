"""Acclaim ASF skeletons and AMC motions, the original form of the CMU database.

A bone's point is its distal end; in the rest pose it lies along `direction`, and its angles
are about its own `axis` (J. Lander, "Working with motion capture file formats", 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rig_motion import Array, RigMotion, euler_rotation
from .safe.damage import parsing

_INCH_M = 0.0254
_TURNS = ("rx", "ry", "rz")
_CMU_RATE_HZ = 120.0  # AMC files do not store a frame rate; CMU captured all but a few trials at 120 Hz


@dataclass(frozen=True, eq=False)
class _Bone:
    offset: Array
    axis: Array
    channels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class AcclaimSkeleton:
    """Bones by name, parents before children, and metres per unit of the AMC file."""

    bones: dict[str, _Bone]
    parents: dict[str, str]
    metres_per_unit: float


def read_asf(text: str, name: str = "ASF file") -> AcclaimSkeleton:
    """Read a skeleton.  Raises FormatError."""
    sections = _sections(text)
    with parsing(name, "is not an ASF skeleton, or is truncated"):
        lengths = [float(words[1]) for words in sections["units"] if words[0] == "length"]
        bones = dict(map(_bone, _blocks(sections["bonedata"])))
        parents = {child: row[0] for row in sections["hierarchy"] for child in row[1:] if len(row) > 1}
        ordered = {child: parents[child] for child in parents if child in bones}
        return AcclaimSkeleton(bones, ordered, _INCH_M / lengths[0])


def read_amc(text: str, skeleton: AcclaimSkeleton, name: str = "AMC file") -> RigMotion:
    """Pose the skeleton.  Raises FormatError."""
    with parsing(name, "does not match its skeleton, or is truncated"):
        channels = _channels(text)
        root = channels["root"]
        points = {"root": root[:, :3]}
        frames = {"root": _turn(root[:, 3:6])}
        for bone, parent in skeleton.parents.items():
            frames[bone] = frames[parent] @ _bone_turn(skeleton.bones[bone], channels.get(bone), len(root))
            points[bone] = points[parent] + frames[bone] @ skeleton.bones[bone].offset
    return RigMotion(
        tuple(points),
        np.stack(list(points.values()), 1) * skeleton.metres_per_unit,
        np.stack(list(frames.values()), 1),
        _CMU_RATE_HZ,
    )


def _sections(text: str) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith(":"):
            rows = sections.setdefault(words[0][1:], [])
        elif words:
            rows.append(words)
    return sections


def _blocks(rows: list[list[str]]) -> list[dict[str, list[str]]]:
    """The key-value lines between each 'begin' and 'end'."""
    blocks: list[dict[str, list[str]]] = []
    for words in rows:
        if words[0] == "begin":
            blocks.append({})
        elif words[0] != "end":
            blocks[-1][words[0]] = words[1:]
    return blocks


def _bone(block: dict[str, list[str]]) -> tuple[str, _Bone]:
    offset = np.array(block["direction"], float) * float(block["length"][0])
    axis = euler_rotation("zyx", np.array(block["axis"][2::-1], float))
    return block["name"][0], _Bone(offset, axis, tuple(block.get("dof", ())))


def _turn(angles_deg: Array) -> Array:
    """Acclaim's order XYZ: x is applied first, so it is the innermost factor."""
    return euler_rotation("zyx", angles_deg[:, ::-1])


def _bone_turn(bone: _Bone, values: Array | None, count: int) -> Array:
    angles = np.zeros((count, 3))
    for column, channel in enumerate(bone.channels):
        if channel in _TURNS and values is not None:
            angles[:, _TURNS.index(channel)] = values[:, column]
    return bone.axis @ _turn(angles) @ bone.axis.T


def _channels(text: str) -> dict[str, Array]:
    rows: dict[str, list[list[float]]] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0][0] not in "#:":
            rows.setdefault(words[0], []).append([float(w) for w in words[1:]])
    channels = {bone: np.array(values) for bone, values in rows.items()}
    if len({len(values) for values in channels.values()}) != 1:
        raise ValueError("the bones have different numbers of frames")
    return channels
