"""From repetitions to how they were done: the steps, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....motion import Motion3D
from ...body import Body
from ..exercises import EXERCISES
from ..options import FormOptions
from ..result import LIFTED, Curve, Measure, NotMeasured, Repetition, RepetitionForm, Tilt, View
from .curves import curves_of
from .faults import faults_of
from .measuring import Circumstances, measures_of
from .movement import Movement
from .scales import SCALES, Scale, scales_of
from .score import score_of
from .sets import best_of, set_measures_of, with_set
from .tilt import levelled, tilt_of
from .view import view_of

CUTOFF_HZ = 6.0


@dataclass(frozen=True)
class Technique:
    """How the repetitions of a set were done: the fields of `result.FormResult` that are about that."""

    repetitions: tuple[RepetitionForm, ...]
    set_measures: tuple[Measure, ...]
    curves: tuple[Curve, ...]
    best: int | None
    tilt: Tilt | None
    view: View | None
    not_measured: tuple[NotMeasured, ...]


def technique_of(
    motion: Motion3D,
    body: Body,
    exercise: str,
    repetitions: Sequence[Repetition],
    options: FormOptions,
    origin: str,
    scales: tuple[Scale, ...] = SCALES,
) -> Technique:
    """How the repetitions of an exercise were done by a body, which is that of the motion, not filtered.

    `origin`: see result.ORIGINS.  Of an exercise whose technique is not known nothing is measured."""
    tilt = tilt_of(motion, origin, options.camera_pitch_deg)
    view = view_of(body) if origin == LIFTED else None
    how = Circumstances(origin, view, tilt, motion.height_m is not None, options.offsets)
    level = levelled(body, motion, tilt).filtered(CUTOFF_HZ)
    movements = [Movement(level, exercise, repetition, origin == LIFTED) for repetition in repetitions]
    known = EXERCISES[exercise].technique
    measures = with_set([measures_of(movement, how) for movement in movements]) if known else [()] * len(movements)
    rows = scales_of(exercise, scales)
    forms = [_form(repetition, its, rows, exercise) for repetition, its in zip(repetitions, measures, strict=True)]
    best = best_of(forms)
    if best is not None:
        own = by_key(best.measures)
        forms = [replace(form, against_best=score_of(by_key(form.measures), rows, own)) for form in forms]
    return Technique(
        repetitions=tuple(forms),
        set_measures=set_measures_of(forms) if known else (),
        curves=curves_of(movements) if known else (),
        best=None if best is None else best.repetition.number,
        tilt=tilt,
        view=view,
        not_measured=_not_measured(forms),
    )


def by_key(measures: Sequence[Measure]) -> dict[str, Measure]:
    """Those of the whole body or the working side, by name."""
    return {measure.key: measure for measure in measures if not measure.side}


def _form(
    repetition: Repetition, measures: tuple[Measure, ...], scales: tuple[Scale, ...], exercise: str
) -> RepetitionForm:
    its = by_key(measures)
    return RepetitionForm(repetition, measures, faults_of(repetition, its, scales, exercise), score_of(its, scales))


def _not_measured(forms: Sequence[RepetitionForm]) -> tuple[NotMeasured, ...]:
    """What was measured in no repetition."""
    if not forms:
        return ()
    missing = []
    for measure in forms[0].measures:
        alike = [form.measure(measure.key, measure.side) for form in forms]
        if not measure.side and all(one is None or one.value is None for one in alike):
            missing.append(NotMeasured(measure.label, measure.why))
    return tuple(missing)
