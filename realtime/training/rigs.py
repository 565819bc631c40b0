"""Readers of motion that comes as a posed skeleton: CMU's in its four dresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from ..skeleton import LIMB_JOINTS
from .acclaim import read_amc, read_asf
from .body import ARM, LEG, Head, assemble, stretch, widen
from .bvh import read_bvh
from .kinematics import (
    Array,
    RigMotion,
    axis_rotation,
    chain,
    exponential_rotation,
    quaternion_rotation,
)
from .text import number_rows, read_text

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


# The wrist of an Acclaim skeleton is the end of the bone `wrist`, not of the radius.
ACCLAIM = RigMap(
    left_limbs=("lhipjoint", "lfemur", "ltibia", "lclavicle", "lhumerus", "lwrist"),
    sides=("l", "r"),
    spine="lowerback",
    head_point="upperneck",
    head_bone="head",
    ears_m=(0.0, 0.055),
    look_up_deg=17.0,
)
# The conversion for DAZ figures has its hips low and its shoulders at the collar bones.
DAZ_BVH = RigMap(
    left_limbs=("lThigh", "lShin", "lFoot", "lShldr", "lForeArm", "lHand"),
    sides=("l", "r"),
    spine="abdomen",
    head_point="head",
    head_bone="head",
    ears_m=(-0.005, 0.06),
    shoulder_width=1.45,
    leg=(1.1, 0.92),
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
)


def body_points(motion: RigMotion, rig: RigMap) -> Array:
    """Points (T, 21, 3), z up, of a rig whose file has y up."""
    left, right = rig.sides
    limbs = {}
    for joint, name in zip(LIMB_JOINTS[:6], rig.left_limbs, strict=True):
        limbs[joint] = motion.point(name)
        limbs[joint.replace("left_", "right_")] = motion.point(right + name.removeprefix(left))
    limbs = widen(limbs, ARM, rig.shoulder_width)
    limbs = stretch(limbs, ARM, *rig.arm)
    limbs = stretch(limbs, LEG, *rig.leg)
    head = _head(motion, rig)
    if rig.chest:
        rise = rig.raise_m * motion.frame(rig.chest)[:, :, 1]
        limbs |= {name: path + rise for name, path in limbs.items() if name.endswith(ARM)}
        head = replace(head, centre=head.centre + rise)
    points: Array = assemble(limbs, motion.point(rig.spine), head) @ _Y_UP.T
    return points


def _head(motion: RigMotion, rig: RigMap) -> Head:
    frame = motion.frame(rig.head_bone)
    forward, up = frame[:, :, rig.forward_axis], frame[:, :, 1]
    centre = motion.point(rig.head_point) + rig.ears_m[0] * forward + rig.ears_m[1] * up
    left = np.cross(up, forward)
    pitch = np.deg2rad(rig.look_up_deg)
    forward = np.cos(pitch) * forward + np.sin(pitch) * up
    return Head(centre, forward, left, np.cross(forward, left))


def read_expmap(text: str, skeleton: dict[str, Any], name: str = "file") -> RigMotion:
    """Rows of a root path and one axis-angle vector per joint, whose rotations are
    written for row vectors; 120 Hz, root in CMU units of 56.444 mm."""
    rows = number_rows(text, delimiter=",", name=name)
    parents, rest = skeleton["parent"], np.array(skeleton["offset_mm"]) / 1000
    if rows.shape[1] != 3 + 3 * len(parents):
        raise FormatError(f"{name} has {rows.shape[1]} columns, its skeleton wants {3 + 3 * len(parents)}")
    local = exponential_rotation(-rows[:, 3:].reshape(len(rows), -1, 3))
    offsets = np.broadcast_to(rest, (len(rows), *rest.shape)).copy()
    offsets[:, 0] += rows[:, :3] * 0.056444
    points, frames = chain(parents, offsets, local)
    return RigMotion(tuple(skeleton["names"]), points, frames, 120.0)


def read_deepmimic(text: str, character: list[dict[str, Any]], name: str = "file") -> RigMotion:
    """A DeepMimic motion (json): per frame its duration, the root's place and
    quaternion, then per joint a quaternion (spherical) or an angle about z (revolute)."""
    try:
        rows = np.array(json.loads(text)["Frames"], float)
        local, offsets, column = [], [], 8
        for joint in character:
            turn, width = _deepmimic_turn(joint, rows[:, column:])
            column += width
            local.append(turn)
            attach = [joint[f"Attach{axis}"] for axis in "XYZ"]
            offsets.append(np.broadcast_to(attach, (len(rows), 3)))
        offsets[0], local[0] = rows[:, 1:4], quaternion_rotation(rows[:, 4:8])
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise FormatError(f"{name} is not a DeepMimic motion of this character ({error})") from error
    if column != rows.shape[1]:
        raise FormatError(f"{name} has {rows.shape[1]} numbers a frame, its character wants {column}")
    parents = [joint["Parent"] for joint in character]
    points, frames = chain(parents, np.stack(offsets, 1), np.stack(local, 1))
    rate_hz = 1 / float(np.median(rows[:, 0]))
    return RigMotion(tuple(joint["Name"] for joint in character), points, frames, rate_hz)


def _deepmimic_turn(joint: dict[str, Any], rest: Array) -> tuple[Array, int]:
    """Rotations of one joint, and how many of the row's numbers they took."""
    if joint["Type"] == "spherical":
        return quaternion_rotation(rest[:, :4]), 4
    if joint["Type"] == "revolute":
        return axis_rotation("z", rest[:, 0]), 1
    return np.broadcast_to(np.eye(3), (len(rest), 3, 3)), 0


Motions = Iterator[tuple[Path, Array, float]]


def acclaim_folder(folder: Path) -> Motions:
    """Every AMC motion with the skeleton of its subject (the file's name up to '_')."""
    skeletons = {p.name.partition(".")[0]: read_asf(read_text(p), str(p)) for p in folder.rglob("*.asf*")}
    for path in sorted(folder.rglob("*.amc*")):
        subject = path.name.partition("_")[0]
        if subject not in skeletons:
            raise FormatError(f"{path} has no skeleton {subject}.asf in {folder}")
        motion = read_amc(read_text(path), skeletons[subject], str(path))
        yield path, body_points(motion, ACCLAIM), motion.rate_hz


def bvh_folder(folder: Path) -> Motions:
    """Every BVH motion without its first frame, a T-pose that is not part of it.  Salsa
    was captured at 60 Hz, whatever its headers say."""
    for path in sorted(folder.rglob("*.bvh*")):
        motion = read_bvh(read_text(path), name=str(path))
        yield path, body_points(motion, DAZ_BVH)[1:], 60.0 if path.parent.name == "salsa" else motion.rate_hz


def expmap_folder(folder: Path) -> Motions:
    """Every motion of the exponential-map corpus, on its one skeleton."""
    skeleton = json.loads(read_text(folder / "skeleton.json"))
    for path in sorted([*folder.rglob("*.txt"), *folder.rglob("*.txt.gz")]):
        motion = read_expmap(read_text(path), skeleton, str(path))
        yield path, body_points(motion, EXPMAP), motion.rate_hz


def deepmimic_folder(folder: Path) -> Motions:
    """Every motion of the DeepMimic corpus, on its one character."""
    character = json.loads(read_text(folder / "humanoid3d.txt"))["Skeleton"]["Joints"]
    for path in sorted([*folder.rglob("*/*.txt"), *folder.rglob("*/*.txt.gz")]):
        motion = read_deepmimic(read_text(path), character, str(path))
        yield path, body_points(motion, DEEPMIMIC), motion.rate_hz
