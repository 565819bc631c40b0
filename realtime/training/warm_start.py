"""Warm start: initialise a network with the weights of a smaller one."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from ..errors import UsageError
from ..lifting.model_card import ModelCard
from ..lifting.model_files import Network
from ..lifting.tcn.network import TemporalConvNet

# A new block starts with a small gain relative to its residual: with zero gain no gradient
# would reach its weights through the ReLU.
_NEW_BLOCK_GAIN = 0.1
# What the two networks must have in common for the weights to mean the same.
_OF_CARDS = ("features", "normalise", "skeleton_in", "skeleton_out")
_OF_CONFIGS = ("channels", "inputs", "joints_out", "causal", "delay", "mirrored")


@torch.no_grad()
def warm_start(net: TemporalConvNet, card: ModelCard, smaller: Network) -> None:
    """Initialise `net`, whose card is `card`, with the weights of a network with at most as many blocks.

    A block adds a residual to the newest frame of its input, so a new block with a small gain
    preserves the output of the smaller network.  Raises UsageError, with what differs, if the
    weights would mean something else in the other network.
    """
    if differences := "; ".join(_differences(card, smaller.card)):
        raise UsageError(f"--start {smaller.card.name} cannot initialise this network: {differences}")
    blocks, smaller_blocks = len(card.config.filter_widths), len(smaller.card.config.filter_widths)
    state = net.state_dict()
    for name, array in smaller.state.items():
        state[name].copy_(torch.from_numpy(array))
    for block in range(smaller_blocks, blocks):
        pointwise = net.block(block)[1]
        pointwise[1].weight.fill_(_NEW_BLOCK_GAIN)


def _differences(card: ModelCard, smaller: ModelCard) -> Iterator[str]:
    for names, mine, other in ((_OF_CARDS, card, smaller), (_OF_CONFIGS, card.config, smaller.config)):
        for name in names:
            if (wanted := getattr(mine, name)) != (found := getattr(other, name)):
                yield f"{name} {found}, but {wanted} is wanted"
    widths = smaller.config.filter_widths
    if card.config.filter_widths[: len(widths)] != widths:
        yield f"filter widths {widths}, which are not the first of {card.config.filter_widths}"
