"""The posture of a body in a few numbers that tell exercises from each other, and from dancing.

Most are told of the side that works and of the other one, so that left and right are alike.
"""

from __future__ import annotations

import numpy as np

from ....kinematics.segments import bend
from ....kinematics.vectors import cross, unit
from ....motion import Floats
from ...body import Body

# Degrees (flexion of knee, hip and elbow; elevation of the arm; lean of the trunk, forwards), percent of a unit vector
# (where an arm, a forearm, a shank, the chest point), and percent of the leg's length (one ankle against the other).
LEGS = "knee", "other knee", "hip", "other hip", "shank forwards", "feet apart", "foot ahead", "foot above"
ARMS = "arm", "other arm", "elbow", "other elbow", "arm outwards", "arm forwards", "forearm up"
TRUNK = "lean", "chest up"
POSTURE = (*LEGS, *ARMS, *TRUNK)
_OTHER = {"left": "right", "right": "left"}
_SIGN = {"left": 1.0, "right": -1.0}
_UP = np.array([0.0, 0.0, 1.0])


def postures(body: Body, side: str) -> Floats:
    """POSTURE (T, 17) at every instant, `side` the one that works.  Points that the skeleton does not have, NaN."""
    at, other, out = body.at, _OTHER[side], _SIGN[side]
    left = unit((at["left_hip"] - at["right_hip"]) * (1, 1, 0))
    ahead = cross(left, np.broadcast_to(_UP, left.shape))
    apart = 100 * (at[f"{side}_ankle"] - at[f"{other}_ankle"]) / body.leg_m
    unknown = np.full(len(body.times_s), np.nan)
    found = dict.fromkeys(POSTURE, unknown)
    found |= {
        "knee": _flexion(body, side, "hip", "knee", "ankle"),
        "other knee": _flexion(body, other, "hip", "knee", "ankle"),
        "shank forwards": 100 * _along(at[f"{side}_knee"] - at[f"{side}_ankle"], ahead),
        "feet apart": out * (apart * left).sum(1),
        "foot ahead": (apart * ahead).sum(1),
        "foot above": apart[:, 2],
    }
    if body.has("shoulder"):
        shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
        trunk = unit(shoulders - (at["left_hip"] + at["right_hip"]) / 2)
        across = unit(at["left_shoulder"] - at["right_shoulder"])
        found |= {
            "hip": _flexion(body, side, "shoulder", "hip", "knee"),
            "other hip": _flexion(body, other, "shoulder", "hip", "knee"),
            "lean": np.degrees(np.arctan2((trunk * ahead).sum(1), trunk[:, 2])),
            "chest up": 100 * unit(cross(across, trunk))[:, 2],
        }
        if body.has("elbow", "wrist"):
            upper = at[f"{side}_elbow"] - at[f"{side}_shoulder"]
            found |= {
                "arm": _elevation(body, side, trunk),
                "other arm": _elevation(body, other, trunk),
                "elbow": _flexion(body, side, "shoulder", "elbow", "wrist"),
                "other elbow": _flexion(body, other, "shoulder", "elbow", "wrist"),
                "arm outwards": 100 * out * _along(upper, left),
                "arm forwards": 100 * _along(upper, ahead),
                "forearm up": 100 * unit(at[f"{side}_wrist"] - at[f"{side}_elbow"])[:, 2],
            }
    return np.stack([found[name] for name in POSTURE], 1)


def _flexion(body: Body, side: str, *parts: str) -> Floats:
    return bend(*(body.at[f"{side}_{part}"] for part in parts))


def _elevation(body: Body, side: str, trunk: Floats) -> Floats:
    arm = unit(body.at[f"{side}_wrist"] - body.at[f"{side}_shoulder"])
    degrees: Floats = np.degrees(np.arccos(np.clip(-(arm * trunk).sum(1), -1, 1)))
    return degrees


def _along(vectors: Floats, axis: Floats) -> Floats:
    share: Floats = (unit(vectors) * axis).sum(1)
    return share
