"""Streaming inference in NumPy, one frame at a time: live use and files run on it.

Batch-norms are folded into the matrices, and each layer keeps the columns that its kernel
still needs, so that a frame costs one column per layer, whatever the receptive field.
A symmetric network uses the same kernels; its output is for `config.lookahead` frames ago.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...pose import Array
from ..features import Mirror, Mirrors
from .config import TcnConfig

_NORM_EPS = 1e-5  # of torch.nn.BatchNorm1d, which the networks are trained with


def folded(state: Mapping[str, Array], conv: str, norm: str) -> tuple[Array, Array]:
    """A convolution with its batch-norm folded in: matrix (out, taps · in), the taps side
    by side, oldest first, and bias (out,)."""
    scale = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + _NORM_EPS)
    kernel = state[f"{conv}.weight"].transpose(0, 2, 1).reshape(len(scale), -1)
    matrix = np.ascontiguousarray(kernel * scale[:, None], np.float32)
    return matrix, (state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale).astype(np.float32)


class _Affine:
    def __init__(self, state: Mapping[str, Array], conv: str, norm: str) -> None:
        self._matrix, self._bias = folded(state, conv, norm)

    def relu(self, x: Array) -> Array:
        """Rows (n, in) → (n, out)."""
        y: Array = x @ self._matrix.T
        y += self._bias
        return np.maximum(y, 0, out=y)


class _Taps:
    """Past columns of one layer, (views, channels) each.

    The taps of a kernel lie `dilation` frames apart, so frames fall into `dilation` rows
    whose columns are only ever needed together.  Every column is written twice, `taps`
    places apart, so that the newest `taps` of a row always lie side by side.
    """

    def __init__(self, taps: int, dilation: int, channels: int, views: int) -> None:
        self._taps = taps
        self._rows = np.zeros((dilation, views, 2 * taps, channels), np.float32)
        self._frame = 0

    def fill(self, column: Array) -> None:
        """As if this column had always been there."""
        self._rows[:] = column[:, None]

    def push(self, column: Array) -> Array:
        """Take the newest column in; the kernel's taps (views, taps · channels), oldest first."""
        turn, row = divmod(self._frame, len(self._rows))
        columns, place = self._rows[row], turn % self._taps
        columns[:, place] = columns[:, place + self._taps] = column
        self._frame += 1
        taps: Array = columns[:, place + 1 : place + 1 + self._taps].reshape(len(columns), -1)
        return taps


def _arrays(mirror: Mirror) -> tuple[Array, Array]:
    """A mirror's order and sign, as arrays: a frame costs 0.03 ms less."""
    return np.array(mirror.order), np.array(mirror.sign, np.float32)


class StreamingNet:
    """The first frame after `reset` stands for the whole past, as in a window padded with
    its oldest pose.  `state`: the arrays of `config.shapes()`.  A mirrored network needs its
    `mirrors` (ValueError without them)."""

    def __init__(self, config: TcnConfig, state: Mapping[str, Array], mirrors: Mirrors | None = None) -> None:
        if config.mirrored and mirrors is None:
            raise ValueError("a mirrored network needs to know its mirror image")
        self.config = config
        blocks = range(len(config.filter_widths) - 1)
        self._first = _Affine(state, "expand_conv", "expand_bn")
        self._blocks = [
            tuple(_Affine(state, f"layers_conv.{k}", f"layers_bn.{k}") for k in (2 * i, 2 * i + 1)) for i in blocks
        ]
        self._last = np.ascontiguousarray(state["shrink.weight"][:, :, 0], np.float32)
        self._last_bias = state["shrink.bias"].astype(np.float32)
        widths = (config.inputs, *[config.channels] * len(blocks))
        layers = zip(config.filter_widths, config.dilations, widths, strict=True)
        self._mirrors = (_arrays(mirrors.channels), _arrays(mirrors.joints)) if mirrors and config.mirrored else None
        self._views = np.empty((2 if config.mirrored else 1, config.inputs), np.float32)
        self._taps = [_Taps(*layer, views=len(self._views)) for layer in layers]
        self._fresh = True

    def reset(self) -> None:
        """Forget the past."""
        self._fresh = True

    def step(self, features: Array) -> Array:
        """(inputs,) float32 of the newest frame → joints (joints_out, 3) of the one that is
        answered for: the same, or `config.lookahead` frames before it."""
        self._views[0] = features
        if self._mirrors is not None:
            order, sign = self._mirrors[0]
            self._views[1] = features[order] * sign
        x = self._first.relu(self._push(0, self._views))
        for i, (dilated, pointwise) in enumerate(self._blocks, start=1):
            taps = self._push(i, x)
            first = self.config.residual_tap(i) * self.config.channels
            x = taps[:, first : first + self.config.channels] + pointwise.relu(dilated.relu(taps))
        self._fresh = False
        flat = x @ self._last.T + self._last_bias
        if self._mirrors is not None:
            order, sign = self._mirrors[1]
            flat = (flat[0] + flat[1, order] * sign) * np.float32(0.5)
        return flat.reshape(-1, 3)

    def _push(self, layer: int, column: Array) -> Array:
        if self._fresh:
            self._taps[layer].fill(column)
        return self._taps[layer].push(column)
