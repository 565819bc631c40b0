"""Opens the network file that a VideoPose3D command line names."""

from __future__ import annotations

from ...errors import UsageError
from ...lifting.model_files import Network, load_network
from ...runtime.hints import command
from ...skeleton import COCO17
from .request import RenderRequest


def open_network(request: RenderRequest) -> Network:
    """Read the network.  Raises WeightsError if its file is not valid, UsageError if it does not
    match the flags."""
    path = request.network
    network = load_network(path, causal=request.settings.causal)
    card = network.card
    if card.by_clips:
        lift = command("lift", "VIDEO", "--model", path.name)
        raise UsageError(f"{path.name} is a {card.kind}, not VideoPose3D's network: {lift}")
    if card.skeleton_in != COCO17.name:
        raise UsageError(
            f"{card.name} takes {card.skeleton_in} keypoints; VideoPose3D command lines have {COCO17.name} keypoints"
        )
    for flag, requested, actual in (
        ("-arc", request.widths, card.config.filter_widths),
        ("-ch", request.channels, card.config.channels),
    ):
        if requested is not None and requested != actual:
            raise UsageError(
                f"{flag} {_as_flag(requested)} does not match {path.name}, which has {flag} {_as_flag(actual)}"
            )
    return network


def _as_flag(number: int | tuple[int, ...]) -> str:
    return ",".join(map(str, number)) if isinstance(number, tuple) else str(number)
