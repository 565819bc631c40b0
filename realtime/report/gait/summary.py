"""What is seen first: what gait it is, and its main figures."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...analysis.gait.result import NO_GAIT, WALK, GaitResult, Measure
from ..markup import Markup, element
from ..numbers import in_short, signed, with_unit
from ..page import tile

_WORDS = {WALK: "Walking", "run": "Running", "run without flight": "Running without flight"}
_KM_H = 3.6
_PACE_FROM_M_S = 1.0  # slower, nobody asks for minutes a kilometre
_SAME_PERCENT, _CLEAR = 0.05, 2.0  # _CLEAR: standard errors between left and right

Tiles = Callable[[GaitResult], list[Markup]]


def headline(result: GaitResult) -> str:
    """The gait in a few words: "Running on a treadmill"."""
    if result.kind == NO_GAIT:
        return "No gait found"
    return _WORDS[result.kind] + (" on a treadmill" if result.treadmill else "")


def in_words(result: GaitResult) -> str:
    """The gait on one line, with cadence counted both ways."""
    if result.kind == NO_GAIT:
        return f"no gait found: {result.why_none.rstrip('.')}"
    steps, strides = result.measure("cadence"), result.measure("stride_rate")
    parts = [headline(result).lower()]
    parts += [f"{result.speed_m_s:.2f} m/s"] if result.speed_m_s is not None else []
    parts += [f"{steps.both.mean:.0f} steps/min (both feet)"] if steps else []
    parts += [f"{strides.both.mean:.1f} strides/min"] if strides else []
    return ", ".join(parts)


def tiles(result: GaitResult) -> Markup:
    """The main figures of a walk or a run, those that were measured."""
    found = [shown for make in _TILES for shown in make(result)]
    return element("div", *found, class_="tiles") if found else Markup()


def _speed(result: GaitResult) -> list[Markup]:
    speed = result.speed_m_s
    if speed is None:
        return []
    more = [f"{speed * _KM_H:.1f} km/h"]
    if result.kind != WALK and speed >= _PACE_FROM_M_S:
        minutes, seconds = divmod(round(1000 / speed), 60)
        more.append(f"{minutes}:{seconds:02} min/km")
    return [tile("Speed of the belt" if result.treadmill else "Speed", *in_short(speed, "m/s"), *more)]


def _cadence(result: GaitResult) -> list[Markup]:
    steps, strides = result.measure("cadence"), result.measure("stride_rate")
    if steps is None or strides is None:
        return []
    more = "both feet", f"= {strides.both.mean:.1f} strides/min"
    return [tile("Cadence", f"{steps.both.mean:.0f}", "steps/min", *more)]


def _of(key: str, *shares: str) -> Tiles:
    """A tile of a measure, with its sides and with its share of the stride."""

    def make(result: GaitResult) -> list[Markup]:
        measure = result.measure(key)
        if measure is None:
            return []
        of_stride = [share for name in shares if (share := result.measure(name))]
        more = [_named(share, measure) for share in of_stride]
        return [tile(measure.label, *in_short(measure.both.mean, measure.unit), *_sides(measure), *more)]

    return make


def _named(share: Measure, measure: Measure) -> str:
    """A share with its name, where that is another one than its measure has."""
    name = "" if share.label == measure.label else f"{share.label.lower()} "
    return f"{name}{with_unit(share.both.mean, share.unit)}"


def _sides(measure: Measure) -> list[str]:
    if not (measure.left and measure.right):
        return []
    left, right = (in_short(value.mean, measure.unit)[0] for value in (measure.left, measure.right))
    return [f"left {left}, right {right}"]


def _symmetry(result: GaitResult) -> list[Markup]:
    for key in _BALANCED:
        measure = result.measure(key)
        if measure and measure.symmetry and not measure.low:
            index = measure.symmetry.index_percent
            longer = "left longer" if index > 0 else "right longer"
            words = longer if abs(index) >= _SAME_PERCENT and _differ(measure) else "no clear difference"
            return [tile("Left against right", signed(index), "%", f"{measure.label.lower()}: {words}")]
    return []


def _differ(measure: Measure) -> bool:
    """Whether the sides differ by more than the spread of their means."""
    if measure.left is None or measure.right is None:
        return False
    error = math.hypot(*(value.sd / math.sqrt(value.n) for value in (measure.left, measure.right)))
    return abs(measure.left.mean - measure.right.mean) > _CLEAR * error


_BALANCED = "contact_time", "step_time"
_TILES: tuple[Tiles, ...] = (
    _speed,
    _cadence,
    _of("contact_time", "stance_share", "duty_factor"),
    _of("flight_time"),
    _of("double_support", "double_support_share"),
    _of("step_length"),
    _of("vertical_oscillation"),
    _symmetry,
)
