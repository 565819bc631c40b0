"""The temporal convolution network, after Pavllo et al., "3D human pose estimation in
video with temporal convolutions and semi-supervised training", CVPR 2019, section 3.

Two evaluations of one set of weights here, and a third in tcn/streaming.py:

- `TemporalConvNet.forward`, dilated convolutions over a sequence: the plain reference;
- `TemporalConvNet.forward_window`, one output of one window as matrix products without
  the columns that are not needed: for training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...pose import Array
from ..features import Mirrors
from .config import TcnConfig

Layer = tuple[nn.Conv1d, nn.BatchNorm1d]


class TemporalConvNet(nn.Module):
    """Parameter names are those of VideoPose3D's checkpoints.

    In training a mirrored network answers for its input alone: mirror images are among the
    samples.  To answer for both it needs its `mirrors` (ValueError without them).
    """

    def __init__(self, config: TcnConfig, mirrors: Mirrors | None = None) -> None:
        super().__init__()
        if config.mirrored and mirrors is None:
            raise ValueError("a mirrored network needs to know its mirror image")
        self.config = config
        self._mirrors = mirrors if config.mirrored else None
        wide = config.channels
        self.expand_conv = nn.Conv1d(config.inputs, wide, config.filter_widths[0], bias=False)
        self.expand_bn = nn.BatchNorm1d(wide)
        self.layers_conv = nn.ModuleList()
        self.layers_bn = nn.ModuleList()
        for width, dilation in zip(config.filter_widths[1:], config.dilations[1:], strict=True):
            self.layers_conv.append(nn.Conv1d(wide, wide, width, dilation=dilation, bias=False))
            self.layers_conv.append(nn.Conv1d(wide, wide, 1, bias=False))
            self.layers_bn.extend([nn.BatchNorm1d(wide), nn.BatchNorm1d(wide)])
        self.shrink = nn.Conv1d(wide, config.joints_out * 3, 1)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, inputs) → (B, T - receptive_field + 1, joints_out, 3)."""
        return self._answer(self._sequence, features)

    def _answer(self, evaluate: Callable[[Tensor], Tensor], features: Tensor) -> Tensor:
        self._check(features, at_least=self.config.receptive_field)
        flat = (
            evaluate(features)
            if self.training or self._mirrors is None
            else self._mean(evaluate, features, self._mirrors)
        )
        joints: Tensor = flat.unflatten(-1, (self.config.joints_out, 3))
        return joints

    @staticmethod
    def _mean(evaluate: Callable[[Tensor], Tensor], features: Tensor, mirrors: Mirrors) -> Tensor:
        plain, mirrored = evaluate(torch.cat([features, mirrors.channels(features)])).chunk(2)
        mean: Tensor = (plain + mirrors.joints(mirrored)) / 2
        return mean

    def _sequence(self, features: Tensor) -> Tensor:
        x = self._layer(self.expand_conv, self.expand_bn, features.transpose(1, 2))
        for i, dilation in enumerate(self.config.dilations[1:], start=1):
            first = self.config.residual_tap(i) * dilation
            cropped = x.shape[2] - (self.config.filter_widths[i] - 1) * dilation
            residual = x[:, :, first : first + cropped]
            dilated, pointwise = self.block(i)
            x = residual + self._layer(*pointwise, self._layer(*dilated, x))
        flat: Tensor = self.shrink(x).transpose(1, 2)
        return flat

    def block(self, i: int) -> tuple[Layer, Layer]:
        """The dilated and the pointwise layer of the i-th block, counted from 1."""
        dilated, pointwise = (
            (cast("nn.Conv1d", self.layers_conv[k]), cast("nn.BatchNorm1d", self.layers_bn[k]))
            for k in (2 * i - 2, 2 * i - 1)
        )
        return dilated, pointwise

    def _layer(self, conv: nn.Conv1d, norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
        out: Tensor = self.drop(functional.relu(norm(conv(x))))
        return out

    def forward_window(self, features: Tensor) -> Tensor:
        """(B, receptive_field, inputs) → (B, joints_out, 3), as `forward` gives it.

        Each kernel's taps lie side by side, so a layer is a reshape and one product;
        on a CPU several times faster than a strided convolution.
        """
        return self._answer(self._window, features)

    def answers(self, features: Tensor) -> Tensor:
        """What is trained: `forward_window`."""
        return self.forward_window(features)

    def _window(self, features: Tensor) -> Tensor:
        x = self._product(self.expand_conv, self.expand_bn, features)
        for i in range(1, len(self.config.filter_widths)):
            width = self.config.filter_widths[i]
            residual = x[:, self.config.residual_tap(i) :: width]
            dilated, pointwise = self.block(i)
            x = residual + self._product(*pointwise, self._product(*dilated, x))
        flat: Tensor = functional.linear(x[:, 0], self.shrink.weight[:, :, 0], self.shrink.bias)
        return flat

    def _product(self, conv: nn.Conv1d, norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
        weight = _tap_major(conv.weight)
        rows = x.reshape(-1, weight.shape[1])
        out: Tensor = self.drop(functional.relu(norm(functional.linear(rows, weight))))
        return out.reshape(x.shape[0], -1, weight.shape[0])

    def arrays(self) -> dict[str, Array]:
        """A copy of every array, by the names of `TcnConfig.shapes`."""
        state = self.state_dict()
        return {name: state[name].detach().cpu().numpy().copy() for name in self.config.shapes()}

    def _check(self, features: Tensor, at_least: int) -> None:
        if features.ndim != 3 or features.shape[2] != self.config.inputs or features.shape[1] < at_least:
            raise ValueError(
                f"features must be (batch, at least {at_least}, {self.config.inputs}), not {tuple(features.shape)}"
            )


def _tap_major(weight: Tensor) -> Tensor:
    """Kernel (out, in, taps) → matrix (out, taps · in), oldest tap first."""
    return weight.permute(0, 2, 1).reshape(weight.shape[0], -1)


def network_of(config: TcnConfig, arrays: Mapping[str, Array], mirrors: Mirrors | None = None) -> TemporalConvNet:
    """The network of these arrays, in evaluation mode and not to be trained."""
    with torch.device("meta"):
        net = TemporalConvNet(config, mirrors)
    # Batch-norm's batch counters are not needed to run a network and are not among the arrays.
    counters = {name: torch.tensor(0) for name in net.state_dict() if name not in arrays}
    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    net.load_state_dict({**counters, **tensors}, assign=True)
    return net.eval().requires_grad_(False)
