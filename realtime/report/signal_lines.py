"""A signal over the time of a recording as SVG, in lines one after the other, with stretches of it numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion import Floats
from .axes import Axis, bounds
from .markup import Markup, element

Places = NDArray[np.signedinteger[Any]]

_WIDTH, _LEFT, _RIGHT = 320, 4, 316
_TOP, _BOTTOM, _HEIGHT = 20, 84, 102
_TICKS = 6
_LABEL = 24  # the width of a tick's text
_MOST_POINTS = 400  # of a line


@dataclass(frozen=True)
class MarkedStretch:
    """A stretch of time with its label; `kind` is its class."""

    start_s: float
    end_s: float
    label: str
    kind: str


def signal_line(
    times_s: Floats,
    signal: Floats,
    stretches: Sequence[MarkedStretch],
    start_s: float,
    end_s: float,
    about: str,
) -> Markup:
    """The signal (T,) at times (T,) from `start_s` to `end_s`, over the stretches; its height is that of the whole."""
    across, up = Axis(start_s, end_s, _LEFT, _RIGHT), Axis(*bounds(signal, 1e-6), _BOTTOM, _TOP)
    parts = [part for one in stretches if one.start_s < end_s and one.end_s > start_s for part in _marked(across, one)]
    for second in across.ticks(_TICKS):
        x = f"{across(second):.1f}"
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=_BOTTOM, class_="grid"))
        near = [side for side, edge in (("start", _LEFT), ("end", _RIGHT)) if abs(across(second) - edge) < _LABEL / 2]
        anchor = near[0] if near else "middle"
        parts.append(element("text", f"{second:g} s", x=x, y=_BOTTOM + 14, text_anchor=anchor))
    inside = np.flatnonzero((times_s >= start_s) & (times_s <= end_s))
    for run in _runs(inside[:: max(1, len(inside) // _MOST_POINTS)], signal):
        points = [f"{across(times_s[place]):.1f},{up(signal[place]):.1f}" for place in run]
        parts.append(element("polyline", points=" ".join(points), class_="signal curve"))
    return element("svg", *parts, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=about)


def _marked(across: Axis, one: MarkedStretch) -> list[Markup]:
    start, end = (min(max(across(second), _LEFT), _RIGHT) for second in (one.start_s, one.end_s))
    box = element(
        "rect",
        x=f"{start:.1f}",
        y=_TOP,
        width=f"{end - start:.1f}",
        height=_BOTTOM - _TOP,
        class_=f"{one.kind} stretch",
    )
    middle = across((one.start_s + one.end_s) / 2)
    if not (one.label and _LEFT <= middle <= _RIGHT):  # it has none, or on another line
        return [box]
    return [box, element("text", one.label, x=f"{middle:.1f}", y=_TOP - 5, text_anchor="middle", class_="label")]


def _runs(places: Places, signal: Floats) -> list[Places]:
    """The places at which the signal is known, cut where it is not."""
    known = np.isfinite(signal[places])
    cuts = np.flatnonzero(~known)
    return [run[np.isfinite(signal[run])] for run in np.split(places, cuts) if np.isfinite(signal[run]).sum() > 1]
