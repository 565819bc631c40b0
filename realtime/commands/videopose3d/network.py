"""Opens the network file that a VideoPose3D command line names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...errors import UsageError
from ...lifting.model_card import ModelCard
from ...lifting.model_files import Network, load_network
from ...skeleton import COCO17, H36M17, RUNNER18, SKELETONS
from .request import RenderRequest

# The output skeleton of a checkpoint without a model card, by its number of joints.
_BY_JOINTS = {len(skeleton): skeleton for skeleton in (H36M17, RUNNER18)}


def open_network(request: RenderRequest) -> Network:
    """Read the network.  Raises WeightsError if its file is not valid, UsageError if it does not
    match the flags."""
    path = request.network
    network = load_network(path)
    card = _of_joints(network.card)
    if request.causal and not card.config.causal:
        card = _causal(path, card)
    for flag, requested, actual in (
        ("-arc", request.widths, card.config.filter_widths),
        ("-ch", request.channels, card.config.channels),
    ):
        if requested is not None and requested != actual:
            raise UsageError(
                f"{flag} {_as_flag(requested)} does not match {path.name}, which has {flag} {_as_flag(actual)}"
            )
    return replace(network, card=card)


def _of_joints(card: ModelCard) -> ModelCard:
    """The card with the output skeleton that has as many joints as the network."""
    if card.skeleton_in != COCO17.name:
        raise UsageError(
            f"{card.name} takes {card.skeleton_in} keypoints; VideoPose3D command lines have {COCO17.name} keypoints"
        )
    known, joints = SKELETONS.get(card.skeleton_out), card.config.joints_out
    if known is None or len(known) != joints:
        known = _BY_JOINTS.get(joints)
    if known is None:
        raise UsageError(f"{card.name} outputs {joints} joints; supported are {' or '.join(map(str, _BY_JOINTS))}")
    return replace(card, skeleton_out=known.name)


def _causal(path: Path, card: ModelCard) -> ModelCard:
    """The card of a causal network: a checkpoint does not record this, a model card does."""
    if path.with_suffix(".json").exists():
        raise UsageError(f"--causal: the model card of {path.name} declares a symmetric network; leave the flag out")
    return replace(card, config=replace(card.config, causal=True))


def _as_flag(number: int | tuple[int, ...]) -> str:
    return ",".join(map(str, number)) if isinstance(number, tuple) else str(number)
