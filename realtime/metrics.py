"""Errors of 3D poses, one number per frame; average them over frames to report.

Poses are (T, J, 3) in one unit, in the same axes, with the same joints; the answer has
that unit.  Joints are compared about the hips: see `about_hips`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .skeleton import Skeleton

Array = NDArray[np.floating[Any]]


def about_hips(poses: Array, skeleton: Skeleton) -> Array:
    """Poses (T, J, 3) with the middle of the two hips at the origin."""
    hips = poses[:, skeleton.indices(("left_hip", "right_hip"))]
    centred: Array = poses - hips.mean(1, keepdims=True)
    return centred


def joint_distances(predicted: Array, true: Array) -> Array:
    """How far each joint (T, J) is from where it should be."""
    _check(predicted, true)
    distances: Array = np.linalg.norm(predicted - true, axis=-1)
    return distances


def scaled(predicted: Array, true: Array) -> Array:
    """Poses (T, J, 3), each with the least-squares scale for the true one."""
    _check(predicted, true)
    product = (predicted * true).sum((1, 2))
    power = (predicted * predicted).sum((1, 2))
    scale = np.divide(product, power, out=np.zeros_like(product), where=power > 0)
    resized: Array = scale[:, None, None] * predicted
    return resized


def aligned(predicted: Array, true: Array) -> Array:
    """Poses (T, J, 3), each under the similarity transform (rotation, scale, translation)
    that fits the true one best: Umeyama, IEEE TPAMI 13(4), 1991."""
    _check(predicted, true)
    mean_predicted, mean_true = predicted.mean(1, keepdims=True), true.mean(1, keepdims=True)
    centred, wanted = predicted - mean_predicted, true - mean_true
    u, singular, vt = np.linalg.svd(wanted.transpose(0, 2, 1) @ centred)
    # A reflection fits no body: the least of the three axes is turned back.
    handed = np.sign(np.linalg.det(u @ vt))
    sign = np.stack([np.ones_like(handed), np.ones_like(handed), handed], -1)
    rotation = (u * sign[:, None, :]) @ vt
    power = (centred * centred).sum((1, 2))
    fitted = (singular * sign).sum(-1)
    scale = np.divide(fitted, power, out=np.zeros_like(fitted), where=power > 0)
    moved: Array = scale[:, None, None] * (centred @ rotation.transpose(0, 2, 1)) + mean_true
    return moved


def mpjpe(predicted: Array, true: Array) -> Array:
    """Mean per-joint position error (T,): "protocol 1" of Ionescu et al., "Human3.6M",
    IEEE TPAMI 36(7), 2014."""
    error: Array = joint_distances(predicted, true).mean(-1)
    return error


def n_mpjpe(predicted: Array, true: Array) -> Array:
    """MPJPE (T,) of `scaled` poses: Rhodin et al., "Unsupervised geometry-aware
    representation for 3D human pose estimation", ECCV 2018."""
    return mpjpe(scaled(predicted, true), true)


def pa_mpjpe(predicted: Array, true: Array) -> Array:
    """MPJPE (T,) of `aligned` poses: "protocol 2"."""
    return mpjpe(aligned(predicted, true), true)


def mpjve(predicted: Array, true: Array) -> Array:
    """Mean per-joint velocity error (T - 1,), per frame step: Pavllo et al., "3D human
    pose estimation in video with temporal convolutions and semi-supervised training",
    CVPR 2019.  It measures jitter."""
    _check(predicted, true)
    return mpjpe(np.diff(predicted, axis=0), np.diff(true, axis=0))


METRICS = {"MPJPE": mpjpe, "PA-MPJPE": pa_mpjpe, "N-MPJPE": n_mpjpe, "MPJVE": mpjve}


def scores_mm(predicted: Array, true: Array) -> dict[str, float]:
    """Every metric's mean over frames in millimetres, of poses in metres."""
    return {name: 1000 * float(metric(predicted, true).mean()) for name, metric in METRICS.items()}


def joint_errors_mm(predicted: Array, true: Array, predicted_before: Array, true_before: Array) -> dict[str, Array]:
    """Every metric of every joint (T, J) in millimetres, of poses in metres; their means over
    joints are the metrics above.  `*_before` are the poses (T, J, 3) one frame earlier, NaN
    where there is none, which makes the velocity error NaN."""
    errors = {
        "MPJPE": joint_distances(predicted, true),
        "PA-MPJPE": joint_distances(aligned(predicted, true), true),
        "N-MPJPE": joint_distances(scaled(predicted, true), true),
        "MPJVE": joint_distances(predicted - predicted_before, true - true_before),
    }
    return {name: 1000 * error for name, error in errors.items()}


def _check(predicted: Array, true: Array) -> None:
    if predicted.shape != true.shape or predicted.ndim != 3 or predicted.shape[2] != 3:
        raise ValueError(f"poses must be (T, J, 3) twice, not {predicted.shape} and {true.shape}")
