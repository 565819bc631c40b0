"""Simulated errors of 2D keypoint detectors (PyTorch, batched).

Two parts: a systematic offset of a detector's keypoints from the joint centres
(`detector_points`, in 3D), and random errors in the image (`disturb`).  The parameters match
BlazePose on a rendered person with known joints: median error 1.4 % of the body height,
bursts around occlusions, left-right swaps when a person turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from ...skeleton import COCO17, Skeleton
from ..mocap.canonical25 import CANONICAL25

PERSON_HEIGHT_M = 1.7  # the body height that noise levels are relative to

_FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
# Relative uncertainty of each joint.
_SPREAD = {
    "nose": 0.8,
    "eye": 0.7,
    "ear": 0.9,
    "shoulder": 1.0,
    "elbow": 1.0,
    "wrist": 1.1,
    "hip": 1.2,
    "knee": 1.0,
    "ankle": 1.2,
    "heel": 1.2,
    "toe": 1.3,
}
_FOOT = ("ankle", "heel", "toe")
# Which parts of the body swap their sides together; None is the whole body.
_SWAP_GROUPS = (("elbow", "wrist"), ("hip", "knee", *_FOOT), ("knee", *_FOOT), None)


@dataclass(frozen=True)
class NoiseLevels:
    """Standard deviations in body heights, shares per sample or joint."""

    strength: tuple[float, float] = (0.1, 1.3)  # scale of the next three, per sample
    constant: float = 0.008  # over the window
    slow: float = 0.008  # piecewise linear, with a knot every `knot_frames` frames
    white: float = 0.003
    burst: float = 0.05
    burst_share: float = 0.05  # of joints, over an interval of the window
    swap_share: float = 0.05  # of samples, over an interval of the window
    gap_share: float = 0.04  # of samples with a pose repeated over some frames
    face: float = 0.008  # offset of the whole face, because head shapes differ
    knot_frames: int = 7


# Offsets of BlazePose's keypoints from the joint centres, as fractions of the vector between
# two joints: shoulders 0.8 cm up the trunk, hips 2.7 cm down it, knees 1.4 cm up the
# thigh, ankles 3 cm up the shank of a person of 1.7 m.
_KEYPOINT_OFFSETS = {
    "shoulder": (0.015, "pelvis", "neck"),
    "hip": (-0.050, "pelvis", "neck"),
    "knee": (0.035, "{side}_knee", "{side}_hip"),
    "ankle": (0.075, "{side}_ankle", "{side}_knee"),
}
_MAX_OFFSET_SCALE = 1.1


@cache
def _offsets(skeleton: Skeleton) -> Tensor:
    """Matrix (25, J): the offsets of BlazePose's keypoints as linear functions of the body points."""
    matrix = torch.zeros(len(CANONICAL25), len(skeleton))
    for side in ("left", "right"):
        for joint, (share, start, end) in _KEYPOINT_OFFSETS.items():
            column = skeleton.index(f"{side}_{joint}")
            matrix[CANONICAL25.index(end.format(side=side)), column] += share
            matrix[CANONICAL25.index(start.format(side=side)), column] -= share
    return matrix


def detector_points(
    points: Tensor, levels: NoiseLevels, generator: torch.Generator, skeleton: Skeleton = COCO17
) -> Tensor:
    """The 3D points (B, T, J, 3) of a skeleton that a detector aims at, for a body (B, T, 21 or 25, 3):
    randomly between the joint centres, as in COCO annotations, and BlazePose's keypoints."""
    batch, device = len(points), points.device
    strength = _MAX_OFFSET_SCALE * torch.rand(batch, 1, 1, 1, device=device, generator=generator)
    offset = (points.transpose(-1, -2) @ _offsets(skeleton)[: points.shape[2]].to(device)).transpose(-1, -2)
    shift = torch.zeros(batch, 1, len(skeleton), 3, device=device)
    face = torch.randn(batch, 1, 1, 3, device=device, generator=generator)
    shift[:, :, skeleton.indices(_FACE)] = levels.face * PERSON_HEIGHT_M * face
    return points[:, :, CANONICAL25.indices(skeleton.joints)] + strength * offset + shift


def disturb(
    rays: Tensor, height: Tensor, levels: NoiseLevels, generator: torch.Generator, skeleton: Skeleton = COCO17
) -> Tensor:
    """Add detector noise to rays (B, T, J, 2) of a skeleton's keypoints; `height` (B,) is the height of the
    person in rays."""
    noise = _Noise(rays.shape, rays.device, levels, generator, skeleton)
    rays = rays + height[:, None, None, None] * (noise.drift() + noise.bursts())
    rays = rays.gather(2, noise.order()[..., None].expand_as(rays))
    return _hold(rays, noise.interval(levels.gap_share))


@dataclass(frozen=True)
class _Noise:
    shape: torch.Size
    device: torch.device
    levels: NoiseLevels
    generator: torch.Generator
    skeleton: Skeleton

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, device=self.device, generator=self.generator)

    def uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, device=self.device, generator=self.generator)

    def drift(self) -> Tensor:
        """The sum of constant, slow and white noise (B, T, J, 2) of every joint."""
        batch, frames, joints, _ = self.shape
        knots = max(2, frames // self.levels.knot_frames + 1)
        slow = torch.nn.functional.interpolate(
            self.normal(batch, joints * 2, knots), frames, mode="linear", align_corners=True
        )
        slow = slow.reshape(batch, joints, 2, frames).permute(0, 3, 1, 2)
        error = self.levels.constant * self.normal(batch, 1, joints, 2) + self.levels.slow * slow
        error = error + self.levels.white * self.normal(*self.shape)
        low, high = self.levels.strength
        strength = low + (high - low) * self.uniform(batch, 1, 1, 1)
        spread = torch.tensor([_SPREAD[_part(name)] for name in self.skeleton.joints], device=self.device)
        return strength * spread[:, None] * error

    def bursts(self) -> Tensor:
        """Large errors of a few joints over an interval."""
        batch, frames, joints, _ = self.shape
        when = self.interval(self.levels.burst_share, joints)
        size = self.levels.burst * self.normal(batch, 1, joints, 2)
        return when[..., None] * size * (0.7 + 0.6 * self.uniform(batch, frames, joints, 1))

    def order(self) -> Tensor:
        """Indices (B, T, J) of the keypoints after left-right swaps over an interval."""
        batch, frames, joints, _ = self.shape
        order = torch.arange(joints, device=self.device).expand(batch, frames, joints)
        for group in _SWAP_GROUPS:
            swapped = [
                self.skeleton.mirror[j] if group is None or _part(name) in group else j
                for j, name in enumerate(self.skeleton.joints)
            ]
            when = self.interval(self.levels.swap_share / len(_SWAP_GROUPS))
            order = torch.where(when[..., None], order[..., swapped], order)
        return order

    def interval(self, share: float, *each: int) -> Tensor:
        """A mask (B, T, *each) that is True over one random interval in a `share` of the rows;
        half of the intervals extend to the newest frame."""
        batch, frames = self.shape[:2]
        first = self.uniform(batch, 1, *each) * frames
        length = 1 + self.uniform(batch, 1, *each) * frames / 2
        last = torch.where(self.uniform(batch, 1, *each) < 0.5, torch.inf, first + length)
        time = torch.arange(frames, device=self.device).reshape(1, frames, *[1] * len(each))
        return (time >= first) & (time < last) & (self.uniform(batch, 1, *each) < share)


def _part(joint: str) -> str:
    return joint.rpartition("_")[2]


def _hold(rays: Tensor, missing: Tensor) -> Tensor:
    """Repeat the last pose before a gap, marked by `missing` (B, T); frame 0 is always kept."""
    time = torch.arange(rays.shape[1], device=rays.device)
    latest = torch.where(missing, 0, time).cummax(1).values
    return rays.gather(1, latest[:, :, None, None].expand_as(rays))
