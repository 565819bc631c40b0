"""Trials before virtual cameras: the keypoints that a phone on a tripod and BlazePose would give.

The camera stands level and still, the person crosses the whole picture.  Errors of the keypoints are recorded ones, of
rendered people that no network was trained on, in chunks of a second that fade into each other; a chunk's errors belong
to a pose similar to that in its middle, not to the phase of the gait.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ....camera import DEFAULT_FOV_DEG
from ....motion import Floats
from ....pose import Array
from ....skeleton import COCO_FEET21
from ....track import KeypointTrack, single_person_track
from ...mocap.canonical25 import CANONICAL25
from ...synthesis.recorded_errors import ErrorBank
from ...synthesis.virtual_cameras import look, rays
from .trials import Trial

SIZE_WH = (1920, 1080)
SCORE = 0.9  # of all keypoints
_FOCAL_PX = SIZE_WH[0] / 2 / math.tan(math.radians(DEFAULT_FOV_DEG) / 2)
_POINTS = CANONICAL25.indices(COCO_FEET21.joints)

# By the view: between the direction in which the camera looks and that of progress, degrees: 0 from behind, 90 and
# -90 from the side, 180 from the front.
SIDE = "side"
VIEWS = {
    SIDE: ((60, 120), (-120, -60)),
    "oblique from the front": ((120, 150), (-150, -120)),
    "oblique from behind": ((30, 60), (-60, -30)),
    "front": ((165, 195),),
    "back": ((-15, 15),),
}
DISTANCE_M, HEIGHT_M, PITCH_DEG, ROLL_DEG = (3.0, 6.0), (0.8, 1.6), 3.0, 1.5
_FARTHER, _MARGIN = 1.05, 0.03  # step of the distance until all of the way is in the picture; of its size
_CHUNK_S, _FADE_S = 1.0, 0.2


@dataclass(frozen=True, eq=False)
class Shot:
    """What a camera saw of a trial: `seen` are the keypoints, whose time 0 is `start_s` in the trial; `distance_m` is
    that of the middle of the way; the camera stands at `place` (3,), and `rotation` (3, 3) takes the trial's axes to
    its own."""

    trial: Trial
    view: str
    seen: KeypointTrack
    start_s: float
    distance_m: float
    rotation: Floats
    place: Floats


def shoot(trial: Trial, view: str, camera: int, rate_hz: float, bank: ErrorBank | None) -> Shot:
    """A trial from one of VIEWS, by the random camera of this number; `bank`: of the errors, None for none.  The same
    arguments give the same shot, and other rates the same camera."""
    seed = zlib.crc32(f"{trial.name} {view} {camera}".encode())
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    rotation, place, distance_m = _camera(trial, view, rng)
    start_s = rng.uniform(0, 1 / rate_hz)
    at = np.arange(start_s, trial.times_s[-1], 1 / rate_hz) * trial.rate_hz
    low, part = at.astype(int), (at % 1)[:, None, None]
    points = (1 - part) * trial.points[low] + part * trial.points[np.minimum(low + 1, len(trial) - 1)]
    points = points[:, _POINTS]
    camera_m = torch.tensor((points - place) @ rotation.T, dtype=torch.float32)
    true = rays(camera_m)
    if bank is not None:
        height = trial.height_m / camera_m[:, COCO_FEET21.hips, 2].mean(1)
        true = true + _errors(true, height, rate_hz, bank, generator)
    return Shot(trial, view, _track(true.numpy(), rate_hz), start_s, distance_m, rotation, place)


def _camera(trial: Trial, view: str, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Rotation from the trial's axes to the camera's, where it stands, and how far from the middle of the way."""
    ranges = VIEWS[view]
    relative = rng.uniform(*ranges[rng.integers(len(ranges))])
    yaw = math.atan2(trial.forward[1], trial.forward[0]) + math.radians(relative)
    pitch, roll = math.radians(rng.normal(0, PITCH_DEG)), math.radians(rng.normal(0, ROLL_DEG))
    rotation = look(*(torch.tensor([angle], dtype=torch.float64) for angle in (yaw, pitch, roll)))[0].numpy()
    floor_m = float(np.quantile(trial.points[..., 2], 0.01))
    middle = (trial.pelvis[0] + trial.pelvis[-1]) / 2
    along = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    distance_m, height_m = rng.uniform(*DISTANCE_M), rng.uniform(*HEIGHT_M)
    while True:
        place = np.append((middle - distance_m * along)[:2], floor_m + height_m)
        if _in_picture((trial.points - place) @ rotation.T):
            return rotation, place, distance_m
        distance_m *= _FARTHER


def _in_picture(points: Floats) -> bool:
    width, height = (side * (1 - 2 * _MARGIN) / 2 / _FOCAL_PX for side in SIZE_WH)
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


def _track(seen: Array, rate_hz: float) -> KeypointTrack:
    xy = seen * _FOCAL_PX + np.array(SIZE_WH) / 2
    points = np.concatenate([xy, np.full((*xy.shape[:2], 1), SCORE)], -1).astype(np.float32)
    return single_person_track(points, SIZE_WH, COCO_FEET21, rate_hz)
