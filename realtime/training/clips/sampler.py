"""Windows of recordings as their cameras saw them, as `synthesis.batches` makes them of motion capture.

The keypoints are the projected truth: no detector's errors, no other cameras than those that were there, and no other
bodies.  An epoch has one window of every clip, about a frame of it by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ...formats.perfectrep.preprocessed import SeenRecording
from ...skeleton import COCO17, Skeleton
from ..evaluation.heldout import HeldoutSamples
from ..mocap.canonical25 import CANONICAL25
from ..synthesis.batches import Batch, Recipe
from ..synthesis.targets import target_joints
from .bodies import SeenBodies
from .clips import CLIP_FRAMES, STRIDES, cut

_SEED = 20210
STEPS = 3  # windows have every frame, every second or every third one: 50, 25 or 17 a second
_TEST_STEP = 2


class SeenSampler:
    """Draws batches from the clips of recordings, by their numbers."""

    def __init__(self, recordings: Sequence[SeenRecording], recipe: Recipe, device: torch.device, seed: int) -> None:
        self.recipe = recipe
        self.generator = torch.Generator(device).manual_seed(seed)
        self._bodies = SeenBodies.of(recordings, device)
        self._clips = _clip_rows(recordings).to(device)

    def __len__(self) -> int:
        return len(self._clips)

    def batch(self, clips: Tensor) -> Batch:
        """A window of each of these clips (B,)."""
        recipe, size = self.recipe, len(clips)
        steps = 1 + self._below(STEPS, size)
        rows = self._clips[clips, self._below(self._clips.shape[1], size)]
        ahead = torch.arange(recipe.window, device=rows.device) - recipe.answer % recipe.window
        points = self._bodies.windows(rows, steps[:, None] * ahead)
        joints = target_joints(points if recipe.every_frame else points[:, recipe.answer], recipe.target)
        if recipe.height_m is not None:
            shares = recipe.height_m / self._bodies.height_m[rows]
            joints = joints * shares.reshape(-1, *[1] * (joints.ndim - 1))
        return Batch(rays_of(points, recipe.skeleton), joints, None if recipe.every_frame else recipe.answer)

    def _below(self, count: int, size: int) -> Tensor:
        device = self._clips.device
        return torch.randint(count, (size,), device=device, generator=self.generator)


def rays_of(points: Tensor, keypoints: Skeleton) -> Tensor:
    """The directions x/z and y/z (..., J, 2) to the keypoints of a skeleton, of canonical points (..., 25, 3)."""
    seen = points[..., CANONICAL25.indices(keypoints.joints), :]
    return seen[..., :2] / seen[..., 2:]


def seen_samples(
    recordings: Sequence[SeenRecording],
    receptive_field: int,
    lookahead: int,
    size: int,
    device: torch.device,
    keypoints: Skeleton = COCO17,
) -> HeldoutSamples:
    """The same samples of people held out in every call, 25 frames a second, for a network that sees so many frames,
    `lookahead` of them after the one that it answers for."""
    bodies = SeenBodies.of(recordings, device)
    chance = torch.Generator(device).manual_seed(_SEED)
    rows = torch.randint(len(bodies.points), (size,), device=device, generator=chance)
    now = receptive_field - lookahead
    ahead = torch.arange(-now, lookahead + 1, device=device)
    points = bodies.windows(rows, _TEST_STEP * ahead.expand(size, -1))
    return HeldoutSamples(
        rays_of(points, keypoints), points[:, now - 1 : now + 1], now, rows, bodies.height_m[rows], keypoints
    )


def _clip_rows(recordings: Sequence[SeenRecording]) -> Tensor:
    """The rows (C, T) of all clips."""
    rows, first = [], 0
    for recording in recordings:
        frames = len(recording.joints_m)
        rows.append(torch.from_numpy(first + cut(frames, CLIP_FRAMES, STRIDES["train"])))
        first += frames
    return torch.cat(rows)
