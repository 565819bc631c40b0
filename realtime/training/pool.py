"""Samples that are used a few times before they are replaced.

Making a sample costs a CPU about as much as learning from it; a pool from which batches
are picked at random, and of which a part is replaced at a time, divides that cost.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..lifting.features import FeatureSet
from .synthesis.batches import Sampler


class Pool:
    """`blocks` blocks of `size` samples; a step takes `size` of them at random, and after
    every `reuse` steps the oldest block is made anew."""

    def __init__(self, sampler: Sampler, features: FeatureSet, size: int, blocks: int, reuse: int) -> None:
        self._sampler = sampler
        self._features = features
        self._size = size
        self._reuse = reuse
        made = [self._make() for _ in range(blocks)]
        self._inputs = torch.cat([x for x, _ in made])
        self._targets = torch.cat([y for _, y in made])
        self._taken = 0

    def take(self) -> tuple[Tensor, Tensor]:
        """Inputs (size, T, channels) and targets (size, 17, 3)."""
        self._taken += 1
        if self._taken % self._reuse == 0:
            self._replace()
        pick = torch.randint(
            len(self._inputs), (self._size,), device=self._inputs.device, generator=self._sampler.generator
        )
        return self._inputs[pick], self._targets[pick]

    def state(self) -> dict[str, Tensor | int]:
        """All that decides which batches come next."""
        random = self._sampler.generator.get_state()
        return {"inputs": self._inputs, "targets": self._targets, "taken": self._taken, "random": random}

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Go on from `state()` of an earlier run."""
        self._inputs.copy_(torch.as_tensor(state["inputs"]))
        self._targets.copy_(torch.as_tensor(state["targets"]))
        self._taken = int(state["taken"])
        self._sampler.generator.set_state(torch.as_tensor(state["random"]).cpu())

    def _make(self) -> tuple[Tensor, Tensor]:
        return self._sampler.draw(self._size).pair(self._features)

    def _replace(self) -> None:
        blocks = len(self._inputs) // self._size
        first = (self._taken // self._reuse) % blocks * self._size
        rows = slice(first, first + self._size)
        self._inputs[rows], self._targets[rows] = self._make()
