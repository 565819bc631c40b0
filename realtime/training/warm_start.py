"""Warm start: initialise a network with the weights of a smaller one, or of one that answers with other joints."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..errors import UsageError
from ..lifting.model_card import ModelCard
from ..lifting.model_files import Network
from ..lifting.tcn.network import TemporalConvNet
from ..lifting.transformer.network import DSTformer
from .networks import LiftingNet
from .plan import HEAD

# A new block starts with a small gain relative to its residual: with zero gain no gradient
# would reach its weights through the ReLU.
_NEW_BLOCK_GAIN = 0.1
# What the two networks must have in common for the weights to mean the same: of all, and of the head.
_SKELETONS = ("skeleton_in", "skeleton_out")
_OF_CARDS, _HEADS_CARD = ("features", "normalise"), ("skeleton_out",)
_OF_CONFIGS, _HEADS_CONFIG = ("channels", "causal", "delay", "mirrored"), ("joints_out",)
_FIRST = "expand_conv.weight"  # (channels, inputs, taps)
# Spread of the weights of a new head: its answers begin at its bias.
_NEW_HEAD_SD = 1e-3


def warm_start(net: LiftingNet, card: ModelCard, smaller: Network, new_head: Tensor | None = None) -> None:
    """Initialise `net`, whose card is `card`, with the weights of another network of its architecture: a transformer
    of the same sizes, or temporal convolutions as in `_begin_with`.  Raises UsageError, with what differs, if the
    weights would mean something else."""
    if card.kind != smaller.card.kind:
        raise _cannot(smaller, f"its architecture is {smaller.card.kind}, but {card.kind} is wanted")
    if isinstance(net, DSTformer):
        _fine_tune(net, card, smaller)
    else:
        _begin_with(net, card, smaller, new_head)


def _fine_tune(net: DSTformer, card: ModelCard, pretrained: Network) -> None:
    cards = ((name, getattr(card, name), getattr(pretrained.card, name)) for name in (*_OF_CARDS, *_SKELETONS))
    wanted, found = net.config.shapes(), pretrained.card.config.shapes()
    sizes = ((name, shape, found.get(name)) for name, shape in wanted.items())
    heads = "heads", net.config.heads, pretrained.card.config.heads
    for name, own, other in (*cards, heads, *sizes):
        if own != other:
            raise _cannot(pretrained, f"{name} {other}, but {own} is wanted")
    net.load_state_dict({name: torch.from_numpy(array) for name, array in pretrained.state.items()})


@torch.no_grad()
def _begin_with(net: TemporalConvNet, card: ModelCard, smaller: Network, new_head: Tensor | None) -> None:
    """Initialise with the weights of a network with at most as many blocks, that takes at most as many keypoints.

    A block adds a residual to the newest frame of its input, so a new block with a small gain
    preserves the output of the smaller network; further keypoints begin with no weight.  With `new_head`, the
    mean pose (J, 3), a network that answers with other joints gives its body only: the head begins with small random
    weights, and the mean pose as its bias.
    """
    begins_anew = new_head is not None and smaller.card.skeleton_out != card.skeleton_out
    if differences := "; ".join(_differences(card, smaller.card, with_head=not begins_anew)):
        raise _cannot(smaller, differences)
    blocks, smaller_blocks = len(card.config.filter_widths), len(smaller.card.config.filter_widths)
    state = net.state_dict()
    for name, array in smaller.state.items():
        if begins_anew and name.startswith(f"{HEAD}."):
            continue
        if name != _FIRST or card.skeleton_in == smaller.card.skeleton_in:
            state[name].copy_(torch.from_numpy(array))
        else:
            state[name].zero_()
            state[name][:, card.feature_set.places(smaller.card.feature_set)] = torch.from_numpy(array)
    for block in range(smaller_blocks, blocks):
        pointwise = net.block(block)[1]
        pointwise[1].weight.fill_(_NEW_BLOCK_GAIN)
    if begins_anew and new_head is not None:
        net.shrink.weight.normal_(0, _NEW_HEAD_SD)
        state[f"{HEAD}.bias"].copy_(new_head.flatten())


def _cannot(other: Network, differences: str) -> UsageError:
    return UsageError(f"--init-from {other.card.name} cannot initialise this network: {differences}")


def _differences(card: ModelCard, smaller: ModelCard, *, with_head: bool) -> Iterator[str]:
    same = card.skeleton_in == smaller.skeleton_in
    if not same and (missing := set(smaller.keypoints.joints) - set(card.keypoints.joints)):
        yield f"it takes {min(missing)} of {smaller.skeleton_in}, which {card.skeleton_in} lacks"
    of_cards = (*_OF_CARDS, *(_HEADS_CARD if with_head else ()))
    of_configs = (*_OF_CONFIGS, *(_HEADS_CONFIG if with_head else ()), *(("inputs",) if same else ()))
    for names, mine, other in ((of_cards, card, smaller), (of_configs, card.config, smaller.config)):
        for name in names:
            if (wanted := getattr(mine, name)) != (found := getattr(other, name)):
                yield f"{name} {found}, but {wanted} is wanted"
    widths = smaller.config.filter_widths
    if card.config.filter_widths[: len(widths)] != widths:
        yield f"filter widths {widths}, which are not the first of {card.config.filter_widths}"
