"""The score of a repetition: points for each measure, by the table of scales."""

from __future__ import annotations

from collections.abc import Mapping

from ..result import Measure, Score, ScorePart
from .scales import Scale

_LEAST_KNOWN = 0.5  # of all points; a score of less would be one of something else

Measures = Mapping[str, Measure]


def score_of(measures: Measures, scales: tuple[Scale, ...], best: Measures | None = None) -> Score:
    """The points of the measures of a repetition by name.  With the measures of the person's own best repetition
    (`best`), these have all points, and the others lose them as they do by the table."""
    parts = tuple(filter(None, (_part(measures.get(scale.key), scale, best) for scale in scales)))
    known, all_points = sum(part.of for part in parts), sum(scale.of for scale in scales)
    if not scales:
        return Score(None, (), "there is no score for this exercise")
    if known < _LEAST_KNOWN * all_points:
        missing = [scale.key for scale in scales if scale.key not in {part.key for part in parts}]
        return Score(None, parts, f"too little could be measured: {', '.join(missing)} missing")
    return Score(100 * sum(part.points for part in parts) / known, parts)


def _part(measure: Measure | None, scale: Scale, best: Measures | None) -> ScorePart | None:
    if measure is None or measure.value is None:
        return None
    full = scale.full
    if best is not None:
        own = best.get(scale.key)
        if own is None or own.value is None:
            return None
        full = own.value
    share = scale.share(measure.value, full)
    none = scale.none - scale.full + full
    why = f"{_number(measure.value, measure.unit)}; all points at {_number(full, measure.unit)}"
    if scale.both:
        why += f", none where it is {_number(abs(none - full), measure.unit)} away from that"
    else:
        why += f", none from {_number(none, measure.unit)} on"
    return ScorePart(measure.key, measure.label, scale.of * share, scale.of, why)


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 10 else 1
    return f"{value:.{digits}f}{'' if unit.startswith('°') else ' '}{unit}"
