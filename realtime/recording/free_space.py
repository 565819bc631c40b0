"""When a recording pauses because its disk is nearly full."""

from __future__ import annotations

import shutil
from pathlib import Path

MIN_FREE_BYTES = 10**9  # a full system disk does more harm than a paused recording
_RESUME_FACTOR = 1.1  # hysteresis, so that a recording does not pause and resume at the limit


def lacking_bytes(folder: Path, min_free_bytes: float, *, paused: bool) -> float:
    """The bytes that must be free, and more than that to resume, if they are not; else 0.  Raises OSError."""
    required_bytes = min_free_bytes * (_RESUME_FACTOR if paused else 1.0)
    return required_bytes if shutil.disk_usage(folder).free < required_bytes else 0.0
