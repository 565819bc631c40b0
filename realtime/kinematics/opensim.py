"""Coordinates of OpenSim's full-body models (Rajagopal et al. 2016, see `segments`), in degrees.

What `angles` calls not determined has a number here, which OpenSim needs.  A few are defined otherwise:

==========================  ===============================================================
pelvis_tilt, _list,         pelvis against the room (x right of the camera, y up, z towards
_rotation                   the camera)
hip_flexion, arm_flex       in -180..180; 0 of a limb straight out to the side
trunk_lean                  is no coordinate of the models
==========================  ===============================================================

Joint centres are not the models' bones: a neutral pose may differ from 0 by some degrees.
"""

from __future__ import annotations

import numpy as np

from ..motion import Floats, to_y_up
from ..skeleton import Skeleton
from .anatomy import body_points
from .segments import UP, axes, bend, dorsiflexion, swing, zxy_degrees
from .vectors import cross, unit

_SIDES = {"r": ("right", 1.0), "l": ("left", -1.0)}
_MIDDLE = ("pelvis", "spine", "neck")
_PARTS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_NEEDED = frozenset(_MIDDLE) | {f"{side}_{part}" for side in ("left", "right") for part in _PARTS}


def missing_points(skeleton: Skeleton) -> list[str]:
    """What a skeleton would need and does not tell."""
    return sorted(_NEEDED - body_points(np.zeros((len(skeleton), 3)), skeleton).keys())


def coordinates_deg(joints: Floats, skeleton: Skeleton) -> dict[str, Floats]:
    """Paths (T,) by OpenSim's name of the coordinate, from joints (T, J, 3) with z up; finite where the joints are.
    Ankles are among them where the skeleton has heels and toes.  KeyError where `missing_points` names some."""
    at = body_points(to_y_up(joints), skeleton)
    pelvis = axes(at["right_hip"] - at["left_hip"], at["spine"] - at["pelvis"])
    thorax = axes(at["right_shoulder"] - at["left_shoulder"], at["neck"] - at["spine"])
    back = np.swapaxes(pelvis, -1, -2) @ thorax
    angles = dict(zip(("pelvis_tilt", "pelvis_list", "pelvis_rotation"), zxy_degrees(pelvis), strict=True))
    for end, (side, outwards) in _SIDES.items():
        hip, knee, ankle = (at[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        flexion, adduction = swing(pelvis, knee - hip, outwards)
        angles |= {f"hip_flexion_{end}": flexion, f"hip_adduction_{end}": adduction}
        angles[f"knee_angle_{end}"] = bend(hip, knee, ankle)
        if {f"{side}_heel", f"{side}_toe"} <= at.keys():
            angles[f"ankle_angle_{end}"] = dorsiflexion(at[f"{side}_toe"] - at[f"{side}_heel"], knee - ankle)
    names = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
    angles |= dict(zip(names, zxy_degrees(back), strict=True))
    for end, (side, outwards) in _SIDES.items():
        shoulder, elbow, wrist = (at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
        flexion, adduction = swing(thorax, elbow - shoulder, outwards)
        angles |= {f"arm_flex_{end}": flexion, f"arm_add_{end}": adduction}
        angles[f"elbow_flex_{end}"] = bend(shoulder, elbow, wrist)
    trunk = at["neck"] - at["pelvis"]
    ahead = cross(UP, pelvis[..., 2])
    angles["trunk_lean"] = np.degrees(np.arctan2((trunk * unit(ahead)).sum(-1), trunk[:, 1]))
    return angles
