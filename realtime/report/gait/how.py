"""How a gait was measured."""

from __future__ import annotations

from ...analysis.gait.analyse import CUTOFF_HZ
from ...analysis.gait.events.methods import METHODS
from ...analysis.gait.result import LIFTED, NO_GAIT, RUN, WALK, GaitResult, Offset
from ..markup import Markup, element, joined
from ..page import facts, items
from ..recording import Recording, recording_facts

_POINTS = {LIFTED: "lifted joints"}


def how(result: GaitResult, recording: Recording) -> Markup:
    """Recording, joints, methods with what they look for, filter, and the constants that were subtracted."""
    used = sum(stride.used for stride in result.strides)
    rows = {
        **recording_facts(recording, result.skeleton),
        "Ground": "a treadmill" if result.treadmill else "overground" if result.kind != NO_GAIT else "",
        "Strides": f"{used} of {len(result.strides)} used" if result.strides else "",
        "Filter": f"{_cutoff_hz(result.kind):g} Hz low-pass without delay" if result.kind != NO_GAIT else "",
        "Contact": _methods(result, "contact"),
        "Toe-off": _methods(result, "toe-off"),
    }
    return joined(
        facts({name: text for name, text in rows.items() if text}),
        element("h3", "Constant offsets of the methods") if result.offsets else None,
        items(tuple(map(_offset, result.offsets))),
    )


def _methods(result: GaitResult, kind: str) -> str:
    found = [event for event in result.events if event.kind == kind]
    if not found:
        return ""
    names = ", ".join(dict.fromkeys(_method(event.method) for event in found))
    typical_ms = 1000 * sorted(event.interval_s for event in found)[len(found) // 2]
    return f"{len(found)} by {names}, each within ± {typical_ms:.0f} ms"


def _method(name: str) -> str:
    """The name of a method with what it looks for."""
    return f"{name} ({METHODS[name].words})" if name in METHODS else name


def _cutoff_hz(kind: str) -> float:
    return CUTOFF_HZ[WALK if kind == WALK else RUN]


def sources(result: GaitResult) -> tuple[str, ...]:
    """The publications that methods and definitions are from."""
    of_methods = [METHODS[event.method].source for event in result.events if event.method in METHODS]
    of_measures = [measure.source for measure in result.measures]
    return tuple(filter(None, dict.fromkeys((*of_methods, *of_measures))))


def _offset(offset: Offset) -> str:
    points = _POINTS.get(offset.points, offset.points)
    return (
        f"{offset.event} of a {offset.kind} by {offset.method} from {points}: {1000 * offset.bias_s:+.0f} ms, "
        f"subtracted; what remains spreads by {1000 * offset.residual_s:.0f} ms ({offset.source})"
    )
