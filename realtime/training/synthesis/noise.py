"""What 2D detectors get wrong (PyTorch, batched).

Two parts: the keypoints a detector means are not joint centres (`detector_points`, in
space), and it does not find even those (`disturb`, in the image).  Figures are those
of BlazePose on a rendered person with known joints: median error 1.4 % of the body's
height, bursts around occlusions, swapped sides when a person turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ...skeleton import COCO17
from ..mocap.canonical25 import CANONICAL25, CANONICAL25_TO_COCO

PERSON_HEIGHT_M = 1.7  # the height that noise is measured in

_FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
# How uncertain each joint is beside the others.
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
}
_ARMS = COCO17.indices([f"{s}_{p}" for s in ("left", "right") for p in ("elbow", "wrist")])
_LEGS = COCO17.indices([f"{s}_{p}" for s in ("left", "right") for p in ("hip", "knee", "ankle")])
_SWAPPED = (_ARMS, _LEGS, _LEGS[1:3] + _LEGS[4:], list(range(len(COCO17))))


@dataclass(frozen=True)
class NoiseLevels:
    """Standard deviations in body heights, shares per sample or joint."""

    strength: tuple[float, float] = (0.1, 1.3)  # of the three below, per sample
    constant: float = 0.008  # over the window
    slow: float = 0.008  # bends every few frames
    white: float = 0.003
    burst: float = 0.05
    burst_share: float = 0.05  # of joints, over a stretch of the window
    swap_share: float = 0.05  # of samples, over a stretch
    gap_share: float = 0.04  # of samples with a pose repeated over some frames
    face: float = 0.008  # of the whole face: head shapes differ
    knot_frames: int = 7


# Where BlazePose's points lie beside the joint centres, as shares of the vector between
# two joints: shoulders 3.6 cm up the trunk, hips 2.7 cm down it, knees 1.4 cm up the
# thigh, ankles 3 cm up the shank of a person of 1.7 m.
_MARKED_OFF = {
    "shoulder": (0.070, "pelvis", "neck"),
    "hip": (-0.050, "pelvis", "neck"),
    "knee": (0.035, "{side}_knee", "{side}_hip"),
    "ankle": (0.075, "{side}_ankle", "{side}_knee"),
}
_STRONGEST_OFFSET = 1.1


def _offsets() -> Tensor:
    """Matrix (25, 17): how the points of a body move its COCO keypoints towards BlazePose's."""
    matrix = torch.zeros(len(CANONICAL25), len(COCO17))
    for side in ("left", "right"):
        for joint, (share, start, end) in _MARKED_OFF.items():
            column = COCO17.index(f"{side}_{joint}")
            matrix[CANONICAL25.index(end.format(side=side)), column] += share
            matrix[CANONICAL25.index(start.format(side=side)), column] -= share
    return matrix


def detector_points(points: Tensor, levels: NoiseLevels, generator: torch.Generator) -> Tensor:
    """What a detector marks (B, T, 17, 3) of a body (B, T, 21 or 25, 3): anything between the
    joints themselves, which COCO's annotators mean, and BlazePose's points."""
    batch, device = len(points), points.device
    strength = _STRONGEST_OFFSET * torch.rand(batch, 1, 1, 1, device=device, generator=generator)
    offset = (points.transpose(-1, -2) @ _offsets()[: points.shape[2]].to(device)).transpose(-1, -2)
    shift = torch.zeros(batch, 1, len(COCO17), 3, device=device)
    face = torch.randn(batch, 1, 1, 3, device=device, generator=generator)
    shift[:, :, COCO17.indices(_FACE)] = levels.face * PERSON_HEIGHT_M * face
    return points[:, :, CANONICAL25_TO_COCO] + strength * offset + shift


def disturb(rays: Tensor, height: Tensor, levels: NoiseLevels, generator: torch.Generator) -> Tensor:
    """Rays (B, T, 17, 2) as a detector gives them; `height` (B,) is that of a person in
    rays."""
    noise = _Noise(rays.shape, rays.device, levels, generator)
    rays = rays + height[:, None, None, None] * (noise.drift() + noise.bursts())
    rays = rays.gather(2, noise.order()[..., None].expand_as(rays))
    return _hold(rays, noise.stretch(levels.gap_share))


@dataclass(frozen=True)
class _Noise:
    shape: torch.Size
    device: torch.device
    levels: NoiseLevels
    generator: torch.Generator

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, device=self.device, generator=self.generator)

    def uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, device=self.device, generator=self.generator)

    def drift(self) -> Tensor:
        """Constant, slow and white error (B, T, 17, 2) of every joint."""
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
        spread = torch.tensor([_SPREAD[name.rpartition("_")[2]] for name in COCO17.joints], device=self.device)
        return strength * spread[:, None] * error

    def bursts(self) -> Tensor:
        """Large error of a few joints over a stretch of time."""
        batch, frames, joints, _ = self.shape
        when = self.stretch(self.levels.burst_share, joints)
        size = self.levels.burst * self.normal(batch, 1, joints, 2)
        return when[..., None] * size * (0.7 + 0.6 * self.uniform(batch, frames, joints, 1))

    def order(self) -> Tensor:
        """Which keypoint is taken for which (B, T, 17): sides are swapped for a stretch."""
        batch, frames, joints, _ = self.shape
        order = torch.arange(joints, device=self.device).expand(batch, frames, joints)
        for group in _SWAPPED:
            exchanged = [COCO17.mirror[j] if j in group else j for j in range(joints)]
            when = self.stretch(self.levels.swap_share / len(_SWAPPED))
            order = torch.where(when[..., None], order[..., exchanged], order)
        return order

    def stretch(self, share: float, *each: int) -> Tensor:
        """True (B, T, *each) over one stretch of a `share` of the rows; half of the
        stretches reach the newest frame."""
        batch, frames = self.shape[:2]
        first = self.uniform(batch, 1, *each) * frames
        length = 1 + self.uniform(batch, 1, *each) * frames / 2
        last = torch.where(self.uniform(batch, 1, *each) < 0.5, torch.inf, first + length)
        time = torch.arange(frames, device=self.device).reshape(1, frames, *[1] * len(each))
        return (time >= first) & (time < last) & (self.uniform(batch, 1, *each) < share)


def _hold(rays: Tensor, missing: Tensor) -> Tensor:
    """Repeat the last pose before a gap; `missing` (B, T).  The first pose is never missing."""
    time = torch.arange(rays.shape[1], device=rays.device)
    latest = torch.where(missing, 0, time).cummax(1).values
    return rays.gather(1, latest[:, :, None, None].expand_as(rays))
