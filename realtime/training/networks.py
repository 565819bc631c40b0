"""The network that is trained, by its architecture, from the flags of `train`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError
from ..lifting.architectures import DEFAULT_KIND
from ..lifting.features import FeatureSet, Mirrors
from ..lifting.tcn.config import TcnConfig
from ..lifting.tcn.network import TemporalConvNet
from ..lifting.transformer.config import DstConfig
from ..lifting.transformer.network import DSTformer

# Shares of the joints and of the frames that pre-training hides: Zhu et al., ICCV 2023, section 4.1.
HIDDEN = 0.05, 0.1

LiftingNet = TemporalConvNet | DSTformer
NetConfig = TcnConfig | DstConfig


@dataclass(frozen=True)
class Trainable:
    """A row of TRAINABLE.  `config` makes a network's configuration of the flags, what it is fed, and the number of
    joints that it answers with (UsageError where they do not go together); `network` the network itself.
    `every_frame`: it is trained on all frames of a window; `errors`: weights of `Plan`."""

    config: Callable[[argparse.Namespace, FeatureSet, int], Any]
    network: Callable[[Any, Mirrors], LiftingNet]
    every_frame: bool = False
    errors: Mapping[str, float] = field(default_factory=dict)


def window_widths(window: int) -> tuple[int, ...]:
    """Filter widths of a network with a receptive field of `window` frames: (3, 3, 3) for 27.
    UsageError if it is not a power of 3."""
    widths: tuple[int, ...] = ()
    left = window
    while left > 3 and left % 3 == 0:
        widths, left = (*widths, 3), left // 3
    if left not in (1, 3):
        raise UsageError("--window must be 1, 3, 9, 27, 81 or 243")
    return (*widths, left)


def _tcn(args: argparse.Namespace, features: FeatureSet, joints: int) -> TcnConfig:
    if args.pretrain:
        raise UsageError("--pretrain is for --architecture dstformer; leave it out")
    return TcnConfig(
        filter_widths=window_widths(args.window),
        channels=args.channels,
        inputs=features.channels,
        joints_out=joints,
        causal=not (args.symmetric or args.delay),
        delay=args.delay or None,
        dropout=args.dropout,
        mirrored=not args.one_sided,
    )


def _dstformer(args: argparse.Namespace, features: FeatureSet, joints: int) -> DstConfig:
    if args.delay or args.preset or args.dropout:
        flag = "--delay" if args.delay else "--preset" if args.preset else "--dropout"
        raise UsageError(f"{flag} is for --architecture {DEFAULT_KIND}: a dstformer sees whole clips; leave it out")
    if args.channels % args.heads:
        raise UsageError(f"--channels {args.channels} cannot be shared by --heads {args.heads}; give a multiple")
    keypoints = len(features.skeleton)
    return DstConfig(
        window=args.window,
        channels=args.channels,
        representation=args.channels,
        depth=args.depth,
        heads=args.heads,
        inputs=features.channels,
        keypoints=keypoints,
        token_inputs=features.channels - features.axes * (keypoints - 1),
        joints_out=joints,
        mirrored=not args.one_sided,
    )


TRAINABLE = {
    DEFAULT_KIND: Trainable(_tcn, TemporalConvNet),
    # Zhu et al., ICCV 2023, section 4.1: the weights of the loss.
    "dstformer": Trainable(_dstformer, DSTformer, every_frame=True, errors={"velocity": 20.0, "scaled": 0.5}),
}
