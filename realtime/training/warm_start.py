"""Warm start: initialise a network with the weights of a smaller one."""

from __future__ import annotations

import torch

from ..errors import UsageError
from ..lifting.model_files import Network
from ..lifting.tcn.network import TemporalConvNet

# A new block starts with a small gain relative to its residual: with zero gain no gradient
# would reach its weights through the ReLU.
_NEW_BLOCK_GAIN = 0.1


@torch.no_grad()
def warm_start(net: TemporalConvNet, smaller: Network) -> None:
    """Initialise `net` with the weights of a network with at most as many blocks.

    A block adds a residual to the newest frame of its input, so a new block with a small gain
    preserves the output of the smaller network.  Raises UsageError if the configurations do
    not match.
    """
    config, smaller_config = net.config, smaller.card.config
    widths = smaller_config.filter_widths
    match = all(
        getattr(config, n) == getattr(smaller_config, n) for n in ("channels", "inputs", "joints_out", "causal")
    )
    if not match or config.filter_widths[: len(widths)] != widths:
        raise UsageError(
            f"--start {smaller.card.name} cannot initialise this network: features, channels and causality must "
            "match, and its window must not be larger"
        )
    state = net.state_dict()
    for name, array in smaller.state.items():
        state[name].copy_(torch.from_numpy(array))
    for block in range(len(widths), len(config.filter_widths)):
        pointwise = net.block(block)[1]
        pointwise[1].weight.fill_(_NEW_BLOCK_GAIN)
