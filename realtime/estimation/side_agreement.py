"""Whether lifted joints say the same as the keypoints about which side is which."""

from __future__ import annotations

import numpy as np

from ..camera import Intrinsics, solve_root
from ..pose import Array, Pose2D
from ..skeleton import LIMB_JOINTS, Skeleton

# The joints contradict the keypoints where they fit so much better with their sides exchanged.  On the
# clips with exact truth no frame does.
_BETTER = 0.8
_NEAREST_M = 0.1  # of a point before the camera


class SideAgreement:
    """For joints and keypoints of these skeletons."""

    def __init__(self, keypoints: Skeleton, joints: Skeleton, intrinsics: Intrinsics) -> None:
        self._intrinsics = intrinsics
        self._limbs_3d, self._limbs_2d = joints.indices(LIMB_JOINTS), keypoints.indices(LIMB_JOINTS)
        order = list(LIMB_JOINTS)
        self._exchanged = [order.index(joints.joints[joints.mirror[joint]]) for joint in self._limbs_3d]

    def contradicted(self, joints: Array, pose: Pose2D) -> bool:
        """Whether joints (J, 3) m in camera axes are nearer to the keypoints of the same frame when left
        and right are exchanged, or can be placed before the camera only then."""
        rays, score = self._intrinsics.rays(pose.xy[self._limbs_2d], pose.size_wh), pose.score[self._limbs_2d]
        limbs = joints[self._limbs_3d]
        return _misfit(limbs[self._exchanged], rays, score) < _BETTER * _misfit(limbs, rays, score)


def _misfit(limbs: Array, rays: Array, score: Array) -> float:
    """Mean distance, in rays, of projected joints from the keypoints; inf where they cannot be placed."""
    root = solve_root(limbs, rays, score)
    if root is None:
        return float("inf")
    placed = limbs + root
    error = np.abs(placed[:, :2] / np.maximum(placed[:, 2:], _NEAREST_M) - rays).sum(-1)
    return float(score @ error / score.sum())
