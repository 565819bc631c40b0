"""Checkpoints of VideoPose3D and its relatives, read without running anything in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import _pickle as random_state

from ..errors import WeightsError
from .parsing import parse

# NumPy's reconstruction function of pickled arrays; its module differs between versions.
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
    random_state.__bit_generator_ctor,  # noqa: SLF001  # named so in the files
]


def checkpoint_state(path: Path, data: bytes) -> dict[str, Any]:
    """The network's arrays by name, from the bytes of a checkpoint."""
    with torch.serialization.safe_globals(_ALLOWED):
        loaded = parse(path, lambda: torch.load(io.BytesIO(data), map_location="cpu", weights_only=True))
    # 'model_pos' is VideoPose3D's name, 'model_run' RunningPose's.
    for key in ("model_pos", "model_run"):
        if isinstance(loaded, dict) and key in loaded:
            loaded = loaded[key]
    if not isinstance(loaded, dict) or "expand_conv.weight" not in loaded:
        raise WeightsError(f"{path} holds no temporal convolution network (no 'expand_conv.weight')")
    tensors = {str(name).removeprefix("module."): tensor for name, tensor in loaded.items()}
    arrays: dict[str, Any] = parse(path, lambda: {name: _array(tensor) for name, tensor in tensors.items()})
    return arrays


def _array(tensor: torch.Tensor) -> Any:
    """NumPy has no bfloat16."""
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
