"""Captured people before virtual cameras: the keypoints that a phone on a tripod and BlazePose would give.

The camera stands level and still, and has the person in its picture all the time.  Errors of the keypoints are recorded
ones, of rendered people that no network was trained on, in chunks of a second that fade into each other; a chunk's
errors belong to a pose similar to that in its middle, not to the phase of the movement.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from ...camera import DEFAULT_FOV_DEG
from ...motion import Floats
from ...pose import Array
from ...skeleton import COCO_FEET21
from ...track import KeypointTrack, single_person_track
from ..mocap.canonical25 import CANONICAL25
from ..synthesis.recorded_errors import ErrorBank, load_bank
from ..synthesis.virtual_cameras import look, rays
from .captured import Captured

SCORE = 0.9  # of all keypoints
_POINTS = CANONICAL25.indices(COCO_FEET21.joints)
PITCH_DEG, ROLL_DEG = 3.0, 1.5  # standard deviations of a camera that was put up to be level
_FARTHER, _MARGIN = 1.05, 0.03  # step of the distance until all of the way is in the picture; of its size
_CHUNK_S, _FADE_S = 1.0, 0.2


@dataclass(frozen=True)
class Place:
    """Where cameras stand, and of what shape their pictures are.

    `views`: by name, ranges of the angle between the direction in which the camera looks and that of the person's
    `forward`, degrees: 0 from behind, 90 and -90 from the side, 180 from the front.  A camera is farther away than
    `distance_m` where the person would not be in the picture, whose long side has a field of view of 60 degrees.
    """

    views: Mapping[str, tuple[tuple[float, float], ...]]
    distance_m: tuple[float, float]
    height_m: tuple[float, float]
    size_wh: tuple[int, int]

    @property
    def focal_px(self) -> float:
        """Focal length of the cameras."""
        return max(self.size_wh) / 2 / math.tan(math.radians(DEFAULT_FOV_DEG) / 2)


@dataclass(frozen=True, eq=False)
class Shot:
    """What a camera saw of a person: `seen` are the keypoints, whose time 0 is `start_s` in the captured motion;
    `distance_m` is that of the middle of the way; the camera stands at `place` (3,), and `rotation` (3, 3) takes the
    motion's axes to its own."""

    captured: Captured
    view: str
    seen: KeypointTrack
    start_s: float
    distance_m: float
    rotation: Floats
    place: Floats


@cache
def bank_of(*, held_out: bool) -> ErrorBank:
    """Recorded errors of BlazePose."""
    return load_bank(torch.device("cpu"), heldout=held_out, skeleton=COCO_FEET21)


def shoot(captured: Captured, where: Place, view: str, camera: int, rate_hz: float, bank: ErrorBank | None) -> Shot:
    """A motion from one of the views, by the random camera of this number; `bank`: of the errors, None for none.  The
    same arguments give the same shot, and other rates the same camera."""
    seed = zlib.crc32(f"{captured.name} {view} {camera}".encode())
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    rotation, place, distance_m = _camera(captured, where, view, rng)
    start_s = rng.uniform(0, 1 / rate_hz)
    at = np.arange(start_s, captured.times_s[-1], 1 / rate_hz) * captured.rate_hz
    low, part = at.astype(int), (at % 1)[:, None, None]
    points = (1 - part) * captured.points[low] + part * captured.points[np.minimum(low + 1, len(captured) - 1)]
    points = points[:, _POINTS]
    camera_m = torch.tensor((points - place) @ rotation.T, dtype=torch.float32)
    true = rays(camera_m)
    if bank is not None:
        height = captured.height_m / camera_m[:, COCO_FEET21.hips, 2].mean(1)
        true = true + _errors(true, height, rate_hz, bank, generator)
    return Shot(captured, view, _track(true.numpy(), where, rate_hz), start_s, distance_m, rotation, place)


def _camera(captured: Captured, where: Place, view: str, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Rotation from the motion's axes to the camera's, where it stands, and how far from the middle of the way."""
    ranges = where.views[view]
    relative = rng.uniform(*ranges[rng.integers(len(ranges))])
    yaw = math.atan2(captured.forward[1], captured.forward[0]) + math.radians(relative)
    pitch, roll = math.radians(rng.normal(0, PITCH_DEG)), math.radians(rng.normal(0, ROLL_DEG))
    rotation = look(*(torch.tensor([angle], dtype=torch.float64) for angle in (yaw, pitch, roll)))[0].numpy()
    floor_m = float(np.quantile(captured.points[..., 2], 0.01))
    middle = (captured.pelvis[0] + captured.pelvis[-1]) / 2
    along = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    distance_m, height_m = rng.uniform(*where.distance_m), rng.uniform(*where.height_m)
    while True:
        place = np.append((middle - distance_m * along)[:2], floor_m + height_m)
        if _in_picture((captured.points - place) @ rotation.T, where):
            return rotation, place, distance_m
        distance_m *= _FARTHER


def _in_picture(points: Floats, where: Place) -> bool:
    width, height = (side * (1 - 2 * _MARGIN) / 2 / where.focal_px for side in where.size_wh)
    depth = points[..., 2]
    inside = (depth > 1) & (np.abs(points[..., 0]) < width * depth) & (np.abs(points[..., 1]) < height * depth)
    return bool(inside.all())


def _errors(true: Tensor, height: Tensor, rate_hz: float, bank: ErrorBank, generator: torch.Generator) -> Tensor:
    """Errors (T, J, 2) of rays (T, J, 2) of a person of the `height` (T,) in rays."""
    frames, length, fade = len(true), round(_CHUNK_S * rate_hz), round(_FADE_S * rate_hz)
    starts = torch.arange(-fade, frames, length - fade)
    rows = starts[:, None] + torch.arange(length)
    known = rows.clamp(0, frames - 1)
    step_s = torch.full((len(starts),), 1 / rate_hz)
    chunks = bank.draw(true[known], height[known].mean(1), step_s, generator, length // 2)
    rise = (torch.arange(length) + 1) / (fade + 1)
    weight = torch.minimum(rise, rise.flip(0)).clamp(max=1)
    inside = (rows >= 0) & (rows < frames)
    total, weights = torch.zeros_like(true), torch.zeros(frames)
    total.index_add_(0, rows[inside], (weight[:, None, None] * chunks)[inside])
    weights.index_add_(0, rows[inside], weight.expand(len(starts), -1)[inside])
    return total / weights[:, None, None]


def _track(seen: Array, where: Place, rate_hz: float) -> KeypointTrack:
    xy = seen * where.focal_px + np.array(where.size_wh) / 2
    points = np.concatenate([xy, np.full((*xy.shape[:2], 1), SCORE)], -1).astype(np.float32)
    return single_person_track(points, where.size_wh, COCO_FEET21, rate_hz)
