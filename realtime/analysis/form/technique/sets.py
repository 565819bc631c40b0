"""What is told of a set: velocity loss, ranges against the largest one, and the best repetition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..result import Measure, RepetitionForm

_LOSS = (
    "velocity loss: Jukic et al., The acute and chronic effects of implementing velocity loss thresholds during "
    "resistance training, Sports Med. 53, 2023"
)
_LOSS_IS = "Mean velocity up of the fastest repetition so far less that of this one, as a share of the fastest."
_SET_LOSS_IS = "Mean velocity up of the fastest repetition less that of the last one, as a share of the fastest."
_SHARE_IS = "Range of the angle as a share of the largest one in the set."
_LEAST = 2  # repetitions


def with_set(measures: Sequence[tuple[Measure, ...]]) -> list[tuple[Measure, ...]]:
    """The measures of repetitions, with those that compare with the rest of the set."""
    ranges = [_of(its, "range") for its in measures]
    largest = max((one for one in ranges if one is not None), key=lambda one: one.value or 0.0, default=None)
    fastest: float | None = None
    found = []
    for its, own in zip(measures, ranges, strict=True):
        speed = _value(its, "mean_velocity")
        fastest = speed if fastest is None else max(fastest, speed or fastest)
        found.append((*its, _share(own, largest), _loss(speed, fastest)))
    return found


def best_of(forms: Sequence[RepetitionForm]) -> RepetitionForm | None:
    """The repetition with the highest score, the first of equals; None where none has a score."""
    scored = [form for form in forms if form.score.total is not None]
    return max(scored, key=lambda form: round(form.score.total or 0.0, 1), default=None)


def set_measures_of(forms: Sequence[RepetitionForm]) -> tuple[Measure, ...]:
    """The measures of the whole set."""
    speeds = [_value(form.measures, "mean_velocity") for form in forms]
    known = [speed for speed in speeds if speed is not None]
    loss = Measure("velocity_loss", "Velocity loss over the set", "%", None, definition=_SET_LOSS_IS, source=_LOSS)
    if len(known) < _LEAST or speeds[-1] is None:
        return (
            replace(loss, why=f"{len(known)} repetitions have a velocity, and {_LEAST} are needed with the last one"),
        )
    return (replace(loss, value=100 * (max(known) - speeds[-1]) / max(known)),)


def _value(measures: Sequence[Measure], key: str) -> float | None:
    measure = _of(measures, key)
    return None if measure is None else measure.value


def _of(measures: Sequence[Measure], key: str) -> Measure | None:
    """That of the whole body or the working side, None where it has no value."""
    named = (measure for measure in measures if measure.key == key and not measure.side)
    return next((measure for measure in named if measure.value is not None), None)


def _share(own: Measure | None, largest: Measure | None) -> Measure:
    """With the errors of both ranges, as if they had nothing in common: they have much, so it is rather less."""
    share = Measure(
        "range_share", "Range against the largest", "%", None, definition=_SHARE_IS, source="plain geometry"
    )
    if own is None or largest is None or not (own.value and largest.value):
        return replace(share, why="the range was not measured")
    part = own.value / largest.value
    error = 100 * math.hypot(own.error, part * largest.error) / largest.value
    return replace(share, value=100 * part, error=error, low=own.low)


def _loss(speed: float | None, fastest: float | None) -> Measure:
    loss = Measure("velocity_loss", "Velocity loss", "%", None, definition=_LOSS_IS, source=_LOSS)
    if speed is None or not fastest:
        return replace(loss, why="the velocity was not measured")
    return replace(loss, value=100 * (fastest - speed) / fastest)
