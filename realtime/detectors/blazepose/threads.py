"""How many cores the networks use."""

from __future__ import annotations

import os


def default_threads() -> int:
    """Two where there are two cores, one where there is one.  More than two gain little for networks
    of this size, and take cores from decoding and lifting."""
    return min(2, usable_cores())


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
