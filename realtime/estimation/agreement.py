"""Whether lifted joints say the same as the keypoints of their frame."""

from __future__ import annotations

import numpy as np

from ..camera import Intrinsics, solve_root
from ..pose import Array, Pose2D
from ..skeleton import LIMB_JOINTS, Skeleton
from .limbs import limb_centres

# Mean distance of the projected limbs from their keypoints, at the person's distance.  On the clips with exact
# truth it is at most 0.03 m, after a cut in the film 0.3 m.
_AGREES_M = 0.03
_CONTRADICTS_M = 0.05
# ... and so many times what is usual for the network: one that was trained for another camera never fits well.
_UNUSUAL = 3.0
_SHARE_OF_NEWEST = 0.1  # in what is usual
# Sides contradict the keypoints where the joints fit so much better with left and right exchanged.
_BETTER = 0.8

# The score of a keypoint counts in full up to the first distance of its joint, and not at all from the second on.
# On the clips with exact truth no joint is further away than 0.06 m.
_DOUBTED_M = 0.08, 0.25

_NEAREST_M = 0.1  # of a point before the camera
_NOWHERE_M = float("inf")  # the misfit of joints that cannot be placed before it


class Agreement:
    """For joints and keypoints of these skeletons, of one person frame by frame."""

    def __init__(self, keypoints: Skeleton, joints: Skeleton, intrinsics: Intrinsics) -> None:
        self._intrinsics = intrinsics
        self._limbs, self._limbs_2d = limb_centres(joints), keypoints.indices(LIMB_JOINTS)
        self._exchanged = [LIMB_JOINTS.index(_other_side(joint)) for joint in LIMB_JOINTS]
        self._usual_m: float | None = None
        self._joints: Array | None = None  # the newest whose distances are known
        self._limb_distances_m: Array | None = None

    def contradicted(self, joints: Array, pose: Pose2D) -> bool:
        """Whether joints (J, 3) m in camera axes are far from the keypoints of the same frame, nearer to them
        with left and right exchanged, or can be placed before the camera only then."""
        score = pose.score[self._limbs_2d]
        misfit_m = _mean(self._distances(joints, pose), score)
        if misfit_m <= _AGREES_M:
            self._note(misfit_m)
            return False
        exchanged_m = _mean(_distances_m(self._limbs(joints)[self._exchanged], self._rays(pose), score), score)
        if exchanged_m < _BETTER * misfit_m or misfit_m == _NOWHERE_M:
            return exchanged_m < _NOWHERE_M
        unusual_m = _UNUSUAL * self._note(misfit_m)
        return misfit_m > max(_CONTRADICTS_M, unusual_m)

    def doubted(self, joints: Array, pose: Pose2D) -> Array:
        """The scores of the keypoints, lower where a joint is far from its keypoint."""
        near_m, far_m = _DOUBTED_M
        distances_m = self._distances(joints, pose)
        if distances_m is None or distances_m.max() <= near_m:
            return pose.score
        lowered = pose.score.copy()
        lowered[self._limbs_2d] *= np.clip((far_m - distances_m) / (far_m - near_m), 0, 1)
        return lowered

    def _distances(self, joints: Array, pose: Pose2D) -> Array | None:
        """As `_distances_m`; computed once for the same joints."""
        if joints is not self._joints:
            self._joints = joints
            score = pose.score[self._limbs_2d]
            self._limb_distances_m = _distances_m(self._limbs(joints), self._rays(pose), score)
        return self._limb_distances_m

    def _rays(self, pose: Pose2D) -> Array:
        return self._intrinsics.rays(pose.xy[self._limbs_2d], pose.size_wh)

    def _note(self, misfit_m: float) -> float:
        """What was usual before this frame."""
        usual_m = misfit_m if self._usual_m is None else self._usual_m
        self._usual_m = usual_m + _SHARE_OF_NEWEST * (min(misfit_m, _UNUSUAL * usual_m) - usual_m)
        return usual_m


def _other_side(joint: str) -> str:
    side, _, part = joint.partition("_")
    return f"{'right' if side == 'left' else 'left'}_{part}"


def _distances_m(limbs: Array, rays: Array, score: Array) -> Array | None:
    """How far (12,) the limbs are from their keypoints, at the person's distance; None where they cannot be placed."""
    root = solve_root(limbs, rays, score)
    if root is None:
        return None
    placed = limbs + root
    off = placed[:, :2] / np.maximum(placed[:, 2:], _NEAREST_M) - rays
    distances: Array = root[2] * np.sqrt((off * off).sum(-1))
    return distances


def _mean(distances_m: Array | None, score: Array) -> float:
    return _NOWHERE_M if distances_m is None else float(score @ distances_m / score.sum())
