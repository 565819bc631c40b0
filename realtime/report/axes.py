"""Axes of a chart: numbers to places, and ticks that people can read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..motion import Floats

_STEPS = 1, 2, 5, 10
_MARGIN = 0.04  # of the span, beyond the numbers


@dataclass(frozen=True)
class Axis:
    """The numbers `low` to `high` at the places `start` to `end` of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, number: float) -> float:
        """The place of a number."""
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int) -> list[float]:
        """Round numbers on the axis, at equal distances, of which there are at most `most`."""
        step = tick_step(self.high - self.low, most)
        first, last = math.ceil(round(self.low / step, 6)), math.floor(round(self.high / step, 6))
        return [step * place for place in range(first, last + 1)]


def tick_step(span: float, most: int) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that divides `span` into at most `most` parts."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * step for step in _STEPS if span / (power * step) <= most)


def bounds(numbers: Floats, least: float) -> tuple[float, float]:
    """Numbers a little below and above all that are finite, at least `least` apart."""
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    more = max((least - (high - low)) / 2, _MARGIN * (high - low))
    return low - more, high + more
