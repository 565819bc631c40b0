"""95 % intervals of medians and shares, by resampling whole units, such as trials or people, (see bootstrap.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from .bootstrap import FEWEST, Score, expanded_tail

_RESAMPLES, _SEED = 1000, 2013

Unit = TypeVar("Unit")


def interval(units: Sequence[Unit], statistic: Callable[[Sequence[Unit]], float]) -> Score:
    """The statistic of all units and its interval over resampled ones, NaN for fewer than 5 of them."""
    value = statistic(units)
    if len(units) < FEWEST or not np.isfinite(value):
        return Score(value, np.nan, np.nan)
    rng = np.random.default_rng(_SEED)
    draws = rng.integers(len(units), size=(_RESAMPLES, len(units)))
    values = np.array([statistic([units[number] for number in draw]) for draw in draws])
    tail = expanded_tail(len(units))
    low, high = np.nanquantile(values, (tail, 1 - tail))
    return Score(value, float(low), float(high))


def shown(score: Score, digits: int = 0) -> str:
    """The number and its interval, as in tables; "–" for none."""
    if not np.isfinite(score.value):
        return "–"
    value = f"{score.value:z.{digits}f}"
    return value if np.isnan(score.low) else f"{value} [{score.low:z.{digits}f}, {score.high:z.{digits}f}]"
