"""From clips to batches of what a live window holds, and what should come out of it.

Everything is computed on the training device, a batch at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..coords import DEFAULT_FOV_DEG
from ..features import FeatureSet, hip_ray
from .augment import BodyChanges, vary
from .body import BODY_TO_COCO, BODY_TO_H36M
from .cameras import CameraRanges, Views, as_if_fov, place, rays
from .corpora import RATE_HZ, Motions
from .noise import PERSON_HEIGHT_M, NoiseLevels, detector_points, disturb
from .recorded import load_bank


@dataclass(frozen=True)
class Recipe:
    """How samples are made.  `step` is the range of 60 Hz frames between two frames of a
    window (60 / step frames a second); `known_fov` the share of samples whose true field
    of view is told, the others are taken for the program's default; `recorded` the share of
    samples with a detector's recorded errors, the others have made-up ones; `body` None
    leaves bodies as they were recorded; `answer` the frame of the window that the network
    answers for, the newest but for symmetric networks."""

    window: int = 27
    answer: int = -1
    step: tuple[float, float] = (1.0, 4.0)
    known_fov: float = 0.5
    recorded: float = 0.6
    body: BodyChanges | None = field(default_factory=BodyChanges)
    cameras: CameraRanges = field(default_factory=CameraRanges)
    noise: NoiseLevels = field(default_factory=NoiseLevels)


@dataclass(frozen=True, eq=False)
class Batch:
    """`rays` (B, T, 17, 2) as the program would have them, COCO-17; `joints` (B, 17, 3)
    of the frame `answer`, H36M-17, camera axes, metres, about the pelvis."""

    rays: Tensor
    joints: Tensor
    answer: int = -1

    def pair(self, features: FeatureSet) -> tuple[Tensor, Tensor]:
        """The network's input (B, T, channels) and wanted output (B, 17, 3)."""
        inputs = features.encode(self.rays, hip_ray(self.rays))
        return inputs, features.target(self.joints, hip_ray(self.answered))

    @property
    def answered(self) -> Tensor:
        """Rays (B, 17, 2) of the frame that is answered for."""
        return self.rays[:, self.answer]


class Sampler:
    """Draws batches from clips, each corpus by its weight.  `heldout` takes the recorded
    errors that training does not."""

    def __init__(
        self, motions: Motions, recipe: Recipe, device: torch.device, seed: int, heldout: bool = False
    ) -> None:
        self.recipe = recipe
        self._bank = load_bank(device, heldout)
        self.generator = torch.Generator(device).manual_seed(seed)
        self._points = torch.from_numpy(motions.points).to(device)
        starts = torch.from_numpy(motions.starts).to(device)
        lengths = starts[1:] - starts[:-1]
        self._first = starts[:-1].repeat_interleave(lengths)
        folders = [corpus.folder for corpus in motions.corpora]
        corpus = torch.tensor([folders.index(name) for name in motions.corpus], device=device)
        share = torch.tensor([c.weight for c in motions.corpora], device=device)
        rows = corpus.repeat_interleave(lengths)
        order = rows.argsort(stable=True)
        self._rows = order
        self._counts = torch.bincount(rows, minlength=len(folders))
        self._offsets = self._counts.cumsum(0) - self._counts
        self._share = share * (self._counts > 0)

    def draw(self, size: int) -> Batch:
        """A new batch of `size` samples."""
        recipe, generator = self.recipe, self.generator
        step = self._steps(size)
        points = self._windows(size, step)
        if recipe.body is not None:
            points = vary(points, recipe.body, generator)
        views = place(points, recipe.cameras, generator)
        seen = self._seen(points, views, step / RATE_HZ)
        told = self._uniform(size) < recipe.known_fov
        assumed = torch.where(told, views.fov_deg, torch.full_like(views.fov_deg, DEFAULT_FOV_DEG))
        joints = views.see(points[:, recipe.answer, None])[:, 0, BODY_TO_H36M]
        return Batch(as_if_fov(seen, views.fov_deg, assumed), joints - joints[:, :1], recipe.answer)

    def _seen(self, points: Tensor, views: Views, step_s: Tensor) -> Tensor:
        """Rays (B, T, 17, 2) as a detector gives them."""
        recipe, generator = self.recipe, self.generator
        height = PERSON_HEIGHT_M / views.distance_m
        true = rays(views.see(points[:, :, BODY_TO_COCO]))
        recorded = true + self._bank.draw(true, height, step_s, generator)
        marked = rays(views.see(detector_points(points, recipe.noise, generator)))
        made_up = disturb(marked, height, recipe.noise, generator)
        chosen = self._uniform(len(points)) < recipe.recorded
        return torch.where(chosen[:, None, None, None], recorded, made_up)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, device=self._points.device, generator=self.generator)

    def _steps(self, size: int) -> Tensor:
        """Frames of the motion (size,) from one frame of a window to the next."""
        low, high = self.recipe.step
        # Uniform in the logarithm: as many samples from 15 to 30 frames a second as from 30 to 60.
        return low * (high / low) ** self._uniform(size)

    def _windows(self, size: int, step: Tensor) -> Tensor:
        """Windows (size, T, 21, 3) at these speeds; before a clip's start its first pose
        is repeated, as the program does."""
        corpus = torch.multinomial(self._share, size, replacement=True, generator=self.generator)
        pick = (self._uniform(size) * self._counts[corpus]).long()
        newest = self._rows[self._offsets[corpus] + pick.clamp(max=self._counts[corpus] - 1)]
        back = torch.arange(self.recipe.window - 1, -1, -1, device=newest.device)
        at = torch.maximum(newest[:, None] - step[:, None].double() * back, self._first[newest, None].double())
        row = at.long()
        part = (at - row).float()[:, :, None, None]
        following = torch.minimum(row + 1, newest[:, None])
        return torch.lerp(self._points[row], self._points[following], part)
