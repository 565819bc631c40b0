"""Faults: a sentence about a repetition, with the instant that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..result import Fault, Measure, Repetition
from .measuring import DEPTH_CM
from .scales import CHOSEN, Scale

Measures = Mapping[str, Measure]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value that is too high or too low: the fault's key, and the sentence for the value."""

    key: str
    sentence: str


_HIGH = {
    "depth": Wrong("too-shallow", "At the turn the hips are {value:.0f} cm above the knees."),
    "most_lean": Wrong("leans-forward", "The trunk leans forward by {value:.0f}°."),
    "most_sideways": Wrong("leans-sideways", "The trunk leans to a side by {value:.0f}°."),
    "locked_hips": Wrong("hips-not-locked", "At lock-out the hips are still bent by {value:.0f}°."),
    "locked_knees": Wrong("knees-not-locked", "At lock-out the knees are still bent by {value:.0f}°."),
    "locked_elbows": Wrong("elbows-not-locked", "At lock-out the elbows are still bent by {value:.0f}°."),
    "bar_tilt": Wrong("uneven-bar", "The left hand is {value:.0f} cm higher than the right one."),
    "body_line": Wrong(
        "hips-bent", "Shoulders, hips and knees are not in one line: the hips are bent by {value:.0f}°."
    ),
}
_LOW = {
    "knee_separation": Wrong("knees-in", "At the turn the knees are {value:.0f} % as far apart as the ankles."),
    "knee_flexion": Wrong("too-shallow", "At the turn the knee is bent by {value:.0f}° only."),
    "most_lean": Wrong("too-upright", "The trunk leans forward by {value:.0f}° only."),
    "reach": Wrong("short-reach", "The hips move to the working leg by {value:.0f} % of the leg's length only."),
    "range_share": Wrong("short-range", "The range is {value:.0f} % of the largest one of the set."),
    "bar_tilt": Wrong("uneven-bar", "The right hand is {size:.0f} cm higher than the left one."),
}
_SINKS = "On the way up it goes down again by {value:.0f} cm."
_IPF_DEPTH = (
    "At the turn the hip's centre is {value:+.0f} cm over the knee's, ± {error:.0f} cm: not below the knee, as the "
    "IPF's rule of depth wants."
)


def faults_of(
    repetition: Repetition, measures: Measures, scales: tuple[Scale, ...], exercise: str
) -> tuple[Fault, ...]:
    """The faults of a repetition by its measures, in the order of time: what is wrong by more than the error of its
    measure, and so nothing where the error is not known (NaN)."""
    found = [*_by_rules(repetition, measures, exercise), *_by_scales(repetition, measures, scales, exercise)]
    return tuple(sorted(found, key=lambda fault: fault.at_s))


def _by_rules(repetition: Repetition, measures: Measures, exercise: str) -> Iterator[Fault]:
    """Against rules that have a source: the IPF's depth, and no movement down in the ascent (beyond a dead band:
    tempo.py)."""
    depth, sinks = measures.get("depth"), measures.get("sinks")
    if exercise == "squat" and depth is not None and depth.value is not None and depth.value - depth.error > DEPTH_CM:
        yield _fault("too-shallow", _IPF_DEPTH, depth, repetition)
    if sinks is not None and sinks.value and sinks.value > sinks.error:
        yield _fault("sinks", _SINKS, sinks, repetition)


def _by_scales(repetition: Repetition, measures: Measures, scales: tuple[Scale, ...], exercise: str) -> Iterator[Fault]:
    for scale in scales:
        measure = measures.get(scale.key)
        if (
            measure is None
            or measure.value is None
            or scale.key == "sinks"
            or (exercise, scale.key) == ("squat", "depth")
        ):
            continue
        if scale.beyond(measure.value) > measure.error:
            wrong = (_HIGH if measure.value > scale.full else _LOW)[scale.key]
            yield _fault(wrong.key, f"{wrong.sentence}{_usual(scale, measure)}", measure, repetition)


def _usual(scale: Scale, measure: Measure) -> str:
    if scale.source == CHOSEN:
        return ""
    unit = measure.unit if measure.unit.startswith("°") else f" {measure.unit}"
    if scale.both:
        near = abs(scale.usual - scale.full)
        between = f"{scale.full - near:.0f} to {scale.full + near:.0f}{unit}"
        return f" Nine of ten correct repetitions of UI-PRMD are at {between}."
    side = "below" if scale.none > scale.full else "above"
    return f" Nine of ten correct repetitions of UI-PRMD stay {side} {scale.usual:.0f}{unit}."


def _fault(key: str, sentence: str, measure: Measure, repetition: Repetition) -> Fault:
    assert measure.value is not None
    words = sentence.format(value=measure.value, size=abs(measure.value), error=measure.error)
    return Fault(key, words, repetition.bottom_s if measure.at_s is None else measure.at_s, measure.key)
