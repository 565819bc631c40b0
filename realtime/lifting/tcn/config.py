"""Configuration of a temporal convolution network: filter widths, channels, and the shapes of its arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

_WIDEST = 1 << 14  # sixteen times the published networks; a file that claims more is wrong
_NORM = ("weight", "bias", "running_mean", "running_var")
FIRST = "expand_conv.weight"  # by which a network of this kind is recognised in a checkpoint


@dataclass(frozen=True)
class TcnConfig:
    """Geometry of a network.

    `filter_widths`: odd kernel widths, their product the receptive field in frames.
    `causal`: the residual taps are the newest frame of each kernel instead of its middle;
    the same weights give other outputs with the other setting, so the model card must say.
    `delay`: instead of none of a causal and half the window of a symmetric network, how many frames
    it sees after the one that it answers for; the residual taps then follow that frame.
    `mirrored`: the answer is the mean of that for the input and that for its mirror image,
    mirrored back (test-time augmentation, Pavllo et al., CVPR 2019, section 5).
    """

    filter_widths: tuple[int, ...] = (3, 3, 3)
    channels: int = 256
    inputs: int = 34
    joints_out: int = 17
    causal: bool = True
    dropout: float = 0.25
    mirrored: bool = False
    delay: int | None = None

    def __post_init__(self) -> None:
        if not self.filter_widths or any(w < 1 or w % 2 == 0 for w in self.filter_widths):
            raise ValueError(f"filter widths are odd and at least 1, not {self.filter_widths}")
        if not all(1 <= n <= _WIDEST for n in (self.channels, self.inputs, self.joints_out)):
            raise ValueError(f"channels, inputs and joints_out are at least 1 and at most {_WIDEST}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is at least 0 and below 1, not {self.dropout}")
        if self.delay is not None and (self.causal or not 0 < self.delay < self.receptive_field):
            raise ValueError(f"a delay is at least 1, less than the window and not causal; not {self.delay}")

    @property
    def receptive_field(self) -> int:
        """Frames that one output depends on."""
        return math.prod(self.filter_widths)

    @property
    def dilations(self) -> tuple[int, ...]:
        """Frames between the taps of each layer's kernel."""
        return tuple(math.prod(self.filter_widths[:i]) for i in range(len(self.filter_widths)))

    @property
    def lookahead(self) -> int:
        """Frames that an output sees after the one it answers for."""
        if self.delay is not None:
            return self.delay
        return 0 if self.causal else self.receptive_field // 2

    def residual_tap(self, layer: int) -> int:
        """Which tap of the layer's kernel the residual takes: the digit of this layer in the lookahead,
        counted from the newest."""
        width = self.filter_widths[layer]
        return width - 1 - self.lookahead // self.dilations[layer] % width

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of the network, by the names of VideoPose3D's checkpoints."""
        return dict(self._shapes())

    def _shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        wide = self.channels
        yield FIRST, (wide, self.inputs, self.filter_widths[0])
        norms = ["expand_bn"]
        for i, width in enumerate(self.filter_widths[1:]):
            yield f"layers_conv.{2 * i}.weight", (wide, wide, width)
            yield f"layers_conv.{2 * i + 1}.weight", (wide, wide, 1)
            norms += [f"layers_bn.{2 * i}", f"layers_bn.{2 * i + 1}"]
        for norm in norms:
            yield from ((f"{norm}.{part}", (wide,)) for part in _NORM)
        yield "shrink.weight", (3 * self.joints_out, wide, 1)
        yield "shrink.bias", (3 * self.joints_out,)


def read_config(data: Mapping[str, Any]) -> TcnConfig:
    """The geometry from a model card's plain data, each value of the type it must have.
    Raises KeyError, TypeError or ValueError for anything else."""
    known = [part.name for part in fields(TcnConfig)]
    if unknown := [name for name in data if name not in known]:
        raise ValueError(f"its architecture has an unknown key {unknown[0]!r}; known are {', '.join(known)}")
    widths = data["filter_widths"]
    counts = [data[k] for k in ("channels", "inputs", "joints_out") if k in data]
    # bool is an int to Python, and a text is true: neither may pass for the other.
    if not isinstance(widths, list) or any(type(n) is not int for n in (*widths, *counts)):
        raise ValueError("its widths, channels, inputs and joints_out are whole numbers")
    if any(type(flag) is not bool for flag in (data.get("causal"), data.get("mirrored", False))):
        raise ValueError("its causal and mirrored are true or false")
    if type(data.get("delay")) not in (int, type(None)):
        raise ValueError("its delay is a whole number or null")
    return TcnConfig(**{**data, "filter_widths": tuple(widths)})


def config_of_state(state: Mapping[str, Any]) -> TcnConfig:
    """The configuration inferred from the shapes of a checkpoint's arrays.  Shapes do not say whether
    it is causal: symmetric is assumed.  Raises KeyError, AttributeError, ValueError, IndexError
    or TypeError where they are not those of such a network."""
    widths = [state[FIRST].shape[2]]
    while (name := f"layers_conv.{2 * len(widths) - 2}.weight") in state:
        widths.append(state[name].shape[2])
    channels, inputs, _ = state[FIRST].shape
    return TcnConfig(tuple(widths), channels, inputs, state["shrink.weight"].shape[0] // 3, causal=False)
