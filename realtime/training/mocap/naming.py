"""What the points of a file are called, and the common form of 25 points from them.

Markers are taken for Vicon Plug-in Gait, for the Qualisys runner or for joint centres with
our or Pose2Sim's names, whichever is among them; rigs for those of this project, of CMU's
DAZ figures or of MotionBuilder.  Other names are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...formats.markers import Markers, marker_name
from ...formats.rig_motion import Array, RigMotion
from ...motion import to_z_up
from ...skeleton import H36M17, LIMB_JOINTS
from .canonical25 import CANONICAL25, Head
from .completion import complete
from .feet import mean_foot
from .joint_centres import fill_gaps, plug_in_gait_points, runner_points
from .rig_maps import DAZ_BVH, body_points

HEAD = "head"  # among a rig's names: the bone that turns the head, at the base of the skull
_LONGEST_GAP_S = 0.1  # in which a marker hardly leaves the straight line
_EARS_ABOVE_HEAD_M = 0.055  # as CMU's rigs have it

# What MotionBuilder, Mixamo and CMU's conversions call the bones that begin in our joints.
MOTIONBUILDER = {
    f"{side.lower()}_{joint}": (f"{side}{bone}",)
    for side in ("Left", "Right")
    for joint, bone in zip(
        ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"),
        ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand"),
        strict=True,
    )
} | {HEAD: ("Head",)}
# Pose2Sim's toe has a name of its own.
_TOES = {"left_toe": "LBigToe", "right_toe": "RBigToe"}

Names = Mapping[str, tuple[str, ...]]


def marker_points(markers: Markers, names: Names, path: Path) -> Array:
    """Points (T, 25, 3) from markers, by the names given or by what they are among."""
    longest = int(_LONGEST_GAP_S * markers.rate_hz)
    at = {name: fill_gaps(marker, longest) for name, marker in markers.named().items()}
    if names:
        return complete(_pick(at, names, path))
    for points in (plug_in_gait_points, runner_points):
        with suppress(KeyError):  # a marker that it wants is not there
            return points(at)
    joints = {joint: (name,) for joint in CANONICAL25.joints for name in _marker_names(joint) if name in at}
    if not joints.keys() >= set(LIMB_JOINTS):
        raise _unknown(path, at)
    return complete(_pick(at, joints, path))


def _marker_names(joint: str) -> tuple[str, ...]:
    return (joint, marker_name(joint), _TOES.get(joint, joint))


def rig_points(motion: RigMotion, names: Names, path: Path, up: str = "y") -> Array:
    """Points (T, 25, 3) from a posed rig that faces forwards in its rest pose (along z where
    y is up), by the names given or those of a known kind."""
    bare = {name.rpartition(":")[2]: name for name in motion.names}
    if not names:
        if bare.keys() >= {*DAZ_BVH.left_limbs, DAZ_BVH.spine, DAZ_BVH.head_point}:
            return body_points(motion, DAZ_BVH)
        ours = {joint: (joint,) for joint in H36M17.joints}
        names = next((kind for kind in (ours, MOTIONBUILDER) if bare.keys() >= {n for (n,) in kind.values()}), {})
    if not names:
        raise _unknown(path, bare)
    at = {name: to_z_up(motion.point(full), up) for name, full in bare.items()}
    joints = {joint: given for joint, given in names.items() if joint != HEAD}
    head = _rig_head(motion, bare.get(names[HEAD][0], names[HEAD][0]), up) if HEAD in names else None
    paths = _pick(at, joints, path)
    if names is MOTIONBUILDER:
        paths |= _rig_feet(motion, bare, paths, up)
    return complete(paths, head)


def _rig_head(motion: RigMotion, bone: str, up: str) -> Head:
    forward, left, above = _rig_axes(motion, bone, up)
    return Head(to_z_up(motion.point(bone), up) + _EARS_ABOVE_HEAD_M * above, forward, left, above)


def _rig_feet(motion: RigMotion, bare: Mapping[str, str], paths: Mapping[str, Array], up: str) -> dict[str, Array]:
    """Heels and toes of a rig whose ankles are named after the bones of the feet."""
    feet: dict[str, Array] = {}
    for side in ("left", "right"):
        forward, _, above = _rig_axes(motion, bare[MOTIONBUILDER[f"{side}_ankle"][0]], up)
        points = mean_foot(paths[f"{side}_ankle"], paths[f"{side}_knee"], forward, above)
        feet |= zip((f"{side}_heel", f"{side}_toe"), points, strict=True)
    return feet


def _rig_axes(motion: RigMotion, bone: str, up: str) -> tuple[Array, Array, Array]:
    """Forward, left and up (T, 3) of a bone, z up."""
    turn = to_z_up(np.eye(3), up)  # transposed: rows are the file's axes in ours
    frame = turn.T @ motion.frame(bone) @ turn
    # With z up, who faces along z where y is up faces along -y.
    return -frame[:, :, 1], frame[:, :, 0], frame[:, :, 2]


def _pick(at: Mapping[str, Array], names: Names, path: Path) -> dict[str, Array]:
    unknown = [name for wanted in names.values() for name in wanted if name not in at]
    if unknown:
        raise FormatError(f"{path} has no {unknown[0]!r}, only {', '.join(at)}"[:300])
    return {joint: np.mean([at[name] for name in wanted], axis=0) for joint, wanted in names.items()}


def _unknown(path: Path, names: Mapping[str, object]) -> FormatError:
    return FormatError(f"{path} has names that say nothing to us ({', '.join(names)}"[:240] + "); give a mapping")
