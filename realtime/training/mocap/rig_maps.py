"""Which points of a posed rig are which joints, and the common form from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...formats.rig_motion import Array, RigMotion
from ...skeleton import LIMB_JOINTS
from .canonical25 import ARM, LEG, Head, assemble, stretch, widen
from .feet import mean_foot

# Rotations that bring a file's axes to ours: y up, and facing z or x in the rest pose.
_Y_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@dataclass(frozen=True)
class RigMap:
    """Which points of a rig are which joints, and what is wrong with its proportions.

    `left_limbs` are the points of the left hip, knee, ankle, shoulder, elbow and wrist;
    `sides` the two prefixes by which left and right differ.  The ears are
    `ears_m` (forward, up) from `head_point`, turned with the bone `head_bone`, which
    faces `forward_axis` (0: x, 2: z) at rest and looks `look_up_deg` too low; y is up.
    `raise_m` is missing between the bone `chest` and what hangs on it: arms and head.
    The sole lies flat at rest below the bone `foot`, whose toes end at `toe` if they do.
    """

    left_limbs: tuple[str, ...]
    sides: tuple[str, str]
    spine: str
    head_point: str
    head_bone: str
    ears_m: tuple[float, float] = (0.0, 0.0)
    forward_axis: int = 2
    look_up_deg: float = 0.0
    chest: str = ""
    raise_m: float = 0.0
    shoulder_width: float = 1.0
    arm: tuple[float, float] = (1.0, 1.0)
    leg: tuple[float, float] = (1.0, 1.0)
    foot: str = ""
    toe: str = ""


# The wrist of an Acclaim skeleton is the end of the bone `wrist`, not of the radius.
ACCLAIM = RigMap(
    left_limbs=("lhipjoint", "lfemur", "ltibia", "lclavicle", "lhumerus", "lwrist"),
    sides=("l", "r"),
    spine="lowerback",
    head_point="upperneck",
    head_bone="head",
    ears_m=(0.0, 0.055),
    look_up_deg=17.0,
    foot="lfoot",
    toe="ltoes",
)
# The conversion for DAZ figures has its hips low, its shoulders at the collar bones, no toes.
DAZ_BVH = RigMap(
    left_limbs=("lThigh", "lShin", "lFoot", "lShldr", "lForeArm", "lHand"),
    sides=("l", "r"),
    spine="abdomen",
    head_point="head",
    head_bone="head",
    ears_m=(-0.005, 0.06),
    shoulder_width=1.45,
    leg=(1.1, 0.92),
    foot="lFoot",
)
# Its forearms end at what CMU calls the end of the radius, and its thorax has no length.
EXPMAP = RigMap(
    left_limbs=("LeftUpLeg", "LeftLeg", "LeftFoot", "LeftArm", "LeftForeArm", "LeftHand"),
    sides=("Left", "Right"),
    spine="Spine",
    head_point="Head",
    head_bone="Head",
    ears_m=(0.0, 0.055),
    look_up_deg=17.0,
    chest="Spine1",
    raise_m=0.115,
    arm=(1.0, 1.5),
    foot="LeftFoot",
    toe="LeftToeBase_end",
)
DEEPMIMIC = RigMap(
    left_limbs=("left_hip", "left_knee", "left_ankle", "left_shoulder", "left_elbow", "left_wrist"),
    sides=("left_", "right_"),
    spine="chest",
    head_point="neck",
    head_bone="neck",
    ears_m=(0.0, 0.2),
    forward_axis=0,
    look_up_deg=20.0,
    foot="left_ankle",
)


def body_points(motion: RigMotion, rig: RigMap) -> Array:
    """Points (T, 25, 3), z up, of a rig whose file has y up."""
    limbs = {}
    for joint, name in zip(LIMB_JOINTS[:6], rig.left_limbs, strict=True):
        limbs[joint] = motion.point(name)
        limbs[joint.replace("left_", "right_")] = motion.point(_right(rig, name))
    limbs = widen(limbs, ARM, rig.shoulder_width)
    limbs = stretch(limbs, ARM, *rig.arm)
    limbs = stretch(limbs, LEG, *rig.leg)
    limbs |= _feet(motion, rig, limbs)
    head = _head(motion, rig)
    if rig.chest:
        rise = rig.raise_m * motion.frame(rig.chest)[:, :, 1]
        limbs |= {name: path + rise for name, path in limbs.items() if name.endswith(ARM)}
        head = replace(head, centre=head.centre + rise)
    points: Array = assemble(limbs, motion.point(rig.spine), head, _Y_UP[2]) @ _Y_UP.T
    return points


def _right(rig: RigMap, left_name: str) -> str:
    left, right = rig.sides
    return right + left_name.removeprefix(left)


def _feet(motion: RigMotion, rig: RigMap, limbs: dict[str, Array]) -> dict[str, Array]:
    """Heels and toes, none of a rig that has no feet; `limbs` may have moved."""
    feet: dict[str, Array] = {}
    if rig.foot not in motion.names:
        return feet
    names = (rig.left_limbs[LIMB_JOINTS.index("left_ankle")], rig.foot, rig.toe)
    for side, (ankle, bone, toe) in (("left", names), ("right", [_right(rig, name) for name in names])):
        frame, moved = motion.frame(bone), limbs[f"{side}_ankle"]
        axes = frame[:, :, rig.forward_axis], frame[:, :, 1]
        feet[f"{side}_heel"], feet[f"{side}_toe"] = mean_foot(moved, limbs[f"{side}_knee"], *axes)
        if rig.toe in motion.names:
            feet[f"{side}_toe"] = moved + motion.point(toe) - motion.point(ankle)
    return feet


def _head(motion: RigMotion, rig: RigMap) -> Head:
    frame = motion.frame(rig.head_bone)
    forward, up = frame[:, :, rig.forward_axis], frame[:, :, 1]
    centre = motion.point(rig.head_point) + rig.ears_m[0] * forward + rig.ears_m[1] * up
    left = np.cross(up, forward)
    pitch = np.deg2rad(rig.look_up_deg)
    forward = np.cos(pitch) * forward + np.sin(pitch) * up
    return Head(centre, forward, left, np.cross(forward, left))
