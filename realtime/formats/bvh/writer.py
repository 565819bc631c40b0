"""BVH, the skeleton animation that Blender and other programs import.

The hierarchy is Human3.6M-17's.  Where several bones leave a joint (pelvis, neck) each has
a joint of its own without length, so that every bone can turn freely: `right_pelvis`,
`left_pelvis`, `lower_back`, `right_clavicle`, `left_clavicle`, `head`.  The rest pose is a
T-pose that faces along z, y up, left at +x; offsets are the clip's median bone lengths.
Unit: centimetres.  The root's position is where the person stood, the camera at the origin.

Rotations are degrees about z, x, y, the first outermost, in the parent's axes: a vector
turns by Rz Rx Ry.  Pelvis and neck turn with the lines of hips and shoulders and the bone
of the spine; any other joint turns the shortest way that brings its bone from where the
parent leaves it to where it is.  So no bone is twisted about its length: points do not tell
that.  (Exactly backwards, where the shortest way is not one: about a fixed axis.)

Two dialects.  `stretch=True` gives every joint position channels with its place in the
parent's axes, which takes the place of the OFFSET: bone lengths change as measured, and
joints come back within a tenth of a millimetre (so Blender, bvhio and bvhsdk; three.js
adds them to the OFFSET).  `stretch=False` has the classic channels, positions for the root
only, which everything reads: each bone keeps its median length, and a joint is off by at
most the sum of |length - median| along the bones to it.

A frame in which not all joints are known holds the last pose before it (the first one, at
the start).  Format: https://research.cs.wisc.edu/graphics/Courses/cs-838-1999/Jeff/BVH.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...errors import RecordError
from ...kinematics import zxy_degrees
from ...motion import Floats, Motion3D, to_y_up
from ...runtime.new_files import write_text
from ...skeleton import H36M17
from .rig import NODES, REST, Node, bone_lengths, local_rotations

_CM = 100.0
_END_CM = 5.0  # of head top, wrists and ankles: a bone without length cannot be seen
_POSITIONS = "Xposition Yposition Zposition "
_ROTATIONS = "Zrotation Xrotation Yrotation"


def write_bvh(path: Path, motion: Motion3D, *, stretch: bool = True) -> None:
    """Write a new file.  RecordError if it is there already or cannot be written, or if
    there is no frame with all joints."""
    whole = motion.known.all(1)
    if motion.skeleton is not H36M17 or not whole.any():
        raise RecordError(f"{path}: BVH wants frames with all joints of {H36M17.name}, and there is none")
    # A frame that is not whole shows the last one that is; those before the first show that.
    shown = np.maximum.accumulate(np.where(whole, np.arange(len(motion)), np.argmax(whole)))
    points = _CM * to_y_up(motion.placed[shown])
    lengths = bone_lengths(points)
    median = np.median(_CM * bone_lengths(to_y_up(motion.placed[whole])), axis=0)
    rows = (" ".join(f"{x:.6f}".removesuffix(".000000") for x in row) for row in _channels(points, lengths, stretch))
    head = ["HIERARCHY", *_hierarchy(median, stretch), "MOTION", f"Frames: {len(motion)}"]
    write_text(path, "\n".join([*head, f"Frame Time: {1 / motion.fps:.8f}", *rows, ""]))


def write_rigid_bvh(path: Path, motion: Motion3D) -> None:
    """As `write_bvh`, with bones that keep their length."""
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
