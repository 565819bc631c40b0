"""Known marker and joint names, and conversion of named points to the canonical 25 points.

Supported marker sets, detected by their names: Vicon Plug-in Gait, the Qualisys runner, and
joint centres with this project's or Pose2Sim's names; supported rigs: those of this project,
of CMU's DAZ figures and of MotionBuilder.  Other names require a mapping.
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
from ...runtime.text import listed
from ...skeleton import H36M17, LIMB_JOINTS
from .canonical25 import CANONICAL25, Head
from .completion import complete
from .feet import mean_foot
from .joint_centres import fill_gaps, plug_in_gait_points, runner_points
from .rig_maps import DAZ_BVH, body_points

HEAD = "head"  # among a rig's names: the bone that rotates the head, at the base of the skull
_LONGEST_GAP_S = 0.1  # short enough for linear interpolation of a marker
_EARS_ABOVE_HEAD_M = 0.055  # as in CMU's rigs

# Bone names of MotionBuilder, Mixamo and CMU's conversions, by the joint where the bone starts.
MOTIONBUILDER = {
    f"{side.lower()}_{joint}": (f"{side}{bone}",)
    for side in ("Left", "Right")
    for joint, bone in zip(
        ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"),
        ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand"),
        strict=True,
    )
} | {HEAD: ("Head",)}
# Pose2Sim's names of the big toes do not follow `marker_name`.
_TOES = {"left_toe": "LBigToe", "right_toe": "RBigToe"}

Names = Mapping[str, tuple[str, ...]]


def marker_points(markers: Markers, names: Names, path: Path) -> Array:
    """Points (T, 25, 3) from markers, by the mapping `names` or by a known marker set."""
    longest = int(_LONGEST_GAP_S * markers.rate_hz)
    at = {name: fill_gaps(marker, longest) for name, marker in markers.named().items()}
    if names:
        return complete(_pick(at, names, path))
    for points in (plug_in_gait_points, runner_points):
        with suppress(KeyError):  # a marker of this set is missing
            return points(at)
    joints = {joint: (name,) for joint in CANONICAL25.joints for name in _marker_names(joint) if name in at}
    if not joints.keys() >= set(LIMB_JOINTS):
        raise _unknown_names(path, at)
    return complete(_pick(at, joints, path))


def _marker_names(joint: str) -> tuple[str, ...]:
    return (joint, marker_name(joint), _TOES.get(joint, joint))


def rig_points(motion: RigMotion, names: Names, path: Path, up: str = "y") -> Array:
    """Points (T, 25, 3) from a posed rig that faces forwards in its rest pose (along z if y is
    up), by the mapping `names` or the names of a known rig."""
    bare = {name.rpartition(":")[2]: name for name in motion.names}
    if not names:
        if bare.keys() >= {*DAZ_BVH.left_limbs, DAZ_BVH.spine, DAZ_BVH.head_point}:
            return body_points(motion, DAZ_BVH)
        h36m17 = {joint: (joint,) for joint in H36M17.joints}
        names = next((rig for rig in (h36m17, MOTIONBUILDER) if bare.keys() >= {n for (n,) in rig.values()}), {})
    if not names:
        raise _unknown_names(path, bare)
    at = {name: to_z_up(motion.point(full), up) for name, full in bare.items()}
    joints = {joint: sources for joint, sources in names.items() if joint != HEAD}
    head = _rig_head(motion, bare.get(names[HEAD][0], names[HEAD][0]), up) if HEAD in names else None
    paths = _pick(at, joints, path)
    if names is MOTIONBUILDER:
        paths |= _rig_feet(motion, bare, paths, up)
    return complete(paths, head)


def _rig_head(motion: RigMotion, bone: str, up: str) -> Head:
    forward, left, above = _rig_axes(motion, bone, up)
    return Head(to_z_up(motion.point(bone), up) + _EARS_ABOVE_HEAD_M * above, forward, left, above)


def _rig_feet(motion: RigMotion, bare: Mapping[str, str], paths: Mapping[str, Array], up: str) -> dict[str, Array]:
    """Heels and toes of a rig whose ankles are the start of the foot bones."""
    feet: dict[str, Array] = {}
    for side in ("left", "right"):
        forward, _, above = _rig_axes(motion, bare[MOTIONBUILDER[f"{side}_ankle"][0]], up)
        points = mean_foot(paths[f"{side}_ankle"], paths[f"{side}_knee"], forward, above)
        feet |= zip((f"{side}_heel", f"{side}_toe"), points, strict=True)
    return feet


def _rig_axes(motion: RigMotion, bone: str, up: str) -> tuple[Array, Array, Array]:
    """Forward, left and up (T, 3) of a bone, z up."""
    turn = to_z_up(np.eye(3), up)  # transposed: each row is an axis of the file in z-up axes
    frame = turn.T @ motion.frame(bone) @ turn
    # Facing along z with y up becomes facing along -y with z up.
    return -frame[:, :, 1], frame[:, :, 0], frame[:, :, 2]


def _pick(at: Mapping[str, Array], names: Names, path: Path) -> dict[str, Array]:
    missing = [name for sources in names.values() for name in sources if name not in at]
    if missing:
        raise FormatError(f"{path} has no {missing[0]!r:.60}, only {listed(at)}")
    return {joint: np.mean([at[name] for name in sources], axis=0) for joint, sources in names.items()}


def _unknown_names(path: Path, names: Mapping[str, object]) -> FormatError:
    return FormatError(
        f"{path} has unknown joint or marker names ({listed(names)}); map them in [names] of a corpus.toml"
    )
