"""The network's file, as an old command line names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...errors import UsageError
from ...lifting.model_card import ModelCard
from ...lifting.model_files import Network, load_network
from ...skeleton import COCO17, H36M17, RUNNER18, SKELETONS
from .request import RenderRequest

# What a checkpoint that comes without a card lifts to, told by how many joints it has.
_BY_JOINTS = {len(skeleton): skeleton for skeleton in (H36M17, RUNNER18)}


def open_network(request: RenderRequest) -> Network:
    """Read the network.  Raises WeightsError for what is wrong with its file, UsageError
    where it is not the one that the flags describe."""
    path = request.network
    network = load_network(path)
    card = _of_joints(network.card)
    if request.causal and not card.config.causal:
        card = _causal(path, card)
    for flag, said, is_ in (
        ("-arc", request.widths, card.config.filter_widths),
        ("-ch", request.channels, card.config.channels),
    ):
        if said is not None and said != is_:
            raise UsageError(f"{flag} {_word(said)} is another network: {path.name} has {flag} {_word(is_)}")
    return replace(network, card=card)


def _of_joints(card: ModelCard) -> ModelCard:
    """With the skeleton that has as many joints as the network."""
    if card.skeleton_in != COCO17.name:
        raise UsageError(f"{card.name} lifts {card.skeleton_in}; an old command line has {COCO17.name} keypoints")
    known, joints = SKELETONS.get(card.skeleton_out), card.config.joints_out
    if known is None or len(known) != joints:
        known = _BY_JOINTS.get(joints)
    if known is None:
        raise UsageError(f"{card.name} lifts to {joints} joints; wanted {' or '.join(map(str, _BY_JOINTS))}")
    return replace(card, skeleton_out=known.name)


def _causal(path: Path, card: ModelCard) -> ModelCard:
    """A checkpoint does not tell whether it is causal; a card does."""
    if path.with_suffix(".json").exists():
        raise UsageError(f"--causal: the card of {path.name} says that it is symmetric; leave the flag out")
    return replace(card, config=replace(card.config, causal=True))


def _word(number: int | tuple[int, ...]) -> str:
    return ",".join(map(str, number)) if isinstance(number, tuple) else str(number)
