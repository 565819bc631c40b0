"""Lifted joints and the keypoints behind them → the pose that is published."""

from __future__ import annotations

import numpy as np

from ..camera import Intrinsics
from ..pose import BRIDGED, OK, WARMING_UP, Array, Pose2D, Pose3D
from ..skeleton import LIMB_JOINTS, Skeleton
from ..smoothing import OneEuro
from .camera_level import CameraLevel
from .distance import DistanceFilter, SeenLimbs, measured_distance
from .limbs import limb_centres

_LEGS = ("left_knee", "left_ankle", "right_knee", "right_ankle")
_SEEN = 0.3  # score of knees and ankles
# Score at most of a joint of which no keypoint is found, as of toes with COCO's keypoints: it follows from the
# motion of the others.
_GUESSED = 0.3

# The 2D keypoints that stand for a joint without a keypoint of its name; its score is the lowest
# of theirs.
_HIPS, _SHOULDERS = ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
_SEEN_BY = {
    "pelvis": _HIPS,
    "waist_back": _HIPS,
    "spine": (*_HIPS, *_SHOULDERS),
    "spine_t12": (*_HIPS, *_SHOULDERS),
    "spine_t2": _SHOULDERS,
    "neck": _SHOULDERS,
    "head_top": ("nose",),
    "head_front": ("nose",),
}


def evidence(keypoints: Skeleton, joints: Skeleton) -> list[list[int]]:
    """For each joint the indices of the keypoints that show it: its own, those of the table, or
    those of its parent (the ankle of a toe, where the detector finds none)."""
    return [keypoints.indices(_shown_by(joint, keypoints, joints)) for joint in range(len(joints))]


def _shown_by(joint: int, keypoints: Skeleton, joints: Skeleton) -> tuple[str, ...]:
    name = joints.joints[joint]
    if name in keypoints.joints:
        return (name,)
    return _SEEN_BY[name] if name in _SEEN_BY else _shown_by(joints.parents[joint], keypoints, joints)


def most_score(keypoints: Skeleton, joints: Skeleton) -> Array:
    """The score (J,) that each joint can have at most."""
    is_shown = [name in keypoints.joints or name in _SEEN_BY for name in joints.joints]
    return np.where(is_shown, 1.0, _GUESSED).astype(np.float32)


class RootPlacement:
    """Turns camera axes into published ones, finds the root, smooths; poses come in order.

    `keypoints` and `joints` are the skeletons that the network goes from and to; `level`:
    how far below the horizon the camera looks.
    """

    def __init__(
        self,
        keypoints: Skeleton,
        joints: Skeleton,
        intrinsics: Intrinsics,
        level: CameraLevel,
        smooth: OneEuro | None = None,
    ) -> None:
        self._skeleton = joints
        self._intrinsics = intrinsics
        self._smooth = smooth
        self._level = level
        shown_by = evidence(keypoints, joints)
        # Side by side, with where each joint's begin, for one call of reduceat.
        self._points = np.concatenate(shown_by)
        self._starts = np.cumsum([0, *map(len, shown_by[:-1])])
        self._most_score = most_score(keypoints, joints)
        self._legs = keypoints.indices(_LEGS)
        self._limbs, self._limbs_2d = limb_centres(joints), keypoints.indices(LIMB_JOINTS)
        self._distance = DistanceFilter()

    def reset(self) -> None:
        """Forget the past."""
        self._distance.reset()
        if self._smooth is not None:
            self._smooth.reset()

    def __call__(self, joints: Array, keypoints: Pose2D, score: Array | None = None, *, is_warm: bool) -> Pose3D:
        """`joints` (J, 3) in camera axes, m, the keypoints of the same frame, and how far each of them counts for
        the score of the joints, by default their own scores."""
        score = keypoints.score if score is None else score
        root = self._root(joints, keypoints)
        rotation = self._levelled(joints, root, keypoints)
        xyz = joints @ rotation.T
        if self._smooth is not None:
            xyz = self._smooth(xyz, keypoints.t_capture_ns / 1e9)
        return Pose3D(
            xyz=np.ascontiguousarray(xyz, np.float32),
            score=np.minimum(np.minimum.reduceat(score[self._points], self._starts), self._most_score),
            root_m=None if root is None else rotation @ root,
            skeleton=self._skeleton,
            index=keypoints.index,
            t_capture_ns=keypoints.t_capture_ns,
            t_unix_ns=keypoints.t_unix_ns,
            reason=BRIDGED if keypoints.bridged else OK if is_warm else WARMING_UP,
            pitch_deg=self._level.pitch_deg,
        )

    def _levelled(self, joints: Array, root: Array | None, keypoints: Pose2D) -> Array:
        """The rotation to level axes.  Legs that are not seen tell nothing of the tilt."""
        t_s = keypoints.t_capture_ns / 1e9
        if self._level.is_estimated:
            if not keypoints.bridged and self._sees_legs(keypoints):
                self._level.add(joints, root, self._skeleton, t_s)
            self._level.turn(t_s)
        return self._level.rotation

    def _sees_legs(self, keypoints: Pose2D) -> bool:
        xy, score = keypoints.xy[self._legs], keypoints.score[self._legs]
        return bool((score >= _SEEN).all() and (xy >= 0).all() and (xy <= keypoints.size_wh).all())

    def _root(self, joints: Array, keypoints: Pose2D) -> Array | None:
        """The root in camera axes.  Limbs only: 2D and 3D heads are not the same points."""
        rays = self._intrinsics.rays(keypoints.xy[self._limbs_2d], keypoints.size_wh)
        limbs = SeenLimbs.known(self._limbs(joints), rays, keypoints.score[self._limbs_2d])
        measured_m = measured_distance(limbs)
        if measured_m is None:
            return None
        return limbs.root_at(self._distance(measured_m, limbs, keypoints.t_capture_ns / 1e9))
