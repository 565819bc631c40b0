"""BVH, the skeleton animation that Blender and other programs import.

The hierarchy is that of Human3.6M-17; joints that another skeleton lacks are found from its own
(`kinematics.anatomy`).  Where several bones start at a joint (pelvis, neck),
each bone has its own zero-length joint, so that every bone can rotate independently:
`right_pelvis`, `left_pelvis`, `lower_back`, `right_clavicle`, `left_clavicle`, `head`.  The
rest pose is a T-pose that faces along z, y up, left at +x; offsets are the median bone lengths
of the clip.  Unit: centimetres.  The root position is the person's position relative to the
camera, which is at the origin, or to the floor below it.

Rotations are degrees about z, x, y, the first outermost, in the parent's axes: a vector
is rotated by Rz Rx Ry.  Pelvis and neck are oriented by the hip and shoulder lines and the
spine bone; every other joint has the shortest rotation that aligns its bone with the measured
direction.  Bones therefore have no twist about their own axis, which joint positions do not
determine.  (For a bone turned by exactly 180° the shortest rotation is not unique; the axis
is fixed.)

There are two variants.  `stretch=True` gives every joint position channels with its position
in the parent's axes, which replaces the OFFSET: bone lengths change as measured, and joints
are reproduced within 0.1 mm (in Blender, bvhio and bvhsdk; three.js adds the position to the
OFFSET).  `stretch=False` has the classic channels, positions for the root only, which every
reader supports: each bone keeps its median length, and the error of a joint is at most the
sum of |length - median| over the bones that lead to it.

The format has a frame rate but no timestamps, so joints are resampled onto an even grid
(`clock.evenly_spaced`) before rotations are computed: row k is at the first frame's time
+ k / rate, whatever time of the recording that is.  A frame with missing joints, or in a gap
of more than 0.25 s between frames, repeats the last complete pose (at the start, the first
complete one).  Format: https://research.cs.wisc.edu/graphics/Courses/cs-838-1999/Jeff/BVH.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...errors import NotRepresentable
from ...kinematics.anatomy import h36m_joints
from ...kinematics.segments import zxy_degrees
from ...motion import Floats, Motion3D, to_y_up
from ...runtime.new_files import write_text
from ...skeleton import H36M17
from ..clock import evenly_spaced
from .rig import NODES, REST, Node, bone_lengths, local_rotations

_CM = 100.0
_END_CM = 5.0  # length of the end sites at head top, wrists and ankles; a zero-length bone is invisible
_POSITIONS = "Xposition Yposition Zposition "
_ROTATIONS = "Zrotation Xrotation Yrotation"


def write_bvh(path: Path, motion: Motion3D, *, stretch: bool = True) -> None:
    """Write a new file.  RecordError if it exists already or cannot be written,
    NotRepresentable if no frame has all joints, or the skeleton cannot be that of Human3.6M."""
    try:
        points = _CM * to_y_up(h36m_joints(evenly_spaced(motion), motion.skeleton))
    except ValueError as fault:
        raise NotRepresentable(f"{path}: {fault}") from fault
    complete = np.isfinite(points).all((1, 2))
    if not complete.any():
        raise NotRepresentable(f"{path}: BVH requires frames with all joints of {H36M17.name}, and there is none")
    # An incomplete frame repeats the last complete one; frames before the first repeat the first.
    points = points[np.maximum.accumulate(np.where(complete, np.arange(len(points)), np.argmax(complete)))]
    lengths = bone_lengths(points)
    median = np.median(lengths[complete], axis=0)
    rows = (" ".join(f"{x:.6f}".removesuffix(".000000") for x in row) for row in _channels(points, lengths, stretch))
    head = ["HIERARCHY", *_hierarchy(median, stretch), "MOTION", f"Frames: {len(points)}"]
    write_text(path, "\n".join([*head, f"Frame Time: {1 / motion.fps:.8f}", *rows, ""]))


def write_rigid_bvh(path: Path, motion: Motion3D) -> None:
    """As `write_bvh`, with constant bone lengths."""
    write_bvh(path, motion, stretch=False)


def _channels(points: Floats, lengths: Floats, stretch: bool) -> Floats:
    """(T, channels), in the order of NODES."""
    columns = []
    for node, rotation in zip(NODES, local_rotations(points), strict=True):
        if node.parent is None:
            columns.append(points[:, node.joint])
        elif stretch and node.bone:
            columns.append(lengths[:, node.joint, None] * REST[node.joint])
        columns.append(np.unwrap(np.stack(zxy_degrees(rotation), -1), period=360, axis=0))
    return np.concatenate(columns, -1)


def _hierarchy(lengths: Floats, stretch: bool) -> Iterator[str]:
    """The lines between HIERARCHY and MOTION."""
    depth = 0
    for i, node in enumerate(NODES):
        offset = lengths[node.joint] * REST[node.joint] if node.bone else np.zeros(3)
        channels = _channel_names(node, stretch)
        indent = "\t" * depth
        yield f"{indent}{'JOINT' if depth else 'ROOT'} {node.name}"
        yield f"{indent}{{"
        yield f"{indent}\tOFFSET {_triple(offset)}"
        yield f"{indent}\tCHANNELS {len(channels.split())} {channels}"
        depth += 1
        if not any(other.parent == i for other in NODES):
            indent = "\t" * depth
            end = _END_CM * REST[node.joint]
            yield from (f"{indent}End Site", f"{indent}{{", f"{indent}\tOFFSET {_triple(end)}", f"{indent}}}")
        following = NODES[i + 1].depth if i + 1 < len(NODES) else 0
        while depth > following:
            depth -= 1
            yield "\t" * depth + "}"


def _channel_names(node: Node, stretch: bool) -> str:
    placed = node.parent is None or (stretch and node.bone)
    return f"{_POSITIONS if placed else ''}{_ROTATIONS}"


def _triple(vector: Floats) -> str:
    return " ".join(f"{round(float(x), 4) + 0.0:.4f}" for x in vector)
