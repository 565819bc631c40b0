"""The lifter of a model: which network its name stands for, and what runs it."""

from __future__ import annotations

import logging
from pathlib import Path

from threadpoolctl import threadpool_limits

from ..camera import Intrinsics
from ..errors import UsageError
from ..runtime.hints import command
from ..stages import Lifter
from .model_card import ModelCard
from .model_files import DEFAULT_MODEL, MODEL_FOLDER, find_model, load_network
from .streaming import StreamingLifter

SYMMETRIC_MODEL = "symmetric"
_HOW_TO_GET_ONE = (
    f"{command('train')} --symmetric --window 27 --out model/symmetric-27 makes one, or give the file of one as --model"
)

_log = logging.getLogger(__name__)


def open_lifter(
    model: str = DEFAULT_MODEL,
    window: int = 27,
    intrinsics: Intrinsics | None = None,
    device: str = "cpu",
    *,
    causal: bool = False,
) -> Lifter:
    """The lifter of a model (name or path) for a window of so many poses, that answers for the
    newest.  `device` is for symmetric networks: a column of a causal one is over before a GPU
    has been told.  `causal`: a checkpoint without a model card is causal (see load_network).

    Raises WeightsError, or UsageError where the network's skeletons are not known here or its
    card says that it is not `causal`.
    """
    lifter = _open(find_model(model, window), intrinsics, device, causal)
    # The detector needs the cores, and a column is too small to share.
    threadpool_limits(1, user_api="blas")
    if lifter.window_length > window:
        _log.warning("%s needs a window of %d, not %d", lifter.name, lifter.window_length, window)
    return lifter


def find_symmetric(model: str = SYMMETRIC_MODEL, window: int = 27, folder: Path = MODEL_FOLDER) -> Path:
    """As `find_model`; UsageError, with what to do, where there is no such network to take."""
    if model == SYMMETRIC_MODEL and not any(folder.glob(f"{model}*.safetensors")):
        raise UsageError(f"there is no symmetric (non-causal) model in {folder}; {_HOW_TO_GET_ONE}")
    return find_model(model, window, folder)


def open_lookahead_lifter(
    model: str = SYMMETRIC_MODEL, window: int = 27, intrinsics: Intrinsics | None = None
) -> StreamingLifter:
    """The symmetric network of a model (name or path), that answers once it has seen the future.

    Raises WeightsError, or UsageError where the network is causal or its skeletons are not
    known here.
    """
    path = find_symmetric(model, window)
    if path.suffix == ".onnx":
        raise UsageError(f"--symmetric takes no .onnx network; give the one that {path.name} was exported from")
    network = load_network(path)
    if not network.card.config.lookahead:
        raise UsageError(f"{network.label} is causal and sees no future frames; {_HOW_TO_GET_ONE}")
    threadpool_limits(1, user_api="blas")
    return StreamingLifter(network, intrinsics)


def _open(path: Path, intrinsics: Intrinsics | None, device: str, causal: bool) -> Lifter:
    if path.suffix == ".onnx":
        from .onnx import LIFTERS, load_onnx

        exported = load_onnx(path, causal=causal)
        _note_if_symmetric(exported.card)
        return LIFTERS[exported.form](exported, intrinsics)
    network = load_network(path, causal=causal)
    _note_if_symmetric(network.card)
    if not network.card.config.lookahead:
        return StreamingLifter(network, intrinsics)
    from .windowed import WindowedLifter

    return WindowedLifter(network, intrinsics, device)


def _note_if_symmetric(card: ModelCard) -> None:
    if card.config.lookahead:
        _log.warning(
            "%s is symmetric: the newest pose is repeated as the future that it needs; %s gives it the real one",
            card.name,
            command("lift", "VIDEO", "--symmetric"),
        )
