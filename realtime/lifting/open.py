"""The lifter of a model: what runs the network that is chosen."""

from __future__ import annotations

import logging
from pathlib import Path

from threadpoolctl import threadpool_limits

from ..camera import Intrinsics
from ..errors import UsageError
from ..runtime.hints import command, quoted
from ..runtime.text import counted
from ..stages import Lifter
from .choice import AUTO, NetworkUse, find_network
from .model_card import ModelCard
from .model_files import Network, load_network
from .streaming import StreamingLifter

_log = logging.getLogger(__name__)


def open_lifter(
    model: str = AUTO,
    window: int = 27,
    intrinsics: Intrinsics | None = None,
    device: str = "cpu",
    *,
    causal: bool = False,
    delay: int | None = 0,
    recording: bool = False,
) -> Lifter:
    """The lifter of a model ("auto", a name or a path) for a window of so many poses.

    `delay`: for how many poses after the one that it answers for it waits.  With 0 it answers for the newest,
    which is repeated as the future that a symmetric network needs; None: as many as the network sees.
    `device` is for symmetric networks that answer for the newest: a column of any other is over before a
    GPU has been told.  `causal`: a checkpoint without a model card is causal (see load_network).  `recording`: the
    poses are those of a recording, for which a network may answer by clips.

    Raises WeightsError, or UsageError where the network's skeletons are not known here, its
    card says that it is not `causal`, it does not see so far ahead, or answers by clips where nothing is recorded.
    """
    path = find_network(model, NetworkUse(window, delay))
    flag = "--symmetric" if delay is None else f"--delay {delay}"
    if path.suffix == ".onnx":
        if delay != 0:
            raise UsageError(f"{flag} takes no .onnx network; give the one that {path.name} was exported from")
        lifter = _exported(path, intrinsics, causal)
    elif (network := load_network(path, causal=causal)).card.by_clips:
        _check_clips(network, path, delay, recording=recording)
        return _by_clips(network, intrinsics, device)
    elif delay == 0:
        lifter = _newest(network, intrinsics, device)
    else:
        lifter = _late(network, intrinsics, delay, flag)
    # The detector needs the cores, and a column is too small to share.
    threadpool_limits(1, user_api="blas")
    if lifter.window_length > window:
        _log.warning("%s needs a window of %d, not %d", lifter.name, lifter.window_length, window)
    return lifter


def lookahead_lifter(network: Network, intrinsics: Intrinsics | None = None) -> Lifter:
    """The lifter of a network that sees the future, for a recording."""
    return _by_clips(network, intrinsics) if network.card.by_clips else StreamingLifter(network, intrinsics)


def _by_clips(network: Network, intrinsics: Intrinsics | None, device: str = "cpu") -> Lifter:
    from .clips import ClipLifter

    return ClipLifter(network, intrinsics, device)


def _check_clips(network: Network, path: Path, delay: int | None, *, recording: bool) -> None:
    """Raise UsageError where a network that answers by clips cannot be used."""
    if not recording:
        lift = command("lift", "VIDEO", "--model", quoted(str(path)))
        raise UsageError(
            f"{path.name} is a {network.card.kind}, which lifts recordings only: {lift}; live, take another"
        )
    if delay:
        raise UsageError(f"--delay {delay}: {path.name} is a {network.card.kind}, which sees whole clips; leave it out")


def _late(network: Network, intrinsics: Intrinsics | None, delay: int | None, flag: str) -> Lifter:
    ahead = network.card.config.lookahead
    if not ahead:
        raise UsageError(f"{network.label} is causal and sees no future frames; {_instead(delay)}")
    if delay not in (None, ahead):
        raise UsageError(f"{flag}: {network.label} sees {counted(ahead, 'frame')} ahead; give --delay {ahead}")
    return StreamingLifter(network, intrinsics)


def _instead(delay: int | None) -> str:
    """What a user of a causal network is to do."""
    return "leave out --model, or give a symmetric one" if delay is None else f"leave out --delay {delay}, or --model"


def _exported(path: Path, intrinsics: Intrinsics | None, causal: bool) -> Lifter:
    from .onnx import LIFTERS, load_onnx

    exported = load_onnx(path, causal=causal)
    _note_if_ahead(exported.card)
    return LIFTERS[exported.form](exported, intrinsics)


def _newest(network: Network, intrinsics: Intrinsics | None, device: str) -> Lifter:
    _note_if_ahead(network.card)
    if not network.card.config.lookahead:
        return StreamingLifter(network, intrinsics)
    from .windowed import WindowedLifter

    return WindowedLifter(network, intrinsics, device)


def _note_if_ahead(card: ModelCard) -> None:
    """Log that the newest pose stands for the future, and how the network gets the real one."""
    if card.is_symmetric:
        _log.warning(
            "%s is symmetric: the newest pose is repeated as the future that it needs; %s gives it the real one",
            card.name,
            command("lift", "VIDEO", "--symmetric"),
        )
    elif ahead := card.config.lookahead:
        _log.warning(
            "%s sees %s ahead: the newest pose is repeated for them; --delay %d gives it the real ones",
            card.name,
            counted(ahead, "frame"),
            ahead,
        )
