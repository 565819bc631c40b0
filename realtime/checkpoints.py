"""Checkpoints of VideoPose3D and its relatives, read without running anything in them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import _pickle as random_state

from .errors import WeightsError
from .tcn import TcnConfig

SUFFIXES = (".bin", ".pt", ".pth")

# How NumPy, of whichever version, says that a pickled array is rebuilt.
_rebuild = np.empty(0).__reduce__()[0]

# What the published checkpoints hold beside tensors: NumPy's random state, which is
# rebuilt, never used, and thrown away.
_ALLOWED: list[Any] = [
    *((_rebuild, f"numpy.{core}.multiarray._reconstruct") for core in ("core", "_core")),
    np.ndarray,
    np.dtype,
    type(np.dtype(np.uint32)),
    np.random.RandomState,
    np.random.MT19937,
    random_state.__randomstate_ctor,  # noqa: SLF001  # named so in the files
    random_state.__bit_generator_ctor,  # noqa: SLF001
]


def parse(path: Path, read: Callable[[], Any]) -> Any:
    """Call a third-party reader; what such readers raise on a broken file is anyone's
    guess (EOFError, KeyError, RuntimeError, OSError were seen), so all of it is met."""
    try:
        return read()
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} is damaged, or holds more than tensors and might run code; nothing of it was run"
        ) from error
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        raise WeightsError(f"{path} is not a readable network file ({reason}); fetch it again") from error


def checkpoint_state(path: Path, data: bytes) -> dict[str, Any]:
    """The network's tensors by name, from the bytes of a checkpoint."""
    with torch.serialization.safe_globals(_ALLOWED):
        loaded = parse(path, lambda: torch.load(io.BytesIO(data), map_location="cpu", weights_only=True))
    # 'model_pos' is VideoPose3D's name, 'model_run' RunningPose's.
    for key in ("model_pos", "model_run"):
        if isinstance(loaded, dict) and key in loaded:
            loaded = loaded[key]
    if not isinstance(loaded, dict) or "expand_conv.weight" not in loaded:
        raise WeightsError(f"{path} holds no temporal convolution network (no 'expand_conv.weight')")
    return {str(name).removeprefix("module."): tensor for name, tensor in loaded.items()}


def checkpoint_geometry(path: Path, state: dict[str, Any]) -> TcnConfig:
    """A network's geometry as its shapes tell it.  They do not tell whether it is causal:
    it is taken for symmetric."""
    try:
        widths = [state["expand_conv.weight"].shape[2]]
        while (name := f"layers_conv.{2 * len(widths) - 2}.weight") in state:
            widths.append(state[name].shape[2])
        channels, inputs, _ = state["expand_conv.weight"].shape
        return TcnConfig(tuple(widths), channels, inputs, state["shrink.weight"].shape[0] // 3, causal=False)
    except (KeyError, AttributeError, ValueError, IndexError, TypeError) as error:
        raise WeightsError(f"{path} is not a network of this kind ({type(error).__name__}: {error})") from error
