"""Augmentation of body proportions and poses (PyTorch, batched).

A batch is points (B, T, 25, 3) of `canonical25.CANONICAL25`, or only its first 21, without heels
and toes; both are treated alike.  Changes are made in the body frame, so they rotate with the
body, and are constant over a sample or vary smoothly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..mocap.canonical25 import CANONICAL25
from ..mocap.feet import FEET
from .exercises import ExerciseRanges, carry, exercise

_NAMES = [CANONICAL25.joints[child] for _, child in CANONICAL25.bones]

_FOOT = ("heel", "toe")
_HEAD = ("head_top", "left_eye", "right_eye", "left_ear", "right_ear")

# Kinematic chains of the pose perturbation: for each bone, named after its distal joint, the
# rotations applied to it, the most proximal first.
_TURNS = ("trunk", *(f"{side}_{part}" for side in ("left", "right") for part in ("arm", "forearm", "leg", "shank")))
_TURNED_BY = {
    f"{side}_{joint}": [f"{side}_{turn}" if turn != "trunk" else turn for turn in turns]
    for side in ("left", "right")
    for joint, turns in {
        "hip": [],
        "knee": ["leg"],
        "ankle": ["leg", "shank"],
        "heel": ["leg", "shank"],
        "toe": ["leg", "shank"],
        "shoulder": ["trunk"],
        "elbow": ["trunk", "arm"],
        "wrist": ["trunk", "arm", "forearm"],
    }.items()
}


@dataclass(frozen=True)
class BodyChanges:
    """Strength of the augmentation; shares are probabilities per sample."""

    size: tuple[float, float] = (1.02, 0.05)  # scale of the whole body, mean and standard deviation
    bone: float = 0.05  # scale of each left-right pair of bones, standard deviation
    hip_width: tuple[float, float] = (1.0, 1.3)  # CMU's hips are narrow
    arm_swap: float = 0.35  # share of samples with the arms of another sample
    leg_swap: float = 0.15
    turned: float = 0.7  # share of samples with rotated limbs
    arm_deg: float = 12.0
    leg_deg: float = 6.0
    trunk_deg: float = 4.0
    leaning: float = 0.3  # share of samples bent forward at the hips, which is rare in motion capture
    lean_deg: tuple[float, float] = (-10.0, 70.0)
    exercising: float = 0.2  # share of samples with a synthetic exercise
    exercise: ExerciseRanges = field(default_factory=ExerciseRanges)


def mirror(points: Tensor) -> Tensor:
    """The motion mirrored, with left and right joints swapped.  An involution."""
    flipped = points * points.new_tensor([-1.0, 1.0, 1.0])
    return flipped[..., list(CANONICAL25.mirror[: points.shape[-2]]), :]


def vary(points: Tensor, changes: BodyChanges, generator: torch.Generator) -> Tensor:
    """Augment a batch: mirror half of the samples, swap limbs between samples, rotate limbs,
    and change body size and proportions."""
    draw = _Draw(len(points), points.device, generator)
    points = torch.where(draw.chance(0.5)[:, None, None, None], mirror(points), points)
    frame = body_frame(points)
    local = _bones(points) @ frame
    names = _NAMES[: local.shape[2]]
    _swap(local, names, draw, ("elbow", "wrist"), changes.arm_swap)
    _swap(local, names, draw, ("knee", "ankle", *_FOOT), changes.leg_swap)
    _exercise(local, names, draw, changes)
    local = torch.einsum("bkij,btkj->btki", _turns(names, draw, changes) * _lengths(names, draw, changes), local)
    return _assemble(points[:, :, :1], local @ frame.transpose(-1, -2))


def body_frame(points: Tensor) -> Tensor:
    """Rotations (B, T, 3, 3) whose columns are the body's forward, left and up directions."""
    index = CANONICAL25.index
    across = points[..., index("left_hip"), :] - points[..., index("right_hip"), :]
    trunk = points[..., index("neck"), :] - points[..., index("pelvis"), :]
    left = torch.nn.functional.normalize(across, dim=-1)
    forward = torch.nn.functional.normalize(torch.linalg.cross(left, trunk), dim=-1)
    return torch.stack([forward, left, torch.linalg.cross(forward, left)], -1)


def rotations(vectors: Tensor) -> Tensor:
    """Rotations (..., 3, 3) of axis-angle vectors (..., 3) in radians."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    rows = [torch.stack(row, -1) for row in ((zero, -z, y), (z, zero, -x), (-y, x, zero))]
    exponential: Tensor = torch.linalg.matrix_exp(torch.stack(rows, -2))
    return exponential


@dataclass(frozen=True)
class _Draw:
    """Random numbers for a batch, one row per sample."""

    batch: int
    device: torch.device
    generator: torch.Generator

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(self.batch, *shape, device=self.device, generator=self.generator)

    def uniform(self, *shape: int) -> Tensor:
        return torch.rand(self.batch, *shape, device=self.device, generator=self.generator)

    def chance(self, probability: float) -> Tensor:
        return self.uniform() < probability

    def others(self) -> Tensor:
        return torch.randperm(self.batch, device=self.device, generator=self.generator)


def _bones(points: Tensor) -> Tensor:
    parents, children = zip(*CANONICAL25.bones[: points.shape[2] - 1], strict=True)
    return points[:, :, list(children)] - points[:, :, list(parents)]


def _assemble(root: Tensor, bones: Tensor) -> Tensor:
    """Points from the root trajectory (B, T, 1, 3) and bones (B, T, J - 1, 3)."""
    placed = {0: root[:, :, 0]}
    for bone, (parent, child) in enumerate(CANONICAL25.bones[: bones.shape[2]]):
        placed[child] = placed[parent] + bones[:, :, bone]
    return torch.stack([placed[joint] for joint in range(len(placed))], 2)


def _swap(local: Tensor, names: list[str], draw: _Draw, joints: tuple[str, ...], probability: float) -> None:
    """Swap the bones that end at `joints` between samples, in place."""
    swapped = [i for i, name in enumerate(names) if name.endswith(joints)]
    identity = torch.arange(draw.batch, device=draw.device)
    source = torch.where(draw.chance(probability), draw.others(), identity)
    local[:, :, swapped] = local[:, :, swapped][source]


def _exercise(local: Tensor, names: list[str], draw: _Draw, changes: BodyChanges) -> None:
    """Replace limb and trunk directions of some samples by those of an exercise, in place."""
    chosen = draw.chance(changes.exercising).nonzero()[:, 0]
    pose = exercise(len(chosen), local.shape[1], changes.exercise, draw.device, draw.generator)
    bones = local[chosen]
    trunk = [i for i, name in enumerate(names) if not name.endswith(("hip", "knee", "ankle", *_FOOT))]
    bones[:, :, trunk] = bones[:, :, trunk] @ pose.lean.transpose(-1, -2)
    limbs = {"knee": pose.thigh, "ankle": pose.shank, "elbow": pose.upper_arm, "wrist": pose.forearm}
    for joint, direction in limbs.items():
        pair = [names.index(f"left_{joint}"), names.index(f"right_{joint}")]
        for part in _FOOT if joint == "ankle" else ():
            feet = [i for i, name in enumerate(names) if name.endswith(part)]
            bones[:, :, feet] = carry(bones[:, :, feet], bones[:, :, pair], direction)
        bones[:, :, pair] = bones[:, :, pair].norm(dim=-1, keepdim=True) * direction
    local[chosen] = bones


def _turns(names: list[str], draw: _Draw, changes: BodyChanges) -> Tensor:
    """Random rotation (B, J - 1, 3, 3) of every bone."""
    sigma = {"trunk": changes.trunk_deg, "arm": changes.arm_deg, "leg": changes.leg_deg}
    sigma |= {"forearm": changes.arm_deg, "shank": changes.leg_deg}
    spread = torch.tensor([sigma[turn.rpartition("_")[2]] for turn in _TURNS], device=draw.device)
    vectors = draw.normal(len(_TURNS), 3) * torch.deg2rad(spread)[:, None]
    vectors *= draw.chance(changes.turned)[:, None, None]
    low, high = changes.lean_deg
    # A positive rotation about the left axis leans forward.
    lean = torch.deg2rad(low + (high - low) * draw.uniform())
    vectors[:, _TURNS.index("trunk"), 1] += lean * draw.chance(changes.leaning)
    turn = rotations(vectors)
    bones = []
    for name in names:
        total = torch.eye(3, device=draw.device).expand(draw.batch, 3, 3)
        for step in _TURNED_BY.get(name, ["trunk"]):
            total = total @ turn[:, _TURNS.index(step)]
        bones.append(total)
    return torch.stack(bones, 1)


def _lengths(names: list[str], draw: _Draw, changes: BodyChanges) -> Tensor:
    """Random scale (B, J - 1, 1, 1) of the length of every bone, equal for left and right; the
    bones of the head share one scale, and a foot scales with its shank."""
    shared = dict.fromkeys(_HEAD, "head") | dict.fromkeys(FEET, "ankle")
    groups = [shared.get(name, name.removeprefix("left_").removeprefix("right_")) for name in names]
    unique = sorted(set(groups))
    factor = 1 + changes.bone * draw.normal(len(unique)).clamp(-2, 2)
    low, high = changes.hip_width
    factor[:, unique.index("hip")] = low + (high - low) * draw.uniform()
    mean, spread = changes.size
    size = mean + spread * draw.normal(1).clamp(-2.5, 2.5)
    return (size * factor)[:, [unique.index(group) for group in groups], None, None]
