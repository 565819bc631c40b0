"""Weights of Detectron2's networks: downloaded once, read without executing pickled code, and
rejected if they belong to another network.

Detectron2 itself unpickles its model zoo's files, and loads another backbone's weights with
only a warning.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from ..errors import FormatError, WeightsError
from ..formats.safe.array_pickle import load_arrays
from ..formats.safe.network_file import parse
from ..runtime.hints import pip
from ..runtime.optional import load
from ..runtime.text import counted

_STALLED_AFTER_S = 20.0
_MAX_BYTES = 1 << 30  # the largest keypoint network of the zoo has 430 MB
# Old files contain buffers that newer networks compute.
_COMPUTED = ("anchor_generator.cell_anchors", "pixel_mean", "pixel_std")


def fetch(url: str, stalled_after_s: float = _STALLED_AFTER_S) -> Path:
    """Download the file, or take it from Detectron2's cache.

    Raises WeightsError if the server cannot be reached, or sends nothing for
    `stalled_after_s`.
    """
    from detectron2.utils.file_io import PathManager

    # It logs failures itself; the error raised below is enough.
    logging.getLogger("iopath.common.download").setLevel(logging.CRITICAL)
    try:
        with _socket_timeout(stalled_after_s):
            return Path(PathManager.get_local_path(url))
    except (OSError, URLError) as error:
        reason = getattr(error, "reason", error)
        raise WeightsError(f"cannot download {url} ({reason}); check the network or give a local file") from error


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

    Raises WeightsError for any other file, MissingLibrary without PyTorch.
    """
    torch: Any = load("torch", f"reading {path.name}", pip("torch"))
    try:
        size = path.stat().st_size
        if not 0 < size <= _MAX_BYTES:
            raise WeightsError(
                f"{path} has {counted(size, 'byte')}, which is no size of a weights file; download it again"
            )
        if path.suffix == ".pkl":
            data = load_arrays(path.read_bytes(), str(path))
        else:
            data = parse(path, lambda: torch.load(path, map_location="cpu", weights_only=True))
    except OSError as error:
        raise WeightsError(f"cannot read {path} ({error.strerror or error}); check the path") from error
    except FormatError as error:
        raise WeightsError(str(error)) from error
    state = data.get("model", data) if isinstance(data, dict) else None
    if not isinstance(state, dict):
        raise WeightsError(f"{path} contains no weights")
    return {str(name): _tensor(value, path) for name, value in state.items()}


def _tensor(value: Any, path: Path) -> Any:
    import torch

    try:
        return value if isinstance(value, torch.Tensor) else torch.tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} contains values that are not tensors") from error


def take_weights(model: Any, state: dict[str, Any], what: str) -> None:
    """Load `state` into `model`, a PyTorch module.  Raises WeightsError unless names and shapes match
    exactly: a deeper backbone's file contains all names of a shallower one."""
    wanted = model.state_dict()
    given = {name: value for name, value in state.items() if not any(part in name for part in _COMPUTED)}
    wrong = [name for name in wanted if name not in given or given[name].shape != wanted[name].shape]
    wrong += [name for name in given if name not in wanted]
    if wrong:
        raise WeightsError(f"{what}: weights of another network, {len(wrong)} tensors do not match (as {wrong[0]})")
    if not all(value.isfinite().all() for value in given.values() if value.is_floating_point()):
        raise WeightsError(f"{what}: the weights contain values that are not finite; download them again")
    model.load_state_dict(given)
