"""Measures of form as people read them: with no more digits than their error leaves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ...analysis.form.exercises import EXERCISES
from ...analysis.form.result import FormResult, Measure, RepetitionForm
from ..numbers import fixed

NO_BREAK = "\N{NO-BREAK SPACE}"  # between a number and its unit, or what belongs together
_UNITS = {"deg": "°", "1": "", "": ""}
_DIGITS = {"°": 0, "%": 0, "% of leg": 0, "cm": 1, "s": 2, "m": 2, "m/s": 2}
_USUAL_DIGITS = 1
_COARSE = 2.0  # an error from which on a digit behind the point says nothing
_SIGNS = {"left": "L", "right": "R", "": ""}


def unit_shown(unit: str) -> str:
    """A unit as people read it."""
    return _UNITS.get(unit, unit)


def number(figure: float, unit: str, error: float = math.nan) -> str:
    """A number with the digits that its unit has, none behind the point where the error is coarse."""
    digits = _DIGITS.get(unit_shown(unit), _USUAL_DIGITS)
    return fixed(figure, 0 if error >= _COARSE else digits)


def with_unit(figure: float, unit: str, error: float = math.nan) -> str:
    """The same with its unit."""
    shown = unit_shown(unit)
    return f"{number(figure, unit, error)}{'' if shown in ('°', '') else NO_BREAK}{shown}"


def seconds(t_s: float) -> str:
    """An instant or a time."""
    return f"{t_s:.2f}{NO_BREAK}s"


def error_shown(measure: Measure) -> str:
    """± its error; nothing where it is not known."""
    if not math.isfinite(measure.error):
        return ""
    return f"±{NO_BREAK}{number(measure.error, measure.unit, measure.error)}"


def in_full(measures: Sequence[Measure]) -> str:
    """The values of a measure, of both sides where it has sides, with unit and error: "L 118°, R 116° ± 6"."""
    known = [measure for measure in measures if measure.value is not None]
    if not known:
        return "not measured"
    values = [
        " ".join(filter(None, (side_sign(m), with_unit(m.value, m.unit, m.error))))
        for m in known
        if m.value is not None
    ]
    mark = "about " if known[0].estimate else ""
    return " ".join(filter(None, (mark + ", ".join(values), error_shown(known[0]))))


def side_sign(measure: Measure) -> str:
    """L or R, where it is of a side."""
    return _SIGNS[measure.side]


def by_key(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    """The measures by their key, in the order in which keys come first."""
    found: dict[str, list[Measure]] = {}
    for measure in measures:
        found.setdefault(measure.key, []).append(measure)
    return found


def of_all(forms: Iterable[RepetitionForm]) -> dict[str, list[Measure]]:
    """The measures of all repetitions by their key."""
    return by_key(measure for form in forms for measure in form.measures)


def whole(measures: Sequence[Measure]) -> list[Measure]:
    """Of a measure that is there for the body and for its sides, the former; else all of them."""
    return [measure for measure in measures if not measure.side] or list(measures)


def median(measures: Sequence[Measure]) -> float | None:
    """The median of the values that were measured."""
    values = [measure.value for measure in measures if measure.value is not None]
    return float(np.median(values)) if values else None


def exercise_name(result: FormResult) -> str:
    """What the exercise is called."""
    row = EXERCISES.get(result.exercise)
    return row.name if row else result.exercise
