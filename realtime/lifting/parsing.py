"""Third-party readers of network files, whose faults on broken bytes have no common base."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import WeightsError


def parse(path: Path, read: Callable[[], Any]) -> Any:
    """Call a third-party reader.  On a broken file they raise all sorts of errors (EOFError,
    KeyError, RuntimeError and OSError were seen), so every Exception becomes a WeightsError."""
    try:
        return read()
    except WeightsError:
        raise
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        raise WeightsError(f"{path} is not a readable network file ({reason}); download or copy it again") from error
