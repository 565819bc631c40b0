"""Checkpoints of VideoPose3D, MotionBERT and their relatives, read without running anything in them."""

from __future__ import annotations

import io
import logging
import pickle
import re
import warnings
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import _pickle as random_state

from ..errors import WeightsError
from ..formats.safe.network_file import parse
from .architectures import ARCHITECTURES

# NumPy's reconstruction functions of pickled arrays and scalars; their module differs between versions.
_rebuild = np.empty(0).__reduce__()[0]
_scalar = np.float64(0).__reduce__()[0]
_NUMBERS_AND_TEXT = "?bhilqBHILQefdSU"  # NumPy's codes of their types; no objects

# What checkpoints hold beside tensors: scores as NumPy scalars or arrays, and NumPy's random
# state, which is rebuilt, never used, and thrown away.
_ALLOWED: list[Any] = [
    *((_rebuild, f"numpy.{core}.multiarray._reconstruct") for core in ("core", "_core")),
    *((_scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")),
    np.ndarray,
    np.dtype,
    *{type(np.dtype(code)) for code in _NUMBERS_AND_TEXT},
    np.random.RandomState,
    np.random.MT19937,
    random_state.__randomstate_ctor,  # noqa: SLF001  # named so in the files
    random_state.__bit_generator_ctor,  # noqa: SLF001  # named so in the files
]

_FIRST = tuple(architecture.first for architecture in ARCHITECTURES.values())
# Where the network is: 'model_pos' is VideoPose3D's name, 'model_run' RunningPose's.
_USUAL = ("model_pos", "model_run")
# Parts of the names of networks that are not the trained one: that of the trajectory, and averages.
_SECONDARY = ("traj", "ema", "shadow", "averag")
_DEEPEST = 8  # dictionaries within dictionaries
_SAVE_ALONE = "save the network alone: torch.save(net.state_dict(), FILE)"

_log = logging.getLogger(__name__)

Place = tuple[str, ...]  # the keys that lead to a network, and what its names begin with


def checkpoint_state(path: Path, data: bytes) -> dict[str, Any]:
    """The network's arrays by name, from the bytes of a checkpoint.  Raises WeightsError."""
    loaded = parse(path, lambda: _unpickled(path, data))
    found = _networks(loaded)
    if not found:
        raise WeightsError(
            f"{path} holds no network in the layout of VideoPose3D or MotionBERT (nothing is called "
            f"{' or '.join(map(repr, _FIRST))}); it holds {_contents(loaded)}"
        )
    state = found[_chosen(path, list(found))]
    arrays: dict[str, Any] = parse(path, lambda: {name: _array(value) for name, value in state.items()})
    return arrays


def turned_to_camera_axes(state: Mapping[str, Any]) -> dict[str, Any]:
    """RunningPose's network, answering in axes x right, y down, z away from the camera.

    It was trained on `data_3d` files, in a Qualisys camera's axes (y up, z backwards), so y and z of the last layer
    change their sign."""
    signs = np.tile(np.array([1, -1, -1], np.float32), len(state["shrink.bias"]) // 3)
    weight, bias = state["shrink.weight"] * signs[:, None, None], state["shrink.bias"] * signs
    return {**state, "shrink.weight": weight, "shrink.bias": bias}


def _unpickled(path: Path, data: bytes) -> Any:
    try:
        with torch.serialization.safe_globals(_ALLOWED), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of old protocols and TorchScript; what is wrong is an error
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{path} {_refusal(str(error))}") from error
    except RuntimeError as error:
        if "TorchScript" not in str(error):
            raise
        raise WeightsError(f"{path} is a TorchScript program, which is not run; {_SAVE_ALONE}") from error


def _refusal(reason: str) -> str:
    """PyTorch's reason in our words: something that is not allowed is named, all else is damage."""
    if named := re.search(r"nsupported (?:global: )?GLOBAL (\S{1,100})|but got <class '(\S{1,100})'>", reason):
        name = (named[1] or named[2]).encode("ascii", "replace").decode()
        return f"holds {name}, neither a tensor nor a number, and is refused; nothing of it was run; {_SAVE_ALONE}"
    return (
        "is damaged, or was not written by torch.save with its own pickle protocol, 2; nothing of it was run; "
        "download, copy or save it again"
    )


def _networks(loaded: Any) -> dict[Place, dict[str, Any]]:
    """Every network in a checkpoint: entries by their names in VideoPose3D or MotionBERT.

    They may be in dictionaries within dictionaries (`state_dict`, `model_pos`, `net` …), and their
    names may begin with those of what was around the network: `module.` of DataParallel and of
    averaged networks, `_orig_mod.` of torch.compile, an attribute of a larger module.
    """
    found: dict[Place, dict[str, Any]] = {}
    waiting: deque[tuple[Place, Any]] = deque([((), loaded)])
    seen: set[int] = set()  # a dictionary may contain itself
    while waiting:
        place, value = waiting.popleft()
        if not isinstance(value, Mapping) or id(value) in seen or len(place) > _DEEPEST:
            continue
        seen.add(id(value))
        entries = {str(name).replace("_orig_mod.", ""): entry for name, entry in value.items()}
        arrays = {name: entry for name, entry in entries.items() if _is_array(entry)}
        for prefix in [
            name.removesuffix(first) for first in _FIRST for name in arrays if f".{name}".endswith(f".{first}")
        ]:
            within = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            found[*place, *prefix.split(".")[:-1]] = within
        waiting.extend(((*place, name), entry) for name, entry in entries.items())
    return found


def _chosen(path: Path, places: list[Place]) -> Place:
    """The place of the network to take of several; said, unless the layout is VideoPose3D's own."""
    usual = [place for place in places if set(place) & set(_USUAL)]
    trained = [place for place in places if not any(part in ".".join(place).lower() for part in _SECONDARY)]
    chosen = (usual or trained or places)[0]
    if len(places) > 1 and not usual:
        names = [".".join(place) or "the outermost" for place in (chosen, *(p for p in places if p != chosen))]
        _log.warning("%s holds several networks: %s is taken, not %s", path, names[0], ", ".join(names[1:])[:100])
    return chosen


def _contents(loaded: Any) -> str:
    """What there is instead of a network, in a few printable words."""
    if not isinstance(loaded, Mapping):
        return f"one value of the type {type(loaded).__name__}"
    levels = [loaded, *(value for value in loaded.values() if isinstance(value, Mapping))]
    names = [ascii(name) for name in max(levels, key=lambda level: sum(map(_is_array, level.values())))]
    return ", ".join(names[:4])[:100] + (" …" if len(names) > 4 else "") if names else "nothing"


def _is_array(value: Any) -> bool:
    return isinstance(value, torch.Tensor | np.ndarray)


def _array(value: Any) -> Any:
    """As NumPy's array; of floating-point numbers as float32, which NumPy has of every width."""
    if isinstance(value, np.ndarray):
        return value
    tensor = value.detach()
    return (tensor.float() if tensor.is_floating_point() else tensor).numpy()
