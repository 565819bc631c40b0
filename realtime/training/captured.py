"""A training step as a CUDA graph: recorded once, then launched as one piece.

The networks are small, so that Python takes several times as long to launch the kernels of a step as
a GPU takes to run them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

_WARM_UP = 3  # steps, in which libraries choose their kernels and optimizers make their state

Step = Callable[[Tensor, Tensor], Tensor]


class CapturedStep:
    """`step` takes a batch, in tensors on a CUDA device of the same shapes in every call, and returns its
    loss.  What else changes from step to step it reads from tensors on the device."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._stream = torch.cuda.Stream()
        self._graph: torch.cuda.CUDAGraph | None = None
        self._warm = 0

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of this batch."""
        if self._warm < _WARM_UP:
            self._warm += 1
            return self._aside(inputs, targets)
        if self._graph is None:
            self._graph = torch.cuda.CUDAGraph()
            self._inputs, self._targets = inputs.clone(), targets.clone()
            with torch.cuda.graph(self._graph):  # records and does not run
                self._loss = self._step(self._inputs, self._targets)
        self._inputs.copy_(inputs)
        self._targets.copy_(targets)
        self._graph.replay()
        return self._loss.clone()

    def _aside(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """In another stream than the default one, as PyTorch asks for before a recording."""
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            loss = self._step(inputs, targets)
        torch.cuda.current_stream().wait_stream(self._stream)
        return loss
