"""Random virtual cameras around a person (PyTorch, batched)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

# Aspect ratios (width / height), sampled uniformly: landscape is more frequent than portrait.
_ASPECTS = (16 / 9, 16 / 9, 4 / 3, 4 / 3, 3 / 2, 1.0, 3 / 4, 9 / 16)
_MIN_DEPTH_M = 0.3
_MIN_PERSON_M = 1.3


@dataclass(frozen=True)
class CameraRanges:
    """Ranges of camera parameters; angles in degrees, pitch is positive for looking down."""

    level_share: float = 0.65  # share of cameras that are about level
    level_pitch_deg: tuple[float, float] = (4.0, 9.0)  # mean and standard deviation of their pitch
    other_pitch_deg: tuple[float, float] = (-30.0, 45.0)
    roll_deg: float = 3.0
    fov_deg: tuple[float, float] = (42.0, 82.0)  # along the longer side
    person_height: tuple[float, float] = (0.25, 0.95)  # relative to the image height


@dataclass(frozen=True, eq=False)
class Views:
    """One pinhole camera per sample: `rotation` (B, 3, 3) and `translation` (B, 3) from
    world (z up) to camera axes (x right, y down, z forward); `fov_deg` (B,) along the longer
    side; `distance_m` (B,) along the optical axis to the person."""

    rotation: Tensor
    translation: Tensor
    fov_deg: Tensor
    distance_m: Tensor

    def see(self, points: Tensor) -> Tensor:
        """Transform world points (B, T, J, 3) to camera axes."""
        rotated = torch.einsum("bij,btkj->btki", self.rotation, points)
        return rotated + self.translation[:, None, None]


def look(yaw: Tensor, pitch: Tensor, roll: Tensor) -> Tensor:
    """Rotations (B, 3, 3) from world to camera axes: the camera looks along the azimuth `yaw`,
    `pitch` below the horizon, and is rolled about its optical axis; radians."""
    zero = torch.zeros_like(yaw)
    right = torch.stack([yaw.sin(), -yaw.cos(), zero], -1)
    forward = torch.stack([yaw.cos() * pitch.cos(), yaw.sin() * pitch.cos(), -pitch.sin()], -1)
    down = torch.linalg.cross(forward, right)
    cos, sin = roll.cos()[:, None], roll.sin()[:, None]
    return torch.stack([cos * right + sin * down, cos * down - sin * right, forward], -2)


def place(points: Tensor, ranges: CameraRanges, generator: torch.Generator) -> Views:
    """Random cameras with the person of the last frame of `points` (B, T, J, 3) in the image."""
    batch, device = len(points), points.device

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(batch, device=device, generator=generator)

    def normal(mean: float, sigma: float) -> Tensor:
        return mean + sigma * torch.randn(batch, device=device, generator=generator)

    level = uniform(0, 1) < ranges.level_share
    pitch = torch.where(level, normal(*ranges.level_pitch_deg), uniform(*ranges.other_pitch_deg))
    roll = normal(0, ranges.roll_deg)
    rotation = look(uniform(-math.pi, math.pi), torch.deg2rad(pitch), torch.deg2rad(roll))
    fov_deg = uniform(*ranges.fov_deg)
    half_width, half_height = _half_image(fov_deg, uniform(0, len(_ASPECTS)).long())

    rotated = torch.einsum("bij,bkj->bki", rotation, points[:, -1])
    low, high = rotated.amin(1), rotated.amax(1)
    share = uniform(*ranges.person_height)
    distance = (high - low)[:, 1].clamp(min=_MIN_PERSON_M) / (2 * half_height * share)
    across = uniform(-0.9, 0.9) * half_width
    down = uniform(-1, 1) * half_height * (1.05 - share)
    target = distance[:, None] * torch.stack([across, down, torch.ones_like(down)], -1)
    return Views(rotation, target - (low + high) / 2, fov_deg, distance)


def rays(points: Tensor) -> Tensor:
    """Directions (..., 2), x/z and y/z, of points (..., 3) in camera axes; the depth is
    clamped to at least 0.3 m, also for points behind the camera."""
    return points[..., :2] / points[..., 2:].clamp(min=_MIN_DEPTH_M)


def as_if_fov(rays: Tensor, true_deg: Tensor, assumed_deg: Tensor) -> Tensor:
    """Rays (B, ...) as computed with an assumed field of view `assumed_deg` (B,) instead of the
    true one, `true_deg` (B,)."""
    zoom = torch.tan(torch.deg2rad(assumed_deg) / 2) / torch.tan(torch.deg2rad(true_deg) / 2)
    return rays * zoom.reshape(-1, *[1] * (rays.ndim - 1))


def _half_image(fov_deg: Tensor, aspect: Tensor) -> tuple[Tensor, Tensor]:
    """Half the width and height (B,) of the image plane at distance 1."""
    half_long = torch.tan(torch.deg2rad(fov_deg) / 2)
    ratio = torch.tensor(_ASPECTS, device=fov_deg.device)[aspect]
    return half_long * ratio.clamp(max=1), half_long / ratio.clamp(min=1)
