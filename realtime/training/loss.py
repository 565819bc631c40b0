"""What a network is trained to make small: errors of joints and of bones, in metres."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from ..skeleton import H36M17, Skeleton

# Distal joints are the hardest and the most visible; head and spine points are synthetic.
_JOINT_WEIGHT = {
    "pelvis": 0.0,
    "spine": 0.3,
    "neck": 0.5,
    "nose": 0.4,
    "head_top": 0.4,
    "hip": 1.0,
    "shoulder": 1.0,
    "knee": 1.2,
    "elbow": 1.3,
    "ankle": 1.5,
    "wrist": 1.5,
    # Of runners.
    "waist_back": 0.0,
    "spine_t2": 0.5,
    "spine_t12": 0.4,
    "head_front": 0.4,
    "heel": 1.5,
    "toe": 1.5,
}

# Of bones by the joint at their end: a foot is short, so that joints about the root hardly tell how it turns.
_BONE_WEIGHT = {"heel": 4.0, "toe": 4.0, "knee": 1.0, "ankle": 1.0}
_OTHER_BONE = 0.3

# m²: a body's is ten times as much.  What is smaller is hardly enlarged, or its gradient would outweigh all others
# where a training begins, with all joints in one point.
_NO_POWER = 0.1


def joint_loss(predicted: Tensor, target: Tensor, skeleton: Skeleton = H36M17) -> Tensor:
    """Weighted mean distance (m) of the joints (..., J, 3) of a skeleton, each pose relative to its own root."""
    return _weighted(_about_root(predicted, skeleton) - _about_root(target, skeleton), skeleton)


def velocity_loss(predicted: Tensor, target: Tensor, skeleton: Skeleton = H36M17) -> Tensor:
    """Weighted mean error (m per frame) of the velocities of joints (B, T, J, 3) about their root: Pavllo et al.,
    CVPR 2019, section 4; 20 times it is part of MotionBERT's loss."""
    error = _about_root(predicted, skeleton) - _about_root(target, skeleton)
    return _weighted(error[:, 1:] - error[:, :-1], skeleton)


def scaled_loss(predicted: Tensor, target: Tensor, skeleton: Skeleton = H36M17) -> Tensor:
    """As `joint_loss`, each pose (..., J, 3) with the least-squares scale for the true one (N-MPJPE, Rhodin et al.,
    ECCV 2018); half of it is part of MotionBERT's loss."""
    pose, true = _about_root(predicted, skeleton), _about_root(target, skeleton)
    power = (pose * pose).sum((-2, -1), keepdim=True).clamp(min=_NO_POWER)
    return _weighted((pose * true).sum((-2, -1), keepdim=True) / power * pose - true, skeleton)


def bone_loss(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
    """Weighted mean distance (m) between the bones, vectors from parent to child, of joints (B, J, 3)."""
    parents, children = map(list, zip(*skeleton.bones, strict=True))
    weight = _bone_weights(skeleton, predicted.device)
    difference = predicted - target
    distance = (difference[:, children] - difference[:, parents]).norm(dim=-1)
    loss: Tensor = (distance * weight).sum() / (weight.sum() * len(predicted))
    return loss


def _about_root(joints: Tensor, skeleton: Skeleton) -> Tensor:
    return joints - joints[..., skeleton.root, None, :]


def _weighted(differences: Tensor, skeleton: Skeleton) -> Tensor:
    """Weighted mean length of differences (..., J, 3)."""
    weight = _weights(skeleton, differences.device)
    distance = differences.norm(dim=-1)
    loss: Tensor = (distance * weight).sum() / (weight.sum() * distance[..., 0].numel())
    return loss


@cache  # a recorded step cannot copy them to the GPU
def _weights(skeleton: Skeleton, device: torch.device) -> Tensor:
    return torch.tensor([_weight(name) for name in skeleton.joints], device=device)


def _weight(joint: str) -> float:
    return _JOINT_WEIGHT.get(joint, _JOINT_WEIGHT.get(joint.rpartition("_")[2], 1.0))


@cache
def _bone_weights(skeleton: Skeleton, device: torch.device) -> Tensor:
    ends = (skeleton.joints[child].rpartition("_")[2] for _, child in skeleton.bones)
    return torch.tensor([_BONE_WEIGHT.get(end, _OTHER_BONE) for end in ends], device=device)
