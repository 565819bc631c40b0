"""Weights of Detectron2's networks: fetched once, read without running anything in them,
and refused if they are another network's.

Detectron2 itself unpickles its model zoo's files, and loads another backbone's weights
with no more than a warning.
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch

from ..errors import FormatError, WeightsError
from ..formats.safe.array_pickle import load_arrays

_STALLED_AFTER_S = 20.0
_MAX_BYTES = 1 << 30  # the largest keypoint network of the zoo has 430 MB
# Old files hold what newer networks compute.
_COMPUTED = ("anchor_generator.cell_anchors", "pixel_mean", "pixel_std")


def fetch(url: str, stalled_after_s: float = _STALLED_AFTER_S) -> Path:
    """The file behind the address, from Detectron2's own cache where it is there already.

    Raises WeightsError if the network does not answer, or sends nothing for that long.
    """
    from detectron2.utils.file_io import PathManager

    # It tells of failures in lines of its own; one is enough.
    logging.getLogger("iopath.common.download").setLevel(logging.CRITICAL)
    try:
        with _socket_timeout(stalled_after_s):
            return Path(PathManager.get_local_path(url))
    except (OSError, URLError) as error:
        reason = getattr(error, "reason", error)
        raise WeightsError(f"cannot fetch {url} ({reason}); check the network, or give the file as weights") from error


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def read_weights(path: Path) -> dict[str, Any]:
    """Tensors by name from the zoo's `.pkl` or from a `.pth` of Detectron2's training.

    Raises WeightsError, in one line, for anything else.
    """
    try:
        size = path.stat().st_size
        if not 0 < size <= _MAX_BYTES:
            raise WeightsError(f"{path} has {size} bytes, which no network has; fetch it again")
        if path.suffix == ".pkl":
            data = load_arrays(path.read_bytes(), str(path))
        else:
            data = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"cannot read {path} ({error.strerror or error}); check the path") from error
    except FormatError as error:
        raise WeightsError(str(error)) from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise WeightsError(f"{path} is not a network's weights, or is damaged; fetch it again") from error
    state = data.get("model", data) if isinstance(data, dict) else None
    if not isinstance(state, dict):
        raise WeightsError(f"{path} holds no network")
    return {str(name): _tensor(value, path) for name, value in state.items()}


def _tensor(value: Any, path: Path) -> torch.Tensor:
    try:
        return value if isinstance(value, torch.Tensor) else torch.tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} holds something other than a network's numbers") from error


def take_weights(model: torch.nn.Module, state: dict[str, torch.Tensor], what: str) -> None:
    """Put `state` into `model`; every tensor must be there, in its shape, and none left
    over (WeightsError): a deeper backbone's file holds all of a shallower one's names."""
    wanted = model.state_dict()
    given = {name: value for name, value in state.items() if not any(part in name for part in _COMPUTED)}
    wrong = [name for name in wanted if name not in given or given[name].shape != wanted[name].shape]
    wrong += [name for name in given if name not in wanted]
    if wrong:
        raise WeightsError(f"{what}: weights of another network, {len(wrong)} tensors do not fit, such as {wrong[0]}")
    if not all(torch.isfinite(value).all() for value in given.values() if value.is_floating_point()):
        raise WeightsError(f"{what}: the weights hold numbers that are not finite; fetch them again")
    model.load_state_dict(given)
