"""The kinds of networks, by the `kind` that their model cards name.

To add one: a folder with its configuration, its network in PyTorch and, where it can answer
frame by frame, its streaming form; and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from ..pose import Array
from .features import Mirrors
from .tcn import config as tcn
from .tcn.streaming import StreamingNet
from .transformer import config as dstformer

DEFAULT_KIND = "tcn"  # of cards that were written before there was a choice


class Config(Protocol):
    """The geometry of a network, a dataclass of plain values."""

    __dataclass_fields__: Any  # asdict turns it into a card's `architecture`

    @property
    def inputs(self) -> int:
        """Channels that a frame has."""

    @property
    def joints_out(self) -> int:
        """Joints that it answers with."""

    @property
    def mirrored(self) -> bool:
        """Whether it takes the mean with the answer for the mirror image itself."""

    @property
    def receptive_field(self) -> int:
        """Frames that one output depends on."""

    @property
    def lookahead(self) -> int:
        """Frames that an output sees after the one it answers for; 0 for a causal network."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of the network by name."""


class Stream(Protocol):
    """A network fed frame by frame, in NumPy."""

    def reset(self) -> None:
        """Forget the past: the next frame stands for all of it."""

    def step(self, features: Array) -> Array:
        """Channels (inputs,) of the newest frame → joints (J, 3) of the one `lookahead` frames before."""


@dataclass(frozen=True)
class Architecture:
    """A row.  `read_config` reads a card's `architecture`, `config_of_state` tells it from the
    arrays of a checkpoint without a card (KeyError, TypeError, ValueError and the like where they
    are not of this kind); `network` names the function that makes the PyTorch network, loaded on
    demand; `stream` makes the streaming form, None where there is none; `first` is an array that a checkpoint
    of this kind has, and no other.  A network that answers for all frames of a clip at once, `by_clips`, is for
    recordings."""

    read_config: Callable[[Mapping[str, Any]], Any]
    config_of_state: Callable[[Mapping[str, Any]], Any]
    network: str
    stream: Callable[[Any, Mapping[str, Array], Mirrors | None], Stream] | None
    first: str
    by_clips: bool = False

    def build(self, config: Any, state: Mapping[str, Array], mirrors: Mirrors | None) -> Any:
        """The PyTorch network of these arrays, in evaluation mode."""
        module, _, function = self.network.partition(":")
        return getattr(import_module(module, __package__), function)(config, state, mirrors)


ARCHITECTURES = {
    DEFAULT_KIND: Architecture(
        tcn.read_config, tcn.config_of_state, ".tcn.network:network_of", StreamingNet, tcn.FIRST
    ),
    "dstformer": Architecture(
        dstformer.read_config,
        dstformer.config_of_state,
        ".transformer.network:network_of",
        None,
        dstformer.FIRST,
        by_clips=True,
    ),
}
