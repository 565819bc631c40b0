"""Third-party readers of network files, whose faults on broken bytes have no common base."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import WeightsError
from ...runtime.text import reason


def parse(path: Path, read: Callable[[], Any]) -> Any:
    """Call a third-party reader, without its warnings.  On a broken file they raise all sorts of errors (EOFError,
    KeyError, RuntimeError and OSError were seen), so every Exception becomes a WeightsError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong is an error
            return read()
    except WeightsError:
        raise
    except Exception as error:
        raise WeightsError(
            f"{path} is not a readable network file ({reason(error)}); download or copy it again"
        ) from error
