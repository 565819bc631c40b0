"""The drawings of a report: when the feet are on the ground, and the angles over the cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...analysis.gait.result import CONTACT, RUN, SIDES, TOE_OFF, WALK, AngleCycle, FootEvent, GaitResult
from ..curves import CycleCurve, cycle_chart, side_key
from ..markup import Markup, element, joined
from ..numbers import number
from ..timeline import Stretch, shade_key, timeline, wrapped

_LINE_S, _MOST_LINES = 5.0, 4
_SHADED = {WALK: "both feet on the ground", RUN: "no foot on the ground"}


def ground_contacts(result: GaitResult) -> Markup:
    """When each foot was on the ground, in lines of a few seconds; nothing without contacts."""
    bars = {side: stances([event for event in result.events if event.side == side]) for side in SIDES}
    every = sorted(stretch for stretches in bars.values() for stretch in stretches)
    if not every:
        return Markup()
    start_s, end_s = math.floor(2 * every[0][0]) / 2, math.ceil(2 * max(end for _, end in every)) / 2
    shades = flights(every) if result.kind == RUN else overlaps(bars["left"], bars["right"])
    lines = wrapped(start_s, end_s, _LINE_S, _MOST_LINES)
    drawn = [
        timeline(bars, shades, line_start, line_end, f"feet on the ground from {line_start:.1f} to {line_end:.1f} s")
        for line_start, line_end in lines
    ]
    key = side_key(shade_key(_SHADED.get(result.kind, _SHADED[WALK])))
    rest = (
        f" The first {lines[-1][1] - start_s:.0f} s are shown; all are in the csv file."
        if lines[-1][1] < end_s - 1e-6
        else ""
    )
    caption = element("figcaption", f"A bar lasts from contact to toe-off.{rest}")
    return joined(key, element("figure", element("div", *drawn, class_="lines"), caption))


def stances(events: Sequence[FootEvent]) -> list[Stretch]:
    """From each contact of one foot to its next toe-off, where no other contact lies between them."""
    ordered = sorted(events, key=lambda event: event.t_s)
    return [(first.t_s, then.t_s) for first, then in pairwise(ordered) if (first.kind, then.kind) == (CONTACT, TOE_OFF)]


def overlaps(left: Sequence[Stretch], right: Sequence[Stretch]) -> list[Stretch]:
    """The time in which a stretch of both sides lasts."""
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right if a[0] < b[1] and b[0] < a[1]]
    return sorted(both)


def flights(every: Sequence[Stretch], longest_s: float = 0.5) -> list[Stretch]:
    """The time between stretches, in order, where the next one begins within `longest_s`."""
    return [(first[1], then[0]) for first, then in pairwise(every) if 0 < then[0] - first[1] <= longest_s]


def angle_cycles(result: GaitResult) -> Markup:
    """The angles over the cycle; nothing without a stride."""
    if not result.cycles:
        return Markup()
    about = "0 % is a contact of the foot, 100 % its next one; the band is ± one standard deviation between strides, "
    about += "and the dotted line the toe-off."
    charts = element("div", *(_chart(cycle) for cycle in result.cycles), class_="charts")
    return joined(element("p", about, class_="faint"), side_key(), charts)


def _chart(cycle: AngleCycle) -> Markup:
    shown = {side: curve for side in SIDES if (curve := getattr(cycle, side)) is not None}
    curves = [
        CycleCurve(side, np.array(curve.mean), np.array(curve.sd), cycle.toe_off_percent.get(side))
        for side, curve in shown.items()
    ]
    ranges = [
        f"{side} {number(min(curve.mean), '°')}° to {number(max(curve.mean), '°')}° (n {curve.n})"
        for side, curve in shown.items()
    ]
    text = f"{'; '.join(ranges)}. {cycle.definition}"
    care = element("span", f" With care: {cycle.low}") if cycle.low else None
    drawing = cycle_chart(curves, f"{cycle.label} over the cycle: {'; '.join(ranges)}")
    return element("figure", element("strong", cycle.label), drawing, element("figcaption", text, care))
