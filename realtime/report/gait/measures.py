"""The table of all measures: left, right and both, and what each means on a tap."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...analysis.gait.result import GaitResult, Measure, NotMeasured, Value
from ..markup import Markup, element, joined
from ..numbers import number, signed, unit_shown
from ..page import details

_ANGLE = "°"


def tables(result: GaitResult) -> Markup:
    """Times and lengths, and angles apart; nothing without a measure."""
    angles = [measure for measure in result.measures if measure.unit == _ANGLE]
    others = [measure for measure in result.measures if measure.unit != _ANGLE]
    return joined(_table(others), element("h3", "Angles") if angles else None, _table(angles))


def _table(measures: Sequence[Measure]) -> Markup:
    """A row of figures for each measure, and one that opens."""
    if not measures:
        return Markup()
    head = element(
        "tr",
        element("th", "Measure", scope="col"),
        *(element("th", side, class_="number", scope="col") for side in ("Left", "Right", "Both")),
    )
    rows = [row for measure in measures for row in (_figures(measure), _meaning(measure))]
    return element("table", element("thead", head), element("tbody", *rows), class_="measures")


def not_measured(found: tuple[NotMeasured, ...]) -> Markup:
    """What is not there, and why."""
    return (
        element("ul", *(element("li", element("strong", one.what), f": {one.why}") for one in found))
        if found
        else Markup()
    )


def _figures(measure: Measure) -> Markup:
    mark = element("span", " ⚠", title=measure.low) if measure.low else None
    label = element("td", measure.label, mark, " ", element("small", unit_shown(measure.unit)))
    cells = [_cell(value, measure.unit) for value in (measure.left, measure.right, measure.both)]
    return element("tr", label, *cells, id=f"measure-{measure.key}")


def _cell(value: Value | None, unit: str) -> Markup:
    if value is None:
        return element("td", "–", class_="number")
    return element("td", number(value.mean, unit), element("small", _deviation(value, unit)), class_="number")


def _deviation(value: Value, unit: str) -> str:
    """± the standard deviation; nothing for a single value."""
    return f"± {number(value.sd, unit)}" if math.isfinite(value.sd) else ""


def _meaning(measure: Measure) -> Markup:
    texts = (measure.definition, _labelled("How", measure.method), _labelled("Source", measure.source))
    care = element("p", f"With care: {measure.low}") if measure.low else None
    typical = element("p", f"Typical at this speed: {measure.typical}", class_="faint") if measure.typical else None
    opened = details(_in_short(measure), *(element("p", text) for text in texts if text))
    return element("tr", element("td", joined(care, typical, opened), colspan=4), class_="more")


def _in_short(measure: Measure) -> str:
    counts = [str(value.n) for value in (measure.left, measure.right) if value]
    parts = [f"n {' + '.join(counts) or measure.both.n}"]
    if measure.symmetry:
        index, ratio = measure.symmetry.index_percent, measure.symmetry.right_to_left_percent
        parts.append(f"left against right {signed(index)} % (R/L {ratio:.0f} %)")
    return f"{', '.join(parts)}: definition"


def _labelled(what: str, text: str) -> str:
    return f"{what}: {text}" if text else ""
