"""A network that begins as a smaller one: the same answers at first, then better."""

from __future__ import annotations

import torch

from ..errors import UsageError
from ..lifting.model_files import Network
from ..lifting.tcn.network import TemporalConvNet

# A new block begins as a whisper beside its residual: not silent, or nothing would reach
# its weights through the rectifier.
_NEW_BLOCK_GAIN = 0.1


@torch.no_grad()
def warm_start(net: TemporalConvNet, smaller: Network) -> None:
    """Give `net` the weights of a network with fewer or as many blocks.

    A causal block adds to the newest frame of what is below it, so a block that adds nothing
    leaves the smaller network's answer.  Raises UsageError where one is not the beginning of
    the other.
    """
    ours, theirs = net.config, smaller.card.config
    widths = theirs.filter_widths
    same = all(getattr(ours, n) == getattr(theirs, n) for n in ("channels", "inputs", "joints_out", "causal"))
    if not same or ours.filter_widths[: len(widths)] != widths:
        raise UsageError(
            f"--start {smaller.card.name} is no beginning of this network: the same features, channels "
            "and kind, and a window not larger, are wanted"
        )
    state = net.state_dict()
    for name, array in smaller.state.items():
        state[name].copy_(torch.from_numpy(array))
    for block in range(len(widths), len(ours.filter_widths)):
        pointwise = net.block(block)[1]
        pointwise[1].weight.fill_(_NEW_BLOCK_GAIN)
