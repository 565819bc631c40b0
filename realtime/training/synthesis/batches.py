"""From clips to batches of what a live window holds, and what should come out of it.

Everything is computed on the training device, a batch at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ...camera import DEFAULT_FOV_DEG
from ...lifting.features import FeatureSet
from ...skeleton import H36M17
from ..mocap.canonical25 import CANONICAL25_TO_COCO, CANONICAL25_TO_H36M, SAMPLED
from ..mocap.corpora import RATE_HZ, Motions
from .augment import BodyChanges, vary
from .noise import PERSON_HEIGHT_M, NoiseLevels, detector_points, disturb
from .recorded_errors import load_bank
from .virtual_cameras import CameraRanges, Views, as_if_fov, place, rays


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
        inputs = features.encode(self.rays, features.hip_ray(self.rays))
        return inputs, features.target(self.joints, features.hip_ray(self.answered))

    @property
    def answered(self) -> Tensor:
        """Rays (B, 17, 2) of the frame that is answered for."""
        return self.rays[:, self.answer]


@dataclass(frozen=True, eq=False)
class Scenes:
    """What samples are made of: `points` (B, T, 21, 3) of bodies and the `views` of them;
    `rays` (B, T, 17, 2) as in a batch; `row` (B,) of the motion that is answered for."""

    points: Tensor
    views: Views
    rays: Tensor
    row: Tensor

    def joints(self, frame: int) -> Tensor:
        """The truth (B, 17, 3) of one frame of the windows, as in a batch."""
        joints = self.views.see(self.points[:, frame, None])[:, 0, CANONICAL25_TO_H36M]
        return joints - joints[:, H36M17.root, None]


class Sampler:
    """Draws batches from clips, each corpus by its weight.  `heldout` takes the recorded
    errors that training does not."""

    def __init__(
        self, motions: Motions, recipe: Recipe, device: torch.device, seed: int, heldout: bool = False
    ) -> None:
        self.recipe = recipe
        self._bank = load_bank(device, heldout)
        self.generator = torch.Generator(device).manual_seed(seed)
        # Without feet: no network asks for them, and they would change how a camera is placed.
        self._points = torch.from_numpy(motions.points[:, :SAMPLED]).contiguous().to(device)
        starts = torch.from_numpy(motions.starts).to(device)
        lengths = starts[1:] - starts[:-1]
        self._first = starts[:-1].repeat_interleave(lengths)
        self._last = starts[1:].repeat_interleave(lengths) - 1
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
        scenes = self.scenes(size)
        return Batch(scenes.rays, scenes.joints(self.recipe.answer), self.recipe.answer)

    def scenes(self, size: int) -> Scenes:
        """The samples of a new batch with all that is known of them."""
        recipe, generator = self.recipe, self.generator
        step = self._steps(size)
        row = self._rows_to_answer(size)
        points = self._windows(row, step)
        if recipe.body is not None:
            points = vary(points, recipe.body, generator)
        views = place(points[:, recipe.answer, None], recipe.cameras, generator)
        seen = self._seen(points, views, step / RATE_HZ)
        told = self._uniform(size) < recipe.known_fov
        assumed = torch.where(told, views.fov_deg, torch.full_like(views.fov_deg, DEFAULT_FOV_DEG))
        return Scenes(points, views, as_if_fov(seen, views.fov_deg, assumed), row)

    def _seen(self, points: Tensor, views: Views, step_s: Tensor) -> Tensor:
        """Rays (B, T, 17, 2) as a detector gives them."""
        recipe, generator = self.recipe, self.generator
        height = PERSON_HEIGHT_M / views.distance_m
        true = rays(views.see(points[:, :, CANONICAL25_TO_COCO]))
        recorded = true + self._bank.draw(true, height, step_s, generator, recipe.answer)
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

    def _rows_to_answer(self, size: int) -> Tensor:
        """Rows of the motion (size,), each corpus by its weight."""
        corpus = torch.multinomial(self._share, size, replacement=True, generator=self.generator)
        pick = (self._uniform(size) * self._counts[corpus]).long()
        return self._rows[self._offsets[corpus] + pick.clamp(max=self._counts[corpus] - 1)]

    def _windows(self, answered: Tensor, step: Tensor) -> Tensor:
        """Windows (B, T, 21, 3) about these rows at these speeds; before a clip's start its
        first pose is repeated, as the program does, and after its end its last."""
        window = self.recipe.window
        ahead = torch.arange(window, device=answered.device) - self.recipe.answer % window
        first, last = self._first[answered, None], self._last[answered, None]
        at = answered[:, None] + step[:, None].double() * ahead
        at = at.maximum(first.double()).minimum(last.double())
        row = at.long()
        part = (at - row).float()[:, :, None, None]
        return torch.lerp(self._points[row], self._points[torch.minimum(row + 1, last)], part)
