"""A pool of training samples that are reused a few times before they are replaced.

Generating a sample costs about as much as a training step on it.  Random batches are drawn from a
pool of which one block at a time is regenerated, which amortises that cost; on a GPU a block is many
batches, because there a small one takes as long as a large one.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from ..lifting.features import FeatureSet
from .synthesis.batches import Sampler


class Batches(Protocol):
    """What a training takes its batches from."""

    @property
    def steps(self) -> int | None:
        """Batches in an epoch; None where there are samples without end."""

    @property
    def mean_target(self) -> Tensor:
        """The mean (J, 3) of some targets."""

    def take(self) -> tuple[Tensor, Tensor]:
        """Inputs (size, T, channels) and targets (size, J, 3), or (size, T, J, 3) where every frame is answered for."""

    def state(self) -> dict[str, Tensor | int]:
        """Everything that determines the following batches."""

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Resume from the `state()` of an earlier run."""


class Pool:
    """Batches of samples without end: `blocks` blocks of `batches` × `size` samples; each step draws `size` samples
    at random, and every `reuse` × `batches` steps the oldest block is regenerated."""

    def __init__(
        self, sampler: Sampler, features: FeatureSet, size: int, blocks: int, reuse: int, batches: int = 1
    ) -> None:
        self._sampler = sampler
        self._features = features
        self._size = size
        self._block = size * batches
        self._steps = reuse * batches  # that a block lasts
        samples = [self._generate() for _ in range(blocks)]
        self._inputs = torch.cat([x for x, _ in samples])
        self._targets = torch.cat([y for _, y in samples])
        self._taken = 0

    steps: int | None = None

    def take(self) -> tuple[Tensor, Tensor]:
        """As `Batches`."""
        self._taken += 1
        if self._taken % self._steps == 0:
            self._replace_oldest()
        pick = torch.randint(
            len(self._inputs), (self._size,), device=self._inputs.device, generator=self._sampler.generator
        )
        return self._inputs[pick], self._targets[pick]

    @property
    def mean_target(self) -> Tensor:
        """The mean (J, 3) of the targets that are in the pool."""
        return self._targets.mean(0)

    def state(self) -> dict[str, Tensor | int]:
        """Everything that determines the following batches."""
        random = self._sampler.generator.get_state()
        return {"inputs": self._inputs, "targets": self._targets, "taken": self._taken, "random": random}

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Resume from the `state()` of an earlier run."""
        self._inputs.copy_(torch.as_tensor(state["inputs"]))
        self._targets.copy_(torch.as_tensor(state["targets"]))
        self._taken = int(state["taken"])
        self._sampler.generator.set_state(torch.as_tensor(state["random"]).cpu())

    def _generate(self) -> tuple[Tensor, Tensor]:
        return self._sampler.draw(self._block).pair(self._features)

    def _replace_oldest(self) -> None:
        blocks = len(self._inputs) // self._block
        first = (self._taken // self._steps) % blocks * self._block
        rows = slice(first, first + self._block)
        self._inputs[rows], self._targets[rows] = self._generate()
