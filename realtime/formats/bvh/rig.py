"""The rig of the BVH files that this project writes: joints, rest pose and local rotations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...kinematics.vectors import unit
from ...motion import Floats
from ...skeleton import H36M17

# Zero-length joints, one for each bone that starts at the pelvis or the neck.
_BRANCHES = {
    "right_hip": "right_pelvis",
    "left_hip": "left_pelvis",
    "spine": "lower_back",
    "nose": "head",
    "left_shoulder": "left_clavicle",
    "right_shoulder": "right_clavicle",
}
# Joints oriented as rigid segments: the right-to-left pair of joints that defines x, and the
# bone that defines the direction of y.
_SEGMENTS = {
    "pelvis": (("right_hip", "left_hip"), ("pelvis", "spine")),
    "neck": (("right_shoulder", "left_shoulder"), ("spine", "neck")),
}
# Rest-pose direction of the bone that ends in each joint, y up, facing z; head and shoulders
# follow the mean proportions in realtime/training/mocap/canonical25.py.
_REST = {
    "pelvis": (0, 0, 0),
    "hip": (1, 0, 0),
    "knee": (0, -1, 0),
    "ankle": (0, -1, 0),
    "spine": (0, 1, 0),
    "neck": (0, 1, 0),
    "nose": (0, 0.7, 0.7),
    "head_top": (0, 0.8, -0.6),
    "shoulder": (0.95, -0.3, 0),
    "elbow": (1, 0, 0),
    "wrist": (1, 0, 0),
}
_MIN_LENGTH = 1e-9


@dataclass(frozen=True)
class Node:
    """A joint of the file.  `joint` is the H36M-17 index of the joint at its position, `bone`
    whether a bone of non-zero length leads to it, `points_at` the joint at the end of its own
    bone (None for segments and end joints), `parent` the index of its parent node."""

    name: str
    joint: int
    parent: int | None
    depth: int
    bone: bool
    points_at: int | None = None


def _rest_directions() -> Floats:
    rows = []
    for joint in H36M17.joints:
        side, _, part = joint.partition("_")
        x, y, z = _REST[part] if side in ("left", "right") else _REST[joint]
        rows.append((-x if side == "right" else x, y, z))
    return unit(np.array(rows, np.float64))


def _append_subtree(nodes: list[Node], joint: int, parent: int | None, depth: int) -> None:
    """Append the joint and its descendants depth first, the order that BVH requires."""
    children = [child for child, above in enumerate(H36M17.parents) if above == joint]
    node = len(nodes)
    only_child = children[0] if len(children) == 1 else None
    nodes.append(Node(H36M17.joints[joint], joint, parent, depth, parent is not None, only_child))
    for child in children:
        if only_child is None:
            nodes.append(Node(_BRANCHES[H36M17.joints[child]], joint, node, depth + 1, bone=False, points_at=child))
            _append_subtree(nodes, child, len(nodes) - 1, depth + 2)
        else:
            _append_subtree(nodes, child, node, depth + 1)


def _all_nodes() -> tuple[Node, ...]:
    nodes: list[Node] = []
    _append_subtree(nodes, H36M17.parents.index(-1), None, 0)
    return tuple(nodes)


REST = _rest_directions()  # (J, 3), direction of the bone that ends in each joint
NODES = _all_nodes()


def bone_lengths(points: Floats) -> Floats:
    """Length (T, J) of the bone that ends in each joint, in the unit of `points`; 0 for the root."""
    lengths: Floats = np.linalg.norm(_bones(points), axis=-1)
    return lengths


def local_rotations(points: Floats) -> list[Floats]:
    """Rotation (T, 3, 3) of each node in its parent's axes, from points (T, J, 3), y up."""
    bones = _bones(points)
    local_frames: list[Floats] = []
    global_frames: list[Floats] = []
    for node in NODES:
        above = np.broadcast_to(np.eye(3), (len(points), 3, 3)) if node.parent is None else global_frames[node.parent]
        if node.name in _SEGMENTS:
            turn = np.swapaxes(above, -1, -2) @ _segment_axes(points, node.name)
        elif node.points_at is None:
            turn = np.broadcast_to(np.eye(3), above.shape)
        else:
            turn = shortest_turn(REST[node.points_at], np.einsum("tji,tj->ti", above, bones[:, node.points_at]))
        local_frames.append(turn)
        global_frames.append(above @ turn)
    return local_frames


def shortest_turn(start: Floats, end: Floats) -> Floats:
    """Rotations (T, 3, 3) by the smallest angle that bring a unit vector (3,) to the directions
    of vectors (T, 3); the identity for zero vectors."""
    length = np.linalg.norm(end, axis=-1, keepdims=True)
    to = np.where(length > _MIN_LENGTH, end / np.maximum(length, _MIN_LENGTH), start)
    x, y, z = np.moveaxis(np.cross(start, to), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(-1, 3, 3)
    cosine = (to @ start)[:, None, None]
    backwards = cosine < -1 + 1e-12
    turn = np.eye(3) + cross + cross @ cross / np.where(backwards, 1, 1 + cosine)
    # For opposite vectors: 180° about an axis that is perpendicular to the start vector.
    axis = np.cross(start, np.eye(3)[np.argmin(np.abs(start))])
    axis = axis / np.linalg.norm(axis)
    return np.where(backwards, 2 * np.outer(axis, axis) - np.eye(3), turn)


def _bones(points: Floats) -> Floats:
    parents = [max(parent, 0) for parent in H36M17.parents]
    bones: Floats = points - points[:, parents]
    return bones


def _segment_axes(points: Floats, name: str) -> Floats:
    """Rotations (T, 3, 3) of a segment: x exactly along its pair of joints, y near its bone;
    the identity where the joints are collinear or a pair of them coincides."""
    (right, left), (low, high) = _SEGMENTS[name]
    x = unit(points[:, H36M17.index(left)] - points[:, H36M17.index(right)])
    z = np.cross(x, unit(points[:, H36M17.index(high)] - points[:, H36M17.index(low)]))
    # The shortest vectors do not get length 1.
    collinear = (np.linalg.norm(z, axis=-1) < 1e-6) | (np.linalg.norm(x, axis=-1) < 0.5)
    z = unit(z)
    axes = np.stack([x, np.cross(z, x), z], -1)
    return np.where(collinear[:, None, None], np.eye(3), axes)
