"""The scales of the score, learned from repetitions that were done well and badly: the rows of
analysis/form/technique/scales.py, or those that leave a person out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....analysis.form.result import Measure
from ....analysis.form.technique.scales import Scale
from ....analysis.form.technique.score import score_of
from ....motion import Floats
from .judging import Judge, Judged, auc

_KEPT = 0.9  # what nine of ten correct repetitions keep, and one of ten incorrect ones is beyond
_LEAST_WORTH = 0.1
_LEAST_WAY = 1.0  # from all points to none, in the unit of the measure


def learned_scales(some: Sequence[Judged], rows: Sequence[Scale]) -> tuple[Scale, ...]:
    """The rows with what is learned from repetitions of their exercise; which measures count is told by the rows.

    All points are at the median of the correct ones; no points are beyond what nine of ten incorrect ones keep, on the
    side on which the incorrect ones are.  A part is worth the more the better it tells them apart by itself."""
    found, worth = [], []
    for row in rows:
        value = np.array([one.measures.get(row.key, np.nan) for one in some])
        good = np.array([one.correct for one in some])
        known = np.isfinite(value)
        if not (known & good).any() or not (known & ~good).any():
            continue
        scale = _scale(row, value[known & good], value[known & ~good])
        found.append(scale)
        worth.append(max(2 * _told_apart(scale, value, good) - 1, _LEAST_WORTH))
    shares = np.array(worth) / sum(worth)
    return tuple(replace(scale, of=float(100 * share)) for scale, share in zip(found, shares, strict=True))


def _scale(row: Scale, good: Floats, bad: Floats) -> Scale:
    full = float(np.median(good))
    if row.both:
        none = full + max(float(np.quantile(np.abs(bad - full), _KEPT)), _LEAST_WAY)
        return replace(row, full=full, none=none, usual=full + float(np.quantile(np.abs(good - full), _KEPT)))
    up = np.median(bad) > full
    none, usual = (float(np.quantile(values, _KEPT if up else 1 - _KEPT)) for values in (bad, good))
    sign = 1 if up else -1
    none = full + sign * max(sign * (none - full), _LEAST_WAY)
    return replace(row, full=full, none=none, usual=usual)


def _told_apart(scale: Scale, values: Floats, good: NDArray[np.bool_]) -> float:
    return auc(np.array([scale.share(value) if np.isfinite(value) else np.nan for value in values]), good)


def scored(rows: Sequence[Scale]) -> Judge:
    """The score by rows that are learned."""

    def learn(some: Sequence[Judged]) -> Callable[[Judged], float]:
        scales = learned_scales(some, rows)
        return lambda one: _total(one, scales)

    return learn


def _total(one: Judged, scales: tuple[Scale, ...], best: Judged | None = None) -> float:
    total = score_of(_measures(one), scales, None if best is None else _measures(best)).total
    return np.nan if total is None else total


def _measures(one: Judged) -> dict[str, Measure]:
    return {key: Measure(key, key, "", value) for key, value in one.measures.items()}


def own_best_values(everyone: Sequence[Judged], rows: Sequence[Scale], examples: Sequence[Judged] = ()) -> Floats:
    """The score (n,) of each repetition against the best one of the same person, by what is learned on the others."""
    found = np.full(len(everyone), np.nan)
    people = np.array([one.person for one in everyone])
    for person in dict.fromkeys(people.tolist()):
        scales = learned_scales([one for one in examples or everyone if one.person != person], rows)
        own = np.flatnonzero(people == person).tolist()
        totals = np.array([_total(everyone[row], scales) for row in own])
        if np.isfinite(totals).any():
            best = everyone[own[int(np.nanargmax(totals))]]
            found[own] = [_total(everyone[row], scales, best) for row in own]
    return found


def as_code(scales: Sequence[Scale]) -> str:
    """Rows of analysis/form/technique/scales.py."""
    return "\n".join(
        f'    Scale("{one.exercise}", "{one.key}", {one.full:.3g}, {one.usual:.3g}, {one.none:.3g}, {one.of:.0f}'
        + (", both=True" if one.both else "")
        + "),"
        for one in scales
    )
