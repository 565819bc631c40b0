"""What a measure's function gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reading:
    """A value, NaN where it is not known, with the instant it was read at, and `why` it is not known."""

    value: float
    at_s: float | None = None
    why: str = ""


def absent(why: str) -> Reading:
    """No value, and why."""
    return Reading(np.nan, None, why)
