"""What is drawn of 2D keypoints: the limbs between them, by joint name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..skeleton import Skeleton
from .limbs import Limb, ends
from .view import Floats

# Detectron2's drawing threshold (_KEYPOINT_THRESHOLD of its Visualizer); its scores are often 0.1.
SHOWN_SCORE = 0.05

_FACE_M, _MOST_M = 0.022, 0.052
LIMBS = (
    Limb("nose", "left_eye", _FACE_M),
    Limb("nose", "right_eye", _FACE_M),
    Limb("left_eye", "left_ear", _FACE_M),
    Limb("right_eye", "right_ear", _FACE_M),
    Limb("left_shoulder", "right_shoulder"),
    Limb("left_hip", "right_hip"),
    Limb("left_shoulder", "left_hip"),
    Limb("right_shoulder", "right_hip"),
    Limb("left_shoulder", "left_elbow"),
    Limb("left_elbow", "left_wrist"),
    Limb("right_shoulder", "right_elbow"),
    Limb("right_elbow", "right_wrist"),
    Limb("left_hip", "left_knee"),
    Limb("left_knee", "left_ankle"),
    Limb("right_hip", "right_knee"),
    Limb("right_knee", "right_ankle"),
)

# Where the detector has them.
FOOT_LIMBS = (
    Limb("left_ankle", "left_heel", 0.03),
    Limb("left_heel", "left_toe", 0.03),
    Limb("right_ankle", "right_heel", 0.03),
    Limb("right_heel", "right_toe", 0.03),
)


def widths(skeleton: Skeleton, limbs: Sequence[Limb]) -> tuple[Floats, Floats]:
    """Widths of the limbs (n,), 1 for most, and of the joints (K,): that of the widest limb that ends in
    each, 0 where none does."""
    of_limbs = np.array([limb.width_m for limb in limbs]) / _MOST_M
    of_joints = np.zeros(len(skeleton))
    np.maximum.at(of_joints, ends(skeleton, limbs).reshape(-1, 2), of_limbs[:, None])
    return of_limbs, of_joints
