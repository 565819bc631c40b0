"""Biovision BVH files: a joint hierarchy with offsets, then one row of channels per frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...errors import FormatError
from ..rig_motion import Array, RigMotion, chain, euler_rotation
from ..safe.damage import parsing
from ..safe.gz_text import number_rows


@dataclass
class _Hierarchy:
    """The HIERARCHY section of a file, in the order of its joints."""

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[list[float]] = field(default_factory=list)
    channels: list[list[str]] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)

    def take(self, words: list[str]) -> None:
        """Parse one line of the file, already split into words."""
        if words[0] in ("ROOT", "JOINT"):
            self._joint(" ".join(words[1:]))
        elif words[0] == "End":
            self._joint(f"{self.names[self._open[-1]]}_end")
        elif words[0] == "{":
            self._open.append(len(self.names) - 1)
        elif words[0] == "}":
            self._open.pop()
        elif words[0] == "OFFSET":
            self.offsets[-1] = [float(w) for w in words[1:4]]
        elif words[0] == "CHANNELS":
            self.channels[-1] = words[2 : 2 + int(words[1])]

    def _joint(self, name: str) -> None:
        self.names.append(name)
        self.parents.append(self._open[-1] if self._open else -1)
        self.offsets.append([0.0, 0.0, 0.0])
        self.channels.append([])


def read_bvh(text: str, metres_per_unit: float = 0.01, name: str = "BVH file") -> RigMotion:
    """Pose every joint and end site (named `<parent>_end`).

    The format does not define a unit; centimetres are usual.  Raises FormatError.
    """
    head, _, tail = text.partition("MOTION")
    lines = tail.strip().splitlines()
    with parsing(name, "is not a BVH file, or is truncated"):
        hierarchy = _Hierarchy()
        for words in filter(None, map(str.split, head.splitlines())):
            hierarchy.take(words)
        step_s = float(lines[1].split()[-1])
    rows = number_rows("\n".join(lines[2:]), name=name)
    declared = sum(map(len, hierarchy.channels))
    if not 0 < step_s < np.inf:
        raise FormatError(f"{name} has a Frame Time of {step_s:g} s; the time between two frames must be above 0")
    if rows.shape[1] != declared:
        raise FormatError(f"{name} declares {declared} channels, but a row has {rows.shape[1]}")
    with parsing(name, "has an invalid OFFSET or CHANNELS entry"):
        offsets, local = _pose(hierarchy, rows)
    points, frames = chain(hierarchy.parents, offsets, local)
    return RigMotion(tuple(hierarchy.names), points * metres_per_unit, frames, 1 / step_s)


def _pose(hierarchy: _Hierarchy, rows: Array) -> tuple[Array, Array]:
    count = len(hierarchy.names)
    offsets = np.broadcast_to(np.array(hierarchy.offsets), (len(rows), count, 3)).copy()
    local = np.broadcast_to(np.eye(3), (len(rows), count, 3, 3)).copy()
    column = 0
    for joint, channels in enumerate(hierarchy.channels):
        values = rows[:, column : column + len(channels)]
        column += len(channels)
        turns = [i for i, c in enumerate(channels) if c.endswith("rotation")]
        local[:, joint] = euler_rotation([channels[i][0].lower() for i in turns], values[:, turns])
        for i, channel in enumerate(channels):
            if channel.endswith("position"):
                offsets[:, joint, "xyz".index(channel[0].lower())] = values[:, i]
    return offsets, local
