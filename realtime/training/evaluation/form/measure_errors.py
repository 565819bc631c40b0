"""By how much each measure of lifted joints is off, by view: the rows of analysis/form/technique/offsets.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.body import body_of
from ....analysis.form.analyse import analyse_form
from ....analysis.form.options import FormOptions
from ....analysis.form.result import LIFTED
from ....analysis.form.technique.assess import CUTOFF_HZ
from ....analysis.form.technique.movement import Movement
from ....analysis.form.technique.table import ROWS
from ....analysis.form.technique.tilt import levelled, tilt_of
from ....motion import Floats
from .counting import CountedSet, Told
from .lifted_sets import MARKERS, LiftedSet

_FEWEST = 10  # repetitions
_KEPT = 90  # per cent of the errors


@dataclass(frozen=True)
class MeasureError:
    """What was found of a measure of a repetition less what its markers give."""

    key: str
    person: str
    view: str
    error: float


def measure_errors(true: Iterable[LiftedSet], lifted: Iterable[LiftedSet]) -> list[MeasureError]:
    """Of all repetitions that were found in both, the tilt of the camera told."""
    truth = {one.name: dict(_values(one)) for one in true}
    return [
        MeasureError(key, one.person, one.view, value - truth[one.name][mark][key])
        for one in lifted
        if one.name in truth
        for mark, values in _values(one)
        if mark in truth[one.name]
        for key, value in values.items()
    ]


def offset_rows(errors: Sequence[MeasureError], views: Sequence[str]) -> str:
    """Of each measure and view the constant that is taken out, and what nine of ten lie within of people whose own
    errors it was not learned from."""
    lines = []
    for row in ROWS:
        some = [one for one in errors if one.key == row.key and np.isfinite(one.error)]
        by_view = [[one for one in some if one.view == view] for view in views]
        if min(len(seen) for seen in by_view) >= _FEWEST:
            cells = ", ".join(f"({_bias(seen):.3g}, {_within(seen):.3g})" for seen in by_view)
            lines.append(f'    "{row.key}": ({cells}),')
    return "\n".join(lines)


def _bias(some: Sequence[MeasureError]) -> float:
    return float(np.median([one.error for one in some]))


def _within(some: Sequence[MeasureError]) -> float:
    left = []
    for person in {one.person for one in some}:
        bias = _bias([one for one in some if one.person != person] or some)
        left += [abs(one.error - bias) for one in some if one.person == person]
    return float(np.percentile(left, _KEPT))


def _values(one: LiftedSet) -> Iterator[tuple[int, dict[str, float]]]:
    """The number of a mark, and all measures as they are found."""
    seen, lifted = one.motion, one.way != MARKERS
    body = body_of(seen)
    if body is None:
        return
    found = [form.repetition for form in analyse_form(seen, FormOptions(one.exercise)).repetitions]
    tilt = tilt_of(seen, LIFTED if lifted else MARKERS, _pitch_deg(one.rotation) if lifted else None)
    level = levelled(body, seen, tilt).filtered(CUTOFF_HZ)
    by_start = {repetition.start_s: repetition for repetition in found}
    told = tuple(Told(its.start_s, its.bottom_s, its.end_s) for its in found)
    for mark, its in CountedSet(one, told).pairs:
        movement = Movement(level, one.exercise, by_start[its.start_s], lifted)
        rows = (row for row in ROWS if one.exercise in row.exercises)
        yield one.marks.index(mark), {row.key: row.take(movement).value for row in rows}


def _pitch_deg(rotation: Floats) -> float:
    """How far a camera looks down whose rotation (3, 3) takes room axes, z up, to x right, y down, z forward."""
    return float(-np.degrees(np.arcsin(np.clip(rotation[2, 2], -1, 1))))
