"""Curves over a cycle as SVG: means with their standard deviation, left on right; or every cycle over the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..motion import Floats
from .axes import Axis, bounds
from .markup import Markup, element, joined

_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 312, 8, 164
_TICKS = 5
_LEAST_SPAN = 20.0  # of the vertical axis: a still joint shows no mountains
_PERCENT = 0, 25, 50, 75, 100


@dataclass(frozen=True)
class CycleCurve:
    """Mean and standard deviation (N,) at evenly spaced points from 0 to 100 %.  `side` is left or right; `mark`: a
    place in percent at which a line stands."""

    side: str
    mean: Floats
    sd: Floats
    mark: float | None = None


def cycle_chart(curves: Sequence[CycleCurve], about: str, unit: str = "°") -> Markup:
    """A chart of the curves; `about` says for a screen reader what is shown."""
    spread = [curve.mean + sign * np.nan_to_num(curve.sd) for curve in curves for sign in (-1, 1)]
    across, up = _axes(np.concatenate(spread), _LEAST_SPAN)
    return _chart(
        about,
        *_grid(across, up, unit),
        *(_mark(across, curve) for curve in curves if curve.mark is not None),
        *(_band(across, up, curve) for curve in curves if np.nanmax(curve.sd, initial=0) > 0),
        *(_line(across, up, curve.mean, f"{curve.side} curve") for curve in curves),
    )


def repeated_chart(
    curves: Sequence[Floats], about: str, unit: str = "°", best: int | None = None, least_span: float = _LEAST_SPAN
) -> Markup:
    """A chart of the curves (N,) of each repetition over the others; the colour goes from that of the first to that of
    the last one.  `best`: the place of one that is drawn strong, above the others; `least_span`: of the axis."""
    across, up = _axes(np.concatenate(curves), least_span)
    places = sorted(range(len(curves)), key=lambda place: place == best)
    return _chart(
        about,
        *_grid(across, up, unit),
        *(
            _line(
                across,
                up,
                curves[place],
                "best repeated curve" if place == best else "repeated curve",
                by_order(place, len(curves)),
            )
            for place in places
        ),
    )


def by_order(place: int, count: int) -> str:
    """The style of a line that is the one at `place` of so many, from the first (0) to the last."""
    share = 100 * place / max(count - 1, 1)
    return f"stroke:color-mix(in oklab,var(--last) {share:.0f}%,var(--first))"


def _axes(numbers: Floats, least_span: float) -> tuple[Axis, Axis]:
    return Axis(0, 100, _LEFT, _RIGHT), Axis(*bounds(numbers, least_span), _BOTTOM, _TOP)


def _chart(about: str, *parts: Markup) -> Markup:
    return element("svg", *parts, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=about)


def _grid(across: Axis, up: Axis, unit: str) -> list[Markup]:
    parts = []
    for number in up.ticks(_TICKS):
        y, kind = f"{up(number):.1f}", "zero" if abs(number) < 1e-9 else "grid"
        parts.append(element("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_=kind))
        parts.append(
            element(
                "text",
                f"{number:g}{unit}".replace("-", "−"),
                x=_LEFT - 4,
                y=f"{up(number) + 3.5:.1f}",
                text_anchor="end",
            )
        )
    for percent in _PERCENT:
        x = f"{across(percent):.1f}"
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM, class_="grid"))
        anchor = "end" if percent == _PERCENT[-1] else "middle"
        parts.append(element("text", f"{percent} %", x=x, y=_BOTTOM + 15, text_anchor=anchor))
    return parts


def _mark(across: Axis, curve: CycleCurve) -> Markup:
    x = f"{across(curve.mark or 0):.1f}"
    return element("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM, class_=f"{curve.side} mark")


def _band(across: Axis, up: Axis, curve: CycleCurve) -> Markup:
    sd = np.nan_to_num(curve.sd)
    above, below = (_points(across, up, curve.mean + sign * sd) for sign in (1, -1))
    return element("polygon", points=" ".join([*above, *reversed(below)]), class_=f"{curve.side} band")


def _line(across: Axis, up: Axis, numbers: Floats, kind: str, style: str | None = None) -> Markup:
    return element("polyline", points=" ".join(_points(across, up, numbers)), class_=kind, style=style)


def _points(across: Axis, up: Axis, numbers: Floats) -> list[str]:
    places = zip(np.linspace(0, 100, len(numbers)), numbers, strict=True)
    return [f"{across(percent):.1f},{up(number):.1f}" for percent, number in places if np.isfinite(number)]


def side_key(*more: Markup) -> Markup:
    """What the colours of left and right are."""
    left = joined(element("span", class_="left key"), "left")
    right = joined(element("span", class_="right key"), "right")
    return element("p", left, right, *more, class_="faint")
