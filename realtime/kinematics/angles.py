"""Joint angles from 17 joint centres, in degrees, as OpenSim's full-body models mean them.

Bodies have axes x forward, y up, z to the person's right, as in OpenSim.  The pelvis has z
along the hips and y towards the spine, the thorax z along the shoulders and y from the
spine to the neck; what is not square is made so, z first.  A rotation is split as
Rz(a) Rx(b) Ry(c), the order of the models' pelvis and back joints (Rajagopal et al., "Full-
body musculoskeletal model for muscle-driven simulation of human gait", IEEE Trans. Biomed.
Eng. 63(10), 2016).  A thigh or an upper arm that hangs along -y of its body and is turned
by Rz(flexion) Rx(adduction) points along (sin f cos a, -cos f cos a, -sin a): so both
angles are told by its direction, and the turn about its length is not.

==========================  ===============================================================
pelvis_tilt, _list,         pelvis against the room (x right of the camera, y up, z towards
_rotation                   the camera)
hip_flexion, hip_adduction  thigh in the pelvis; forward and inward are positive, inward
                            within 90°; a limb straight out to the side has no flexion
knee_angle                  180° less the angle at the knee: 0 straight, positive bent
lumbar_extension, _bending, thorax in the pelvis; backward, to the right and to the left
_rotation                   are positive
arm_flex, arm_add           upper arm in the thorax; forward and inward are positive
elbow_flex                  180° less the angle at the elbow
trunk_lean                  pelvis to neck against the vertical, in the plane that the person
                            faces: forward is positive (no coordinate of the models)
==========================  ===============================================================

Joint centres are not the models' bones: a neutral pose may differ from 0 by some degrees.
"""

from __future__ import annotations

import numpy as np

from ..motion import Floats, to_y_up
from ..skeleton import Skeleton
from .vectors import unit

_STRAIGHT_OUT = 1e-6  # sine of the angle to the body's side; there flexion is not told
_SIDES = {"r": ("right", 1.0), "l": ("left", -1.0)}


def joint_angles_deg(joints: Floats, skeleton: Skeleton) -> dict[str, Floats]:
    """Paths (T,) by OpenSim's name of the coordinate, from joints (T, J, 3) with z up."""
    points = to_y_up(joints)
    at = {name: points[:, i] for i, name in enumerate(skeleton.joints)}
    pelvis = _axes(at["right_hip"] - at["left_hip"], at["spine"] - at["pelvis"])
    thorax = _axes(at["right_shoulder"] - at["left_shoulder"], at["neck"] - at["spine"])
    back = np.swapaxes(pelvis, -1, -2) @ thorax
    angles = dict(zip(("pelvis_tilt", "pelvis_list", "pelvis_rotation"), zxy_degrees(pelvis), strict=True))
    for end, (side, outwards) in _SIDES.items():
        hip, knee, ankle = (at[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        flexion, adduction = _swing(pelvis, knee - hip, outwards)
        angles |= {f"hip_flexion_{end}": flexion, f"hip_adduction_{end}": adduction}
        angles[f"knee_angle_{end}"] = _bend(hip, knee, ankle)
    names = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
    angles |= dict(zip(names, zxy_degrees(back), strict=True))
    for end, (side, outwards) in _SIDES.items():
        shoulder, elbow, wrist = (at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
        flexion, adduction = _swing(thorax, elbow - shoulder, outwards)
        angles |= {f"arm_flex_{end}": flexion, f"arm_add_{end}": adduction}
        angles[f"elbow_flex_{end}"] = _bend(shoulder, elbow, wrist)
    trunk = at["neck"] - at["pelvis"]
    ahead = np.cross([0.0, 1.0, 0.0], pelvis[..., 2])
    angles["trunk_lean"] = np.degrees(np.arctan2((trunk * unit(ahead)).sum(-1), trunk[:, 1]))
    return angles


def zxy_degrees(rotation: Floats) -> tuple[Floats, Floats, Floats]:
    """Angles a, b, c (...) of rotations (..., 3, 3) = Rz(a) Rx(b) Ry(c); where b is a right
    angle only a + c or a - c is told, and c is 0."""
    sine = np.clip(rotation[..., 2, 1], -1, 1)
    locked = np.abs(sine) > 1 - 1e-9
    z = np.where(
        locked,
        np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0]),
        np.arctan2(-rotation[..., 0, 1], rotation[..., 1, 1]),
    )
    y = np.where(locked, 0, np.arctan2(-rotation[..., 2, 0], rotation[..., 2, 2]))
    return np.degrees(z), np.degrees(np.arcsin(sine)), np.degrees(y)


def _axes(right: Floats, up: Floats) -> Floats:
    """Rotations (T, 3, 3) whose columns are forward, up, right; `right` is kept."""
    z = unit(right)
    forward = unit(np.cross(up, z))
    return np.stack([forward, np.cross(z, forward), z], -1)


def _swing(body: Floats, limb: Floats, outwards: float) -> tuple[Floats, Floats]:
    x, y, z = np.moveaxis(np.einsum("tji,tj->ti", body, unit(limb)), -1, 0)
    flexion = np.where(np.hypot(x, y) < _STRAIGHT_OUT, 0, np.degrees(np.arctan2(x, -y)))
    return flexion, np.degrees(np.arcsin(np.clip(-outwards * z, -1, 1)))


def _bend(start: Floats, middle: Floats, end: Floats) -> Floats:
    """Degrees by which the second bone leaves the line of the first."""
    first, second = middle - start, end - middle
    across = np.linalg.norm(np.cross(first, second), axis=-1)
    bend: Floats = np.degrees(np.arctan2(across, (first * second).sum(-1)))
    return bend
