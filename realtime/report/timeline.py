"""Stretches of time as bars, in rows one below the other, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .axes import Axis
from .markup import Markup, element, joined

_WIDTH, _LEFT, _RIGHT = 320, 36, 312
_TOP, _ROW, _BAR = 6, 20, 14
_TICKS = 6
_LABEL = 24  # the width of a tick's text

Stretch = tuple[float, float]  # from, until, seconds


def timeline(
    bars: Mapping[str, Sequence[Stretch]], shades: Sequence[Stretch], start_s: float, end_s: float, about: str
) -> Markup:
    """The bars of each row (its name is the class of its bars, too) and what is shaded behind all of them, from
    `start_s` to `end_s`."""
    across = Axis(start_s, end_s, _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(bars)
    parts = [_rectangle(across, stretch, _TOP, bottom - _TOP, "shade") for stretch in _inside(shades, start_s, end_s)]
    for second in across.ticks(_TICKS):
        x = f"{across(second):.1f}"
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"))
        anchor = "end" if _RIGHT - across(second) < _LABEL / 2 else "middle"
        parts.append(element("text", f"{second:g} s", x=x, y=bottom + 14, text_anchor=anchor))
    for place, (name, stretches) in enumerate(bars.items()):
        top = _TOP + place * _ROW
        parts.append(element("text", name, x=0, y=top + 14))
        top += (_ROW - _BAR) // 2
        parts += [
            _rectangle(across, stretch, top, _BAR, f"{name} bar") for stretch in _inside(stretches, start_s, end_s)
        ]
    box = f"0 0 {_WIDTH} {bottom + 18}"
    return element("svg", *parts, viewBox=box, role="img", aria_label=about)


def wrapped(start_s: float, end_s: float, most_s: float, most_lines: int) -> list[Stretch]:
    """The time from `start_s` to `end_s` in lines of equal length, at most `most_s`, and at most `most_lines`."""
    lines = max(1, math.ceil((end_s - start_s) / most_s - 1e-9))
    line_s = (end_s - start_s) / lines
    lines = min(most_lines, lines)
    return [(start_s + place * line_s, start_s + (place + 1) * line_s) for place in range(lines)]


def shade_key(what: str) -> Markup:
    """What the shade stands for."""
    return joined(element("span", class_="shade key"), what)


def _inside(stretches: Sequence[Stretch], start_s: float, end_s: float) -> list[Stretch]:
    cut = [(max(start_s, start), min(end_s, end)) for start, end in stretches]
    return [(start, end) for start, end in cut if end > start]


def _rectangle(across: Axis, stretch: Stretch, top: float, height: float, kind: str) -> Markup:
    start, end = (across(second) for second in stretch)
    return element("rect", x=f"{start:.1f}", y=top, width=f"{end - start:.1f}", height=height, class_=kind)
