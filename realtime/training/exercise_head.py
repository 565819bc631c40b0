"""Which exercise a clip shows, told from the representation of a transformer that was trained to lift.

After the action head of MotionBERT (Zhu et al., ICCV 2023, section 3.5): the mean over frames of every joint's
representation, and a perceptron.  The transformer is not trained further.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..lifting.features import FeatureSet
from ..lifting.transformer.network import DSTformer
from .mocap.canonical25 import SAMPLED
from .mocap.corpora import Motions
from .synthesis.noise import PERSON_HEIGHT_M, NoiseLevels, detector_points, disturb
from .synthesis.virtual_cameras import CameraRanges, place, rays

_HIDDEN, _DROPOUT = 256, 0.5
_STEPS, _BATCH, _RATE, _DECAY = 300, 64, 1e-3, 0.01
_TOGETHER = 32  # clips that the transformer sees at once


@torch.no_grad()
def representations(net: DSTformer, features: FeatureSet, motions: Motions, seed: int = 0) -> Tensor:
    """(C, keypoints * representation) of each clip, as long as it is, before a random camera and with simulated errors
    of a detector."""
    generator = torch.Generator().manual_seed(seed)
    window, parts = net.config.window, []
    clips = torch.stack([_whole(motions, clip, window) for clip in range(len(motions.clip))])
    for points in clips.split(_TOGETHER):
        views = place(points[:, window // 2, None, :SAMPLED], CameraRanges(), generator)
        seen = rays(views.see(detector_points(points, NoiseLevels(), generator, features.skeleton)))
        found = disturb(seen, PERSON_HEIGHT_M / views.distance_m, NoiseLevels(), generator, features.skeleton)
        channels = features.encode(found, features.hip_ray(found))
        parts.append(net.representation(channels).mean(1).flatten(1))
    return torch.cat(parts)


def _whole(motions: Motions, clip: int, frames: int) -> Tensor:
    """(frames, 25, 3): evenly over a clip."""
    start, stop = motions.starts[clip], motions.starts[clip + 1]
    at = torch.linspace(float(start), float(stop - 1), frames).double()
    row = at.long()
    points = torch.from_numpy(motions.points)
    after = torch.clamp(row + 1, max=int(stop) - 1)
    return torch.lerp(points[row], points[after], (at - row).float()[:, None, None])


class ExerciseHead(nn.Module):
    """(B, inputs) → logits (B, exercises)."""

    def __init__(self, inputs: int, exercises: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        self.drop = nn.Dropout(_DROPOUT)
        self.fc1 = nn.Linear(inputs, _HIDDEN)
        self.fc2 = nn.Linear(_HIDDEN, exercises)

    def forward(self, representation: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.fc2(functional.relu(self.fc1(self.drop(self.norm(representation)))))
        return logits


def trained_head(inputs: Tensor, labels: Tensor, exercises: int, seed: int = 0) -> ExerciseHead:
    """A head that has learned the labels (B,) of representations (B, inputs)."""
    torch.manual_seed(seed)
    head = ExerciseHead(inputs.shape[1], exercises)
    optimizer = torch.optim.AdamW(head.parameters(), lr=_RATE, weight_decay=_DECAY)
    for _ in range(_STEPS):
        pick = torch.randint(len(inputs), (_BATCH,))
        loss = functional.cross_entropy(head(inputs[pick]), labels[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head.eval().requires_grad_(False)


@dataclass(frozen=True, eq=False)
class Confusion:
    """`counts` (E, E): how often the exercise of a row was taken for that of a column."""

    exercises: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, done: NDArray[np.str_], told: NDArray[np.str_]) -> Confusion:
        """Of exercises that were done, and told."""
        exercises = tuple(sorted({*done.tolist(), *told.tolist()}))
        counts = np.zeros((len(exercises),) * 2, np.int64)
        np.add.at(counts, tuple(np.searchsorted(exercises, names) for names in (done, told)), 1)
        return cls(exercises, counts)

    @property
    def accuracy(self) -> float:
        """Share of clips that are told right."""
        return float(np.trace(self.counts) / self.counts.sum())


def told_without_the_person(inputs: Tensor, exercise: NDArray[np.str_], person: NDArray[np.str_]) -> NDArray[np.str_]:
    """The exercises (B,) of the representations (B, inputs) of clips, each told by a head that has learned from the
    other people."""
    exercises = np.array(sorted(set(exercise.tolist())))
    labels = torch.from_numpy(np.searchsorted(exercises, exercise))
    told = np.empty_like(exercise)
    for one in sorted(set(person.tolist())):
        test = person == one
        head = trained_head(inputs[~test], labels[~test], len(exercises))
        told[test] = exercises[head(inputs[test]).argmax(-1).numpy()]
    return told
