"""Rotations and forward kinematics of motion-capture rigs (NumPy)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..runtime.text import listed

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RigMotion:
    """A posed rig over time: `points` (T, J, 3) m; `frames` (T, J, 3, 3), the global
    rotation of each point's bone relative to the rig's rest pose; `rate_hz`.
    The axes are those of the file."""

    names: tuple[str, ...]
    points: Array
    frames: Array
    rate_hz: float

    def point(self, name: str) -> Array:
        """Trajectory (T, 3) of a point by name (FormatError if there is none)."""
        return self.points[:, self._index(name)]

    def frame(self, name: str) -> Array:
        """Rotations (T, 3, 3) of a bone by name (FormatError if there is none)."""
        return self.frames[:, self._index(name)]

    def _index(self, name: str) -> int:
        if name not in self.names:
            raise FormatError(f"the skeleton has no {name!r:.60}, only {listed(self.names)}")
        return self.names.index(name)


def axis_rotation(axis: str, angle_rad: Array) -> Array:
    """Rotations (..., 3, 3) about the axis 'x', 'y' or 'z'."""
    i, j, k = {"x": (0, 1, 2), "y": (1, 2, 0), "z": (2, 0, 1)}[axis]
    matrix = np.zeros((*np.shape(angle_rad), 3, 3))
    matrix[..., i, i] = 1
    matrix[..., j, j] = matrix[..., k, k] = np.cos(angle_rad)
    matrix[..., k, j] = np.sin(angle_rad)
    matrix[..., j, k] = -matrix[..., k, j]
    return matrix


def euler_rotation(axes: Iterable[str], angles_deg: Array) -> Array:
    """Product (..., 3, 3) of rotations about `axes`, the first one outermost;
    `angles_deg` (..., len(axes))."""
    angles = np.deg2rad(angles_deg)
    product = np.broadcast_to(np.eye(3), (*angles.shape[:-1], 3, 3))
    for i, axis in enumerate(axes):
        product = product @ axis_rotation(axis, angles[..., i])
    return product


def exponential_rotation(vector: Array) -> Array:
    """Rotations (..., 3, 3) of axis-angle vectors (..., 3) in radians (Rodrigues)."""
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    x, y, z = np.moveaxis(vector / np.maximum(angle, 1e-12), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    angle = angle[..., None]
    rotation: Array = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
    return rotation


def quaternion_rotation(wxyz: Array) -> Array:
    """Rotations (..., 3, 3) of quaternions (..., 4), scalar first, of any length but 0."""
    w, x, y, z = np.moveaxis(wxyz / np.linalg.norm(wxyz, axis=-1, keepdims=True), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2)


def chain(parents: Iterable[int], offsets: Array, local: Array) -> tuple[Array, Array]:
    """Forward kinematics of a tree whose parents come before their children.

    `offsets` (T, J, 3) in the parent's frame (a root's: its trajectory), `local` (T, J, 3, 3)
    → points (T, J, 3) and global rotations (T, J, 3, 3).
    """
    points, frames = np.array(offsets), np.array(local)
    for joint, parent in enumerate(parents):
        if parent < 0:
            continue
        points[:, joint] = points[:, parent] + np.einsum("tij,tj->ti", frames[:, parent], offsets[:, joint])
        frames[:, joint] = frames[:, parent] @ local[:, joint]
    return points, frames
