"""Batches of clips: every clip once an epoch, in random order."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...lifting.features import FeatureSet
from .sampler import SeenSampler


class ClipPool:
    """Batches of `size` samples of the clips of a sampler, or of all clips if these are fewer.  A batch that an epoch
    does not fill takes the first clips of the next one, so that all have one size."""

    def __init__(self, sampler: SeenSampler, features: FeatureSet, size: int) -> None:
        self._sampler, self._features = sampler, features
        self._size = min(size, len(sampler))
        self._order = self._shuffled()  # clips that are still to come

    @property
    def steps(self) -> int:
        """Batches in an epoch, rounded up."""
        return math.ceil(len(self._sampler) / self._size)

    def take(self) -> tuple[Tensor, Tensor]:
        """Inputs (size, T, channels) and targets (size, J, 3), or (size, T, J, 3) where every frame is answered for."""
        while len(self._order) < self._size:
            self._order = torch.cat([self._order, self._shuffled()])
        clips, self._order = self._order.tensor_split([self._size])
        return self._sampler.batch(clips).pair(self._features)

    @property
    def mean_target(self) -> Tensor:
        """The mean (J, 3) of the targets of the next clips."""
        _, targets = self._sampler.batch(self._order[: self._size]).pair(self._features)
        return targets.flatten(0, -3).mean(0)

    def state(self) -> dict[str, Tensor | int]:
        """Everything that determines the following batches."""
        return {"order": self._order.clone(), "random": self._sampler.generator.get_state()}

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Resume from the `state()` of an earlier run.  Raises ValueError if that had other clips."""
        order = torch.as_tensor(state["order"]).to(self._order)
        if order.numel() and int(order.max()) >= len(self._sampler):
            raise ValueError(f"it had more than {len(self._sampler)} clips")
        self._order = order
        self._sampler.generator.set_state(torch.as_tensor(state["random"]).cpu())

    def _shuffled(self) -> Tensor:
        generator = self._sampler.generator
        return torch.randperm(len(self._sampler), device=generator.device, generator=generator)
