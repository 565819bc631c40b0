"""What is drawn of a pose of any skeleton: the joints of Human3.6M, and the feet that it has of its own.

Points (..., 17, 3) without feet, or (..., 21, 3) with heel and toe of the left and the right one behind the joints.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ...kinematics.anatomy import h36m_joints
from ...skeleton import H36M17, Skeleton
from ..view import Floats
from .vectors import unit

FOOT_POINTS = ("left_heel", "left_toe", "right_heel", "right_toe")
DRAWN = Skeleton(
    name="drawn",
    joints=(*H36M17.joints, *FOOT_POINTS),
    parents=(*H36M17.parents, *(H36M17.index(f"{point.partition('_')[0]}_ankle") for point in FOOT_POINTS)),
    left=(*H36M17.left, len(H36M17), len(H36M17) + 1),
    right=(*H36M17.right, len(H36M17) + 2, len(H36M17) + 3),
)
# Of a foot with a toe only, from its ankle: along the line to the toe, and across it in the plane of the shank.
# Fitted to two runs of RunningPose's runner: 13 mm from the heels of her third.
_HEEL_ALONG, _HEEL_ACROSS = -0.38, 0.27


def answered_points(joints: Floats, skeleton: Skeleton) -> Floats:
    """Joints (..., J, 3) → the points that are drawn.  Raises ValueError for a skeleton that cannot be."""
    body = h36m_joints(joints, skeleton)
    if not {"left_toe", "right_toe", "left_ankle", "left_knee"} <= set(skeleton.joints):
        return body
    return np.concatenate([body, _feet(joints, skeleton)], -2)


def split_feet(points: Floats) -> tuple[Floats, Floats | None]:
    """One pose (17 or 21, 3) as joints (17, 3) and feet (2, 2, 3), which are None where it has none of its own."""
    joints, feet = points[: len(H36M17)], points[len(H36M17) :]
    return joints, feet.reshape(2, 2, 3) if len(feet) else None


@cache
def can_be_drawn(skeleton: Skeleton) -> bool:
    """Whether `answered_points` knows the skeleton."""
    try:
        h36m_joints(np.zeros((len(skeleton), 3)), skeleton)
    except ValueError:
        return False
    return True


def _feet(joints: Floats, skeleton: Skeleton) -> Floats:
    """Heel and toe of the left and the right foot (..., 4, 3)."""
    at = {name: joints[..., i, :] for i, name in enumerate(skeleton.joints)}
    for side in ("left", "right"):
        if f"{side}_heel" not in at:
            ankle = at[f"{side}_ankle"]
            along = at[f"{side}_toe"] - ankle
            axis = unit(np.cross(at[f"{side}_knee"] - ankle, along))
            at[f"{side}_heel"] = ankle + _HEEL_ALONG * along + _HEEL_ACROSS * np.cross(axis, along)
    return np.stack([at[name] for name in FOOT_POINTS], -2)
