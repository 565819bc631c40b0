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
_OF_CARDS = ("features", "normalise", "skeleton_out")
_OF_CONFIGS = ("channels", "joints_out", "causal", "delay", "mirrored")
_FIRST = "expand_conv.weight"  # (channels, inputs, taps)


@torch.no_grad()
def warm_start(net: TemporalConvNet, card: ModelCard, smaller: Network) -> None:
    """Initialise `net`, whose card is `card`, with the weights of a network with at most as many blocks,
    that takes at most as many keypoints.

    A block adds a residual to the newest frame of its input, so a new block with a small gain
    preserves the output of the smaller network; further keypoints begin with no weight.  Raises
    UsageError, with what differs, if the weights would mean something else in the other network.
    """
    if differences := "; ".join(_differences(card, smaller.card)):
        raise UsageError(f"--init-from {smaller.card.name} cannot initialise this network: {differences}")
    blocks, smaller_blocks = len(card.config.filter_widths), len(smaller.card.config.filter_widths)
    state = net.state_dict()
    for name, array in smaller.state.items():
        if name != _FIRST or card.skeleton_in == smaller.card.skeleton_in:
            state[name].copy_(torch.from_numpy(array))
        else:
            state[name].zero_()
            state[name][:, card.feature_set.places(smaller.card.feature_set)] = torch.from_numpy(array)
    for block in range(smaller_blocks, blocks):
        pointwise = net.block(block)[1]
        pointwise[1].weight.fill_(_NEW_BLOCK_GAIN)


def _differences(card: ModelCard, smaller: ModelCard) -> Iterator[str]:
    same = card.skeleton_in == smaller.skeleton_in
    if not same and (missing := set(smaller.keypoints.joints) - set(card.keypoints.joints)):
        yield f"it takes {min(missing)} of {smaller.skeleton_in}, which {card.skeleton_in} lacks"
    of_configs = (*_OF_CONFIGS, "inputs") if same else _OF_CONFIGS
    for names, mine, other in ((_OF_CARDS, card, smaller), (of_configs, card.config, smaller.config)):
        for name in names:
            if (wanted := getattr(mine, name)) != (found := getattr(other, name)):
                yield f"{name} {found}, but {wanted} is wanted"
    widths = smaller.config.filter_widths
    if card.config.filter_widths[: len(widths)] != widths:
        yield f"filter widths {widths}, which are not the first of {card.config.filter_widths}"
