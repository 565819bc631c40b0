"""What is seen first: which exercise it is, how many repetitions, and the main figures of the set."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...analysis.form.result import FormResult, Measure
from ...runtime.text import counted
from ..markup import Markup, element
from ..numbers import fixed
from ..page import tile
from .values import error_shown, exercise_name, median, number, of_all, unit_shown, whole

_MOST_TILES = 8


def headline(result: FormResult) -> str:
    """The exercise with its count: "Squat: 10 repetitions"."""
    if not result.count:
        return "No repetitions found"
    name = exercise_name(result)
    return f"{name[:1].upper()}{name[1:]}: {counted(result.count, 'repetition')}"


def in_words(result: FormResult) -> str:
    """The same on one line, with partial ones and the score."""
    partials = [f"{len(result.partials)} partial"] if result.partials else []
    if not result.count:
        return ", ".join([f"no repetitions found: {why_none(result).rstrip('.')}", *partials])
    scores = _scores(result)
    parts = [exercise_name(result), counted(result.count, "repetition"), *partials]
    parts += [f"score {fixed(float(np.mean(scores)), 0)} of 100"] if scores else []
    faults = len([fault for form in result.repetitions for fault in form.faults])
    return ", ".join([*parts, *([counted(faults, "fault")] if faults else [])])


def why_none(result: FormResult) -> str:
    """Why there is no repetition, in a sentence."""
    return result.why_none or f"no repetition of a {exercise_name(result)} was found"


def tiles(result: FormResult) -> Markup:
    """The main figures of the set, those that were measured."""
    found = [*_count(result), *_score(result), *_of_set(result), *_of_repetitions(result)]
    return element("div", *found[:_MOST_TILES], class_="tiles")


def _count(result: FormResult) -> list[Markup]:
    partial = f"{len(result.partials)} partial, not counted" if result.partials else "none was partial"
    return [tile("Repetitions", str(result.count), "", partial)]


def _score(result: FormResult) -> list[Markup]:
    scores = _scores(result)
    if not scores:
        return []
    best = f"best {fixed(max(scores), 0)}" + (f" (repetition {result.best})" if result.best else "")
    return [tile("Score, mean", fixed(float(np.mean(scores)), 0), "of 100", f"{best}, least {fixed(min(scores), 0)}")]


def _scores(result: FormResult) -> list[float]:
    return [form.score.total for form in result.repetitions if form.score.total is not None]


def _of_set(result: FormResult) -> list[Markup]:
    return [
        tile(
            measure.label,
            number(measure.value, measure.unit, measure.error),
            unit_shown(measure.unit),
            *_care(measure, error_shown(measure)),
        )
        for measure in result.set_measures
        if measure.value is not None
    ]


def _of_repetitions(result: FormResult) -> list[Markup]:
    """The median of each measure, with its range over the set."""
    return [tile for measures in of_all(result.repetitions).values() for tile in _median(measures)]


def _median(measures: Sequence[Measure]) -> list[Markup]:
    known = [measure for measure in whole(measures) if measure.value is not None]
    middle = median(known)
    if middle is None:
        return []
    first, error = known[0], max((m.error for m in known if math.isfinite(m.error)), default=math.nan)
    low, high = (
        number(choose(m.value for m in known if m.value is not None), first.unit, error) for choose in (min, max)
    )
    return [
        tile(first.label, number(middle, first.unit, error), unit_shown(first.unit), *_care(first, f"{low} to {high}"))
    ]


def _care(measure: Measure, *more: str) -> list[str]:
    return [text for text in (*more, "an estimate" if measure.estimate else "") if text]
