"""Numbers for people, by their unit."""

from __future__ import annotations

import math

_DIGITS = {"s": 3, "ms": 0, "m": 3, "cm": 1, "°": 1, "%": 1, "% of stride": 1, "steps/min": 1, "strides/min": 1}
_USUAL_DIGITS = 2
_SHORT_M = 0.3
_SHOWN = {"1": ""}  # a share


def unit_shown(unit: str) -> str:
    """A unit as people read it."""
    return _SHOWN.get(unit, unit)


def number(figure: float, unit: str) -> str:
    """A number with the digits that its unit has."""
    return fixed(figure, _DIGITS.get(unit, _USUAL_DIGITS)) if math.isfinite(figure) else "–"


def fixed(figure: float, digits: int) -> str:
    """A number with so many digits; zero has no sign."""
    return f"{round(figure, digits) + 0.0:.{digits}f}".replace("-", "−")


def with_unit(figure: float, unit: str) -> str:
    """The same with its unit."""
    return f"{number(figure, unit)}{'' if unit == '°' else ' '}{unit_shown(unit)}".strip()


def signed(figure: float) -> str:
    """A number with its sign and one digit."""
    return f"{figure:+.1f}".replace("-", "−")


def in_short(figure: float, unit: str) -> tuple[str, str]:
    """A figure as it is spoken of, and its unit: lengths to the centimetre, short ones in centimetres."""
    if unit == "m":
        return (fixed(figure, 2), unit) if abs(figure) >= _SHORT_M else (fixed(100 * figure, 1), "cm")
    return number(figure, unit), unit_shown(unit)
