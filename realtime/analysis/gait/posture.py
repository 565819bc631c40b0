"""Angles of the body in degrees, (T,) each, from the points of a body."""

from __future__ import annotations

import numpy as np

from ...kinematics.segments import bend, dorsiflexion
from ...motion import Floats
from ..body import Body


def knee_flexion(body: Body, side: str) -> Floats:
    """Flexion of the knee: 180° less the angle between thigh and shank; 0 is straight."""
    return bend(*(body.at[f"{side}_{part}"] for part in ("hip", "knee", "ankle")))


def elbow_flexion(body: Body, side: str) -> Floats:
    """Flexion of the elbow: 180° less the angle between upper arm and forearm; 0 is straight."""
    return bend(*(body.at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist")))


def ankle_dorsiflexion(body: Body, side: str) -> Floats:
    """Dorsiflexion of the ankle: by how much the foot (heel to toe) rises from square to the shank (ankle to knee); the
    toes up are positive."""
    at = body.at
    return dorsiflexion(at[f"{side}_toe"] - at[f"{side}_heel"], at[f"{side}_knee"] - at[f"{side}_ankle"])


def thigh_angle(body: Body, side: str, ahead: Floats) -> Floats:
    """Thigh (hip to knee) against the vertical in the sagittal plane; the knee ahead of the hip is positive."""
    thigh = body.at[f"{side}_knee"] - body.at[f"{side}_hip"]
    angle: Floats = np.degrees(np.arctan2((thigh * ahead).sum(1), -thigh[:, 2]))
    return angle


def shank_angle(body: Body, side: str, ahead: Floats) -> Floats:
    """Shank (knee to ankle) against the vertical in the sagittal plane; the ankle ahead of the knee is positive."""
    shank = body.at[f"{side}_ankle"] - body.at[f"{side}_knee"]
    angle: Floats = np.degrees(np.arctan2((shank * ahead).sum(1), -shank[:, 2]))
    return angle


def hip_flexion(body: Body, side: str, ahead: Floats) -> Floats:
    """Flexion of the hip in the sagittal plane: the thigh against the line of the trunk (between the hips to between
    the shoulders); the knee ahead is positive, 0 is a thigh in line with the trunk."""
    return thigh_angle(body, side, ahead) + trunk_lean(body, ahead)


def trunk_lean(body: Body, ahead: Floats) -> Floats:
    """Lean of the trunk (between the hips to between the shoulders) against the vertical in the sagittal plane; forward
    is positive."""
    trunk = (body.at["left_shoulder"] + body.at["right_shoulder"]) / 2
    lean: Floats = np.degrees(np.arctan2((trunk * ahead).sum(1), trunk[:, 2]))
    return lean


def foot_pitch(body: Body, side: str, ahead: Floats) -> Floats:
    """Foot (heel to toe) against the ground in the sagittal plane; the toe higher than the heel is positive."""
    return _pitch(body.at[f"{side}_toe"] - body.at[f"{side}_heel"], ahead)


def _pitch(vector: Floats, ahead: Floats) -> Floats:
    pitch: Floats = np.degrees(np.arctan2(vector[:, 2], (vector * ahead).sum(1)))
    return pitch
