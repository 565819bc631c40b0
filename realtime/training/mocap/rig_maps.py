"""Mapping of rig points to joints, and conversion of posed rigs to the canonical form."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...formats.rig_motion import Array, RigMotion
from ...skeleton import LIMB_JOINTS
from .canonical25 import ARM, LEG, Head, assemble, stretch, widen
from .feet import mean_foot

# Rotation from y-up to z-up axes.
_Y_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@dataclass(frozen=True)
class RigMap:
    """Mapping of rig points to joints, with corrections of the rig's proportions.

    `left_limbs` are the points of the left hip, knee, ankle, shoulder, elbow and wrist;
    `sides` are the prefixes of left and right names.  The ears are at `ears_m` (forward, up)
    from `head_point`, rotated with the bone `head_bone`, which faces `forward_axis` (0: x,
    2: z) at rest and is pitched `look_up_deg` too low; y is up.  Arms and head are raised by
    `raise_m` along the bone `chest`.  The sole is flat at rest below the bone `foot`; `toe` is
    the end of the toes, if the rig has it.
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
# The conversion for DAZ figures has hips that are too low, shoulders at the collar bones, and no toes.
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
# Its forearms end at CMU's end of the radius, and its thorax has zero length.
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
    """Points (T, 25, 3), z up, of a rig with y up."""
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
    """Heels and toes; empty for a rig without feet.  `limbs` are the corrected joints."""
    feet: dict[str, Array] = {}
    if rig.foot not in motion.names:
        return feet
    names = (rig.left_limbs[LIMB_JOINTS.index("left_ankle")], rig.foot, rig.toe)
    for side, (ankle, bone, toe) in (("left", names), ("right", [_right(rig, name) for name in names])):
        frame, corrected = motion.frame(bone), limbs[f"{side}_ankle"]
        axes = frame[:, :, rig.forward_axis], frame[:, :, 1]
        feet[f"{side}_heel"], feet[f"{side}_toe"] = mean_foot(corrected, limbs[f"{side}_knee"], *axes)
        if rig.toe in motion.names:
            feet[f"{side}_toe"] = corrected + motion.point(toe) - motion.point(ankle)
    return feet


def _head(motion: RigMotion, rig: RigMap) -> Head:
    frame = motion.frame(rig.head_bone)
    forward, up = frame[:, :, rig.forward_axis], frame[:, :, 1]
    centre = motion.point(rig.head_point) + rig.ears_m[0] * forward + rig.ears_m[1] * up
    left = np.cross(up, forward)
    pitch = np.deg2rad(rig.look_up_deg)
    forward = np.cos(pitch) * forward + np.sin(pitch) * up
    return Head(centre, forward, left, np.cross(forward, left))
