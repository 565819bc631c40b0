"""Synthetic exercises that are rare in motion capture: squats, lunges, hip hinges and raised
arms (PyTorch, batched).

Joint angles in degrees relative to standing upright with hanging arms, in anatomical terms:
flexion moves a limb forward or bends a joint, abduction moves a limb outwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

Range = tuple[float, float]


@dataclass(frozen=True)
class ExerciseRanges:
    """Ranges of motion.  In a squat both legs move alike, with the shank below the body and the
    trunk leaning forward; otherwise the legs move independently."""

    squats: float = 0.6  # share of squats, the others are lunges and steps
    squat_hip: Range = (20.0, 125.0)
    squat_knee_per_hip: Range = (0.9, 1.5)
    lean: Range = (-5.0, 80.0)
    hip: Range = (-30.0, 100.0)
    knee: Range = (0.0, 120.0)
    leg_out: Range = (-5.0, 35.0)
    arm: Range = (-40.0, 175.0)
    arm_out: Range = (-10.0, 100.0)
    elbow: Range = (0.0, 140.0)
    arm_roll: Range = (-80.0, 80.0)
    same_arms: float = 0.6
    held: float = 0.3  # share of samples that hold the pose, the others move in and out of it
    cycles: Range = (0.2, 1.5)  # per window


@dataclass(frozen=True, eq=False)
class Exercise:
    """Unit vectors of the limbs (B, T, 2, 3), left and right, in axes forward, left, up;
    `lean` (B, T, 3, 3) rotates trunk and head (it is already applied to the arms)."""

    thigh: Tensor
    shank: Tensor
    upper_arm: Tensor
    forearm: Tensor
    lean: Tensor


class _Draw:
    def __init__(self, batch: int, frames: int, device: torch.device, generator: torch.Generator) -> None:
        self._batch, self._frames, self._device, self._generator = batch, frames, device, generator

    def uniform(self, low: float, high: float, sides: int = 1) -> Tensor:
        """(B, 1, sides)."""
        draw = torch.rand(self._batch, 1, sides, device=self._device, generator=self._generator)
        return low + (high - low) * draw

    def radians(self, limits: Range, sides: int = 1) -> Tensor:
        return torch.deg2rad(self.uniform(*limits, sides))

    def effort(self, ranges: ExerciseRanges) -> Tensor:
        """Progress from standing (0) to the full pose (1), (B, T, 1)."""
        time = torch.linspace(0, 1, self._frames, device=self._device)[:, None]
        phase = 2 * math.pi * (self.uniform(0, 1) + self.uniform(*ranges.cycles) * time)
        return torch.where(self.uniform(0, 1) < ranges.held, torch.ones_like(phase), (1 - phase.cos()) / 2)


def exercise(
    batch: int, frames: int, ranges: ExerciseRanges, device: torch.device, generator: torch.Generator
) -> Exercise:
    """Random exercises, one window per sample."""
    draw = _Draw(batch, frames, device, generator)
    effort = draw.effort(ranges)
    squat = draw.uniform(0, 1) < ranges.squats
    squat_hip = draw.radians(ranges.squat_hip)
    squat_knee = squat_hip * draw.uniform(*ranges.squat_knee_per_hip)
    hip = effort * torch.where(squat, squat_hip, draw.radians(ranges.hip, 2))
    knee = effort * torch.where(squat, squat_knee, draw.radians(ranges.knee, 2))
    leg_out = draw.radians(ranges.leg_out).expand(-1, -1, 2) * (0.3 + 0.7 * effort)
    lean = _about_left(effort * draw.radians(ranges.lean))[:, :, 0]

    effort = draw.effort(ranges)
    same = draw.uniform(0, 1) < ranges.same_arms

    def arms(limits: Range) -> Tensor:
        angles = draw.radians(limits, 2)
        return torch.where(same, angles[..., :1], angles)

    raised, out = effort * arms(ranges.arm), effort * arms(ranges.arm_out)
    upper = _limb(raised, out)
    fore = _bend(upper, raised, effort * arms(ranges.elbow), arms(ranges.arm_roll))
    turn = lean.transpose(-1, -2)
    return Exercise(_limb(hip, leg_out), _limb(hip - knee, leg_out), upper @ turn, fore @ turn, lean)


def carry(feet: Tensor, shanks: Tensor, direction: Tensor) -> Tensor:
    """Foot bones (B, T, 2, 3), rotated like their `shanks` when these are rotated to `direction`,
    without twist relative to the body's left axis.  There may be no feet (B, T, 0, 3)."""
    if not feet.shape[2]:
        return feet
    turn = _shank_axes(direction) @ _shank_axes(shanks).transpose(-1, -2)
    rotated: Tensor = (turn @ feet[..., None])[..., 0]
    return rotated


def _shank_axes(shanks: Tensor) -> Tensor:
    """Rotations (..., 3, 3) whose columns are the direction of a shank (..., 3), forward and right."""
    down = torch.nn.functional.normalize(shanks, dim=-1)
    left = down.new_tensor([0.0, 1.0, 0.0]).expand_as(down)
    forward = torch.nn.functional.normalize(torch.linalg.cross(down, left), dim=-1)
    return torch.stack([down, forward, torch.linalg.cross(down, forward)], -1)


def _limb(flexion: Tensor, abduction: Tensor) -> Tensor:
    """Unit vectors (B, T, 2, 3) of a hanging limb after flexion, then abduction."""
    outwards = abduction.new_tensor([1.0, -1.0])
    level = abduction.cos()
    return torch.stack([flexion.sin() * level, outwards * abduction.sin(), -flexion.cos() * level], -1)


def _bend(upper: Tensor, flexion: Tensor, bend: Tensor, roll: Tensor) -> Tensor:
    """Unit vectors of the forearms, with the elbow flexed by `bend`: forwards for a `roll` of 0,
    inwards for a positive roll."""
    ahead = torch.stack([flexion.cos(), torch.zeros_like(flexion), flexion.sin()], -1)
    inwards = torch.linalg.cross(upper, ahead) * upper.new_tensor([[1.0], [-1.0]])
    aside = roll.cos()[..., None] * ahead + roll.sin()[..., None] * inwards
    forearm: Tensor = bend.cos()[..., None] * upper + bend.sin()[..., None] * aside
    return forearm


def _about_left(angle: Tensor) -> Tensor:
    """Rotations (..., 3, 3) about the left axis, from up towards forward."""
    cos, sin = angle.cos(), angle.sin()
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    rows = ((cos, zero, sin), (zero, one, zero), (-sin, zero, cos))
    return torch.stack([torch.stack(row, -1) for row in rows], -2)
