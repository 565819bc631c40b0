"""Third-party readers of network files, whose faults on broken bytes have no common base."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import WeightsError


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
