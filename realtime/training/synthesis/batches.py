"""Batches of synthetic input windows and target poses from motion-capture clips.

Everything is computed on the training device, one batch at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ...camera import DEFAULT_FOV_DEG
from ...lifting.features import FeatureSet
from ...skeleton import COCO17, H36M17, SKELETONS, Skeleton
from ..mocap.canonical25 import CANONICAL25, SAMPLED
from ..mocap.corpora import RATE_HZ, Motions
from ..mocap.feet import FEET
from .augment import BodyChanges, vary
from .noise import PERSON_HEIGHT_M, NoiseLevels, detector_points, disturb
from .recorded_errors import load_bank
from .stature import stature, statures
from .targets import target_joints
from .virtual_cameras import CameraRanges, Views, as_if_fov, place, rays


@dataclass(frozen=True)
class Recipe:
    """Parameters of the sample synthesis.  `step`: range of the step between two frames of a
    window, in 60 Hz frames (60 / step frames per second); `known_fov`: share of samples with the
    true field of view, the others assume the default one; `recorded`: share of samples with
    recorded detector errors, the others have simulated noise; `body`: None disables body
    augmentation; `answer`: the target frame in the window, the newest except for networks that see
    the future; `every_frame`: all frames are targets, and the cameras see the person whole in the frame `answer`;
    `height_m`: the target is the pose of a person of this height, None for the person's own;
    `keypoints`: the skeleton of the keypoints, `landmarks`: the network whose errors they have; `joints`: the
    skeleton of the target, one of targets.TARGETS."""

    window: int = 27
    answer: int = -1
    every_frame: bool = False
    step: tuple[float, float] = (1.0, 4.0)
    known_fov: float = 0.5
    recorded: float = 0.6
    height_m: float | None = PERSON_HEIGHT_M
    keypoints: str = COCO17.name
    landmarks: str = "full"
    joints: str = H36M17.name
    body: BodyChanges | None = field(default_factory=BodyChanges)
    cameras: CameraRanges = field(default_factory=CameraRanges)
    noise: NoiseLevels = field(default_factory=NoiseLevels)

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton of the keypoints."""
        return SKELETONS[self.keypoints]

    @property
    def target(self) -> Skeleton:
        """The skeleton of the target."""
        return SKELETONS[self.joints]

    @property
    def with_feet(self) -> bool:
        """Whether heels and toes are needed, of the keypoints or of the target."""
        return self.target is not H36M17 or set(FEET) <= set(self.skeleton.joints)


@dataclass(frozen=True, eq=False)
class Batch:
    """`rays` (B, T, J, 2): noisy keypoints as in live use; `joints` (B, J, 3): true
    joints of the frame `answer`, camera axes, metres, relative to the root, of a person of the recipe's
    height; (B, T, J, 3) those of every frame where `answer` is None."""

    rays: Tensor
    joints: Tensor
    answer: int | None = -1

    def pair(self, features: FeatureSet) -> tuple[Tensor, Tensor]:
        """The network's input (B, T, channels) and target output, as `joints`."""
        inputs = features.encode(self.rays, features.hip_ray(self.rays))
        return inputs, features.target(self.joints, features.hip_ray(self.answered))

    @property
    def answered(self) -> Tensor:
        """Rays (B, J, 2) of the target frame, (B, T, J, 2) where that is every one."""
        return self.rays if self.answer is None else self.rays[:, self.answer]


@dataclass(frozen=True, eq=False)
class Scenes:
    """Samples with their 3D scene: `points` (B, T, 21 or 25, 3) of the bodies and their camera `views`;
    `rays` (B, T, J, 2) as in a batch; `row` (B,): row of the target frame in the motion;
    `height_m` (B,): how tall the bodies are."""

    points: Tensor
    views: Views
    rays: Tensor
    row: Tensor
    height_m: Tensor

    def seen(self, frame: int) -> Tensor:
        """The bodies (B, 21 or 25, 3) in one frame of the windows, in camera axes, as tall as they are."""
        return self.views.see(self.points[:, frame, None])[:, 0]

    def joints(self, frame: int, skeleton: Skeleton = H36M17) -> Tensor:
        """Their true joints (B, J, 3), relative to the root."""
        return target_joints(self.seen(frame), skeleton)


class Sampler:
    """Draws random batches from clips, each corpus by its weight.  `heldout` selects the
    recorded detector errors that are not used in training, and whole bodies, for truth of any skeleton."""

    def __init__(
        self, motions: Motions, recipe: Recipe, device: torch.device, seed: int, heldout: bool = False
    ) -> None:
        self.recipe = recipe
        self._keypoints = CANONICAL25.indices(recipe.skeleton.joints)
        self._bank = load_bank(device, heldout, recipe.landmarks, recipe.skeleton)
        self.generator = torch.Generator(device).manual_seed(seed)
        sampled = len(CANONICAL25) if recipe.with_feet or heldout else SAMPLED
        self._points = torch.from_numpy(motions.points[:, :sampled]).contiguous().to(device)
        starts = torch.from_numpy(motions.starts).to(device)
        lengths = starts[1:] - starts[:-1]
        self._first = starts[:-1].repeat_interleave(lengths)
        self._last = starts[1:].repeat_interleave(lengths) - 1
        folders = [corpus.folder for corpus in motions.corpora]
        self._height_m = statures(motions).to(device).repeat_interleave(lengths)
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
        scenes, recipe = self.scenes(size), self.recipe
        joints = (
            target_joints(scenes.views.see(scenes.points), recipe.target)
            if recipe.every_frame
            else (scenes.joints(recipe.answer, recipe.target))
        )
        if recipe.height_m is not None:
            joints = joints * (recipe.height_m / scenes.height_m).reshape(-1, *[1] * (joints.ndim - 1))
        return Batch(scenes.rays, joints, None if recipe.every_frame else recipe.answer)

    def scenes(self, size: int) -> Scenes:
        """A new batch of `size` samples with their 3D scenes."""
        recipe, generator = self.recipe, self.generator
        step = self._steps(size)
        row = self._target_rows(size)
        points, height_m = self._windows(row, step), self._height_m[row]
        if recipe.body is not None:
            varied = vary(points, recipe.body, generator)
            # By the same bones in the same pose, whose bend cancels out.
            height_m = height_m * stature(varied[:, recipe.answer]) / stature(points[:, recipe.answer])
            points = varied
        # Without feet: the cameras are the same for all networks.
        views = place(points[:, recipe.answer, None, :SAMPLED], recipe.cameras, generator)
        detected = self._detected(points, views, step / RATE_HZ)
        known = self._uniform(size) < recipe.known_fov
        assumed_deg = torch.where(known, views.fov_deg, torch.full_like(views.fov_deg, DEFAULT_FOV_DEG))
        return Scenes(points, views, as_if_fov(detected, views.fov_deg, assumed_deg), row, height_m)

    def _detected(self, points: Tensor, views: Views, step_s: Tensor) -> Tensor:
        """Rays (B, T, J, 2) with detector errors."""
        recipe, generator = self.recipe, self.generator
        height = PERSON_HEIGHT_M / views.distance_m
        true = rays(views.see(points[:, :, self._keypoints]))
        recorded = true + self._bank.draw(true, height, step_s, generator, recipe.answer)
        biased = rays(views.see(detector_points(points, recipe.noise, generator, recipe.skeleton)))
        simulated = disturb(biased, height, recipe.noise, generator, recipe.skeleton)
        use_recorded = self._uniform(len(points)) < recipe.recorded
        return torch.where(use_recorded[:, None, None, None], recorded, simulated)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, device=self._points.device, generator=self.generator)

    def _steps(self, size: int) -> Tensor:
        """Step (size,) between two frames of a window, in frames of the motion."""
        low, high = self.recipe.step
        # Log-uniform: as many samples from 15 to 30 frames per second as from 30 to 60.
        return low * (high / low) ** self._uniform(size)

    def _target_rows(self, size: int) -> Tensor:
        """Random rows of the motion (size,), each corpus by its weight."""
        corpus = torch.multinomial(self._share, size, replacement=True, generator=self.generator)
        pick = (self._uniform(size) * self._counts[corpus]).long()
        return self._rows[self._offsets[corpus] + pick.clamp(max=self._counts[corpus] - 1)]

    def _windows(self, target_row: Tensor, step: Tensor) -> Tensor:
        """Windows (B, T, 21 or 25, 3) around the target rows, resampled with these steps; the first
        pose of a clip is repeated before its start, as in live use, and the last after its end."""
        window = self.recipe.window
        ahead = torch.arange(window, device=target_row.device) - self.recipe.answer % window
        first, last = self._first[target_row, None], self._last[target_row, None]
        at = target_row[:, None] + step[:, None].double() * ahead
        at = at.maximum(first.double()).minimum(last.double())
        row = at.long()
        part = (at - row).float()[:, :, None, None]
        return torch.lerp(self._points[row], self._points[torch.minimum(row + 1, last)], part)
