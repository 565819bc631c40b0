"""What any file of a network may hold: broken bytes, and shapes that tell its geometry."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import WeightsError
from .tcn.config import TcnConfig


def parse(path: Path, read: Callable[[], Any]) -> Any:
    """Call a third-party reader; what such readers raise on a broken file is anyone's
    guess (EOFError, KeyError, RuntimeError, OSError were seen), so all of it is met."""
    try:
        return read()
    except WeightsError:
        raise
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} is damaged, or holds more than tensors and might run code; nothing of it was run"
        ) from error
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        raise WeightsError(f"{path} is not a readable network file ({reason}); fetch it again") from error


def checkpoint_geometry(path: Path, state: Mapping[str, Any]) -> TcnConfig:
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
