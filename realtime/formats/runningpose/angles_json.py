"""`angles.json` of RunningPose's render, which its web page reads: eight angles in degrees, a number a frame.

Each is the angle at the second of three joints, 180 where they are in line.  Keys and triples are RunningPose's
(core/visualization.py), its spelling of the feet included, with one correction: its Spine was the angle from
SpineThoracic2 over SpineThoracic12 to a *shoulder*; here it goes to the back of the waist.  Its file repeated the
first frame, and held no frames without a person; here a frame without an angle is null.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ...kinematics.vectors import unit
from ...motion import Floats, Motion3D
from ...runtime.new_files import write_text

_ANGLES = {
    "LElbow": ("left_shoulder", "left_elbow", "left_wrist"),
    "RElbow": ("right_shoulder", "right_elbow", "right_wrist"),
    "Neck": ("head_front", "spine_t2", "spine_t12"),
    "Spine": ("spine_t2", "spine_t12", "waist_back"),
    "LKnee": ("left_hip", "left_knee", "left_ankle"),
    "RKnee": ("right_hip", "right_knee", "right_ankle"),
    "LFot": ("left_knee", "left_ankle", "left_toe"),
    "RFot": ("right_knee", "right_ankle", "right_toe"),
}
# What stands for RunningPose's joints in Human3.6M's skeleton.
_INSTEAD = {"head_front": "nose", "spine_t2": "neck", "spine_t12": "spine", "waist_back": "pelvis"}


def runner_angles_deg(recording: Motion3D) -> dict[str, Floats]:
    """The eight angles (T,) of a motion, degrees; NaN where a joint is not known, and everywhere if the skeleton has
    no such joint: Human3.6M's has no feet."""
    points = {joint: recording.joints[:, i].astype(np.float64) for i, joint in enumerate(recording.skeleton.joints)}
    unknown = np.full((len(recording), 3), np.nan)
    angles = {}
    for name, joints in _ANGLES.items():
        start, middle, end = (points.get(joint, points.get(_INSTEAD.get(joint, ""), unknown)) for joint in joints)
        angles[name] = _inner_angle_deg(start - middle, end - middle)
    return angles


def write_angles_json(path: Path, recording: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be)."""
    columns = (
        f"    {json.dumps(name)}: {json.dumps([None if np.isnan(x) else round(float(x), 3) for x in column])}"
        for name, column in runner_angles_deg(recording).items()
    )
    write_text(path, "{\n" + ",\n".join(columns) + "\n}\n")


def _inner_angle_deg(first: Floats, second: Floats) -> Floats:
    """The angle (T,) between vectors (T, 3): 0 where they point one way, 180 where they point apart."""
    first, second = unit(first), unit(second)
    angle: Floats = np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second), axis=-1), (first * second).sum(-1)))
    return angle
