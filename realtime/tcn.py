"""The temporal convolution network, after Pavllo et al., "3D human pose estimation in
video with temporal convolutions and semi-supervised training", CVPR 2019, section 3.

Three evaluations of one set of weights:

- `TemporalConvNet.forward`, dilated convolutions over a sequence: the plain reference;
- `TemporalConvNet.forward_window`, one output of one window as matrix products without
  the columns nobody needs: for training;
- `StreamingNet`, one new column per layer and frame: for live use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

Layer = tuple[nn.Conv1d, nn.BatchNorm1d]

_WIDEST = 1 << 14  # sixteen times the published networks; a file that claims more is wrong


@dataclass(frozen=True)
class TcnConfig:
    """Geometry of a network.

    `filter_widths`: odd kernel widths, their product the receptive field in frames.
    `causal`: the residual taps are the newest frame of each kernel instead of its middle;
    the same weights mean another network, so this belongs to them.
    """

    filter_widths: tuple[int, ...] = (3, 3, 3)
    channels: int = 256
    inputs: int = 34
    joints_out: int = 17
    causal: bool = True
    dropout: float = 0.25

    def __post_init__(self) -> None:
        if not self.filter_widths or any(w < 1 or w % 2 == 0 for w in self.filter_widths):
            raise ValueError(f"filter widths are odd and at least 1, not {self.filter_widths}")
        if not all(1 <= n <= _WIDEST for n in (self.channels, self.inputs, self.joints_out)):
            raise ValueError(f"channels, inputs and joints_out are at least 1 and at most {_WIDEST}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is at least 0 and below 1, not {self.dropout}")

    @property
    def receptive_field(self) -> int:
        """Frames that one output depends on."""
        return math.prod(self.filter_widths)

    @property
    def dilations(self) -> tuple[int, ...]:
        """Frames between the taps of each layer's kernel."""
        return tuple(math.prod(self.filter_widths[:i]) for i in range(len(self.filter_widths)))

    def residual_tap(self, layer: int) -> int:
        """Which tap of the layer's kernel the residual takes."""
        width = self.filter_widths[layer]
        return width - 1 if self.causal else width // 2


class TemporalConvNet(nn.Module):
    """Parameter names are those of VideoPose3D's checkpoints."""

    def __init__(self, config: TcnConfig) -> None:
        super().__init__()
        self.config = config
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
        self._check(features, at_least=self.config.receptive_field)
        x = self._layer(self.expand_conv, self.expand_bn, features.transpose(1, 2))
        for i, dilation in enumerate(self.config.dilations[1:], start=1):
            first = self.config.residual_tap(i) * dilation
            cropped = x.shape[2] - (self.config.filter_widths[i] - 1) * dilation
            residual = x[:, :, first : first + cropped]
            dilated, pointwise = self.block(i)
            x = residual + self._layer(*pointwise, self._layer(*dilated, x))
        joints: Tensor = self.shrink(x).transpose(1, 2).unflatten(2, (self.config.joints_out, 3))
        return joints

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
        self._check(features, at_least=self.config.receptive_field)
        x = self._product(self.expand_conv, self.expand_bn, features)
        for i in range(1, len(self.config.filter_widths)):
            width = self.config.filter_widths[i]
            residual = x[:, self.config.residual_tap(i) :: width]
            dilated, pointwise = self.block(i)
            x = residual + self._product(*pointwise, self._product(*dilated, x))
        shrink: Tensor = functional.linear(x[:, 0], self.shrink.weight[:, :, 0], self.shrink.bias)
        return shrink.reshape(-1, self.config.joints_out, 3)

    def _product(self, conv: nn.Conv1d, norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
        weight = _tap_major(conv.weight)
        rows = x.reshape(-1, weight.shape[1])
        out: Tensor = self.drop(functional.relu(norm(functional.linear(rows, weight))))
        return out.reshape(x.shape[0], -1, weight.shape[0])

    def _check(self, features: Tensor, at_least: int) -> None:
        if features.ndim != 3 or features.shape[2] != self.config.inputs or features.shape[1] < at_least:
            raise ValueError(
                f"features must be (batch, at least {at_least}, {self.config.inputs}), not {tuple(features.shape)}"
            )


def _tap_major(weight: Tensor) -> Tensor:
    """Kernel (out, in, taps) → matrix (out, taps · in), oldest tap first."""
    return weight.permute(0, 2, 1).reshape(weight.shape[0], -1)


@dataclass(frozen=True, eq=False)
class _Affine:
    """A convolution with its batch-norm folded in: matrix (out, taps · in) and bias."""

    matrix: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        return torch.addmv(self.bias, self.matrix, x)


@torch.no_grad()
def _fold(conv: nn.Conv1d, norm: nn.BatchNorm1d) -> _Affine:
    mean, variance = cast("Tensor", norm.running_mean), cast("Tensor", norm.running_var)
    scale = norm.weight / torch.sqrt(variance + norm.eps)
    matrix = _tap_major(conv.weight) * scale[:, None]
    return _Affine(matrix.contiguous(), norm.bias - mean * scale)


class _Taps:
    """Past columns of one layer: a ring (taps - 1) · dilation + 1 long."""

    def __init__(self, taps: int, dilation: int, channels: int, like: Tensor) -> None:
        self.length = (taps - 1) * dilation + 1
        self._offsets = torch.arange(taps, device=like.device) * dilation + 1
        self._ring = like.new_zeros(self.length, channels)
        self._row = 0

    def fill(self, column: Tensor) -> None:
        """As if this column had always been there."""
        self._ring[:] = column

    def push(self, column: Tensor) -> Tensor:
        """Take the newest column in; (taps, channels) of the kernel, oldest first."""
        self._ring[self._row] = column
        # The oldest tap lies just behind the newest row, once around the ring.
        taps = self._ring[(self._offsets + self._row) % self.length]
        self._row = (self._row + 1) % self.length
        return taps


class StreamingNet:
    """A causal network fed one frame at a time.

    The first frame after `reset` stands for the whole past, as in a window padded with
    its oldest pose.  A frame costs one column per layer, whatever the receptive field.
    """

    def __init__(self, net: TemporalConvNet) -> None:
        if not net.config.causal:
            raise ValueError("only a causal network can be streamed: a symmetric one needs the future")
        config = net.config
        self.config = config
        self._first = _fold(net.expand_conv, net.expand_bn)
        self._blocks = [
            (_fold(*dilated), _fold(*pointwise))
            for dilated, pointwise in (net.block(i) for i in range(1, len(config.filter_widths)))
        ]
        last = net.shrink.weight[:, :, 0].detach(), cast("Tensor", net.shrink.bias).detach()
        self._last = _Affine(last[0].contiguous(), last[1])
        widths = (config.inputs, *[config.channels] * (len(config.filter_widths) - 1))
        self._taps = [
            _Taps(taps, dilation, channels, self._first.matrix)
            for taps, dilation, channels in zip(config.filter_widths, config.dilations, widths, strict=True)
        ]
        self._fresh = True

    def reset(self) -> None:
        """Forget the past."""
        self._fresh = True

    @torch.inference_mode()
    def step(self, features: Tensor) -> Tensor:
        """(inputs,) of the newest frame → its joints (joints_out, 3)."""
        x = torch.relu(self._first(self._window(0, features).reshape(-1)))
        for i, (dilated, pointwise) in enumerate(self._blocks, start=1):
            taps = self._window(i, x)
            x = x + torch.relu(pointwise(torch.relu(dilated(taps.reshape(-1)))))
        self._fresh = False
        return self._last(x).reshape(self.config.joints_out, 3)

    def _window(self, layer: int, column: Tensor) -> Tensor:
        if self._fresh:
            self._taps[layer].fill(column)
        return self._taps[layer].push(column)
