"""The drawings of a report: the set over time, and the curves of all repetitions over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.form.result import LIFTED, Curve, FormResult
from ...motion import Floats
from ..curves import by_order, repeated_chart
from ..markup import Markup, element, joined
from ..signal_lines import MarkedStretch, signal_line
from ..timeline import wrapped
from .values import unit_shown, with_unit

AS_LIFTED = "Curves have angles as they were lifted: from measures known offsets are taken out besides."
_LINE_S, _MOST_LINES = 15.0, 12
_AROUND_S = 1.0  # before the first movement and after the last one
_LEAST_SPANS = {"°": 20.0, "cm": 5.0, "%": 20.0, "m/s": 0.2, "m": 0.1}


@dataclass(frozen=True, eq=False)
class Effort:
    """The signal (T,) by which repetitions were counted, at times (T,), in `unit`."""

    times_s: Floats
    signal: Floats
    unit: str


def set_over_time(result: FormResult, effort: Effort | None) -> Markup:
    """The signal with every repetition numbered, and those movements marked that were not counted; nothing without a
    movement."""
    stretches = [
        MarkedStretch(form.repetition.start_s, form.repetition.end_s, str(form.repetition.number), "counted")
        for form in result.repetitions
    ]
    stretches += [MarkedStretch(one.start_s, one.end_s, "", "partial") for one in result.partials]
    if effort is None or not stretches or not np.isfinite(effort.signal).any():
        return Markup()
    start_s = max(float(effort.times_s[0]), min(one.start_s for one in stretches) - _AROUND_S)
    end_s = min(float(effort.times_s[-1]), max(one.end_s for one in stretches) + _AROUND_S)
    lines = wrapped(start_s, max(end_s, start_s + 0.1), _LINE_S, _MOST_LINES)
    drawn = [
        signal_line(effort.times_s, effort.signal, stretches, *line, f"the set from {line[0]:.1f} to {line[1]:.1f} s")
        for line in lines
    ]
    rest = f" {lines[-1][1] - start_s:.0f} s are shown; all are in the csv file." if lines[-1][1] < end_s - 1e-6 else ""
    partial = joined(element("span", class_="partial key"), "not counted") if result.partials else None
    about = f"How far it goes; a repetition lasts from its start to lock-out.{rest}"
    return element("figure", element("div", *drawn, class_="lines long"), element("figcaption", about, partial))


def curves(result: FormResult) -> Markup:
    """Each curve with all repetitions over each other; nothing without one."""
    if not result.curves:
        return Markup()
    best = next((i for i, form in enumerate(result.repetitions) if form.repetition.number == result.best), None)
    about = "0 % is the start of a repetition, 100 % its lock-out."
    if result.origin == LIFTED:
        about += f" {AS_LIFTED}"
    charts = element("div", *(_chart(curve, best) for curve in result.curves), class_="charts")
    return joined(element("p", about, class_="faint"), _order_key(result, best), charts)


def _order_key(result: FormResult, best: int | None) -> Markup:
    """What the colours are."""
    count = result.count
    shown = [(0, "first repetition")] + ([(count - 1, "last")] if count > 1 else [])
    lines = [
        joined(
            element("span", class_="order key", style=by_order(place, count).replace("stroke", "border-color")), name
        )
        for place, name in shown
    ]
    strong = (
        joined(element("span", class_="best key"), f"best (repetition {result.best})") if best is not None else None
    )
    return element("p", *lines, strong, class_="faint")


def _chart(curve: Curve, best: int | None) -> Markup:
    repeated = [np.array(values, float) for values in curve.by_repetition]
    unit = unit_shown(curve.unit)
    known = np.concatenate(repeated)
    known = known[np.isfinite(known)]
    if not len(known):
        return Markup()
    span = f"{with_unit(float(known.min()), unit)} to {with_unit(float(known.max()), unit)}"
    about = f"{curve.label} over each repetition: {span}"
    beside, above = (unit, "") if unit == "°" else ("", f", {unit}" if unit else "")
    drawing = repeated_chart(repeated, about, beside, best, _LEAST_SPANS.get(unit, 1e-3))
    caption = element("figcaption", f"{span}. {curve.definition}")
    return element("figure", element("strong", f"{curve.label}{above}"), drawing, caption)
