"""From sets to repetitions that can be judged: by the analysis that users get, beside what was done on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ....analysis.form.analyse import analyse_form
from ....analysis.form.options import FormOptions
from ....analysis.form.result import RepetitionForm
from ....analysis.form.technique.scales import LEARNED, Scale, scales_of
from ....motion import Floats
from ..bootstrap import Score
from ..intervals import shown
from ..text_table import text_table
from .counting import CountedSet, Told
from .judging import Judged, auc, auc_over_people, auc_within_people, logistic, values_left_out
from .lifted_sets import MARKERS, LiftedSet
from .scales import own_best_values, scored

DEPTH = "depth", "thigh_angle", "knee_flexion", "hip_flexion", "range"


def judged(sets: Iterable[LiftedSet]) -> Iterator[Judged]:
    """All repetitions that were found where there is one, with their measures."""
    for one in sets:
        result = analyse_form(one.motion, FormOptions(exercise=one.exercise))
        by_start = {form.repetition.start_s: form for form in result.repetitions}
        told = (form.repetition for form in result.repetitions)
        found = CountedSet(one, tuple(Told(its.start_s, its.bottom_s, its.end_s) for its in told))
        for mark, its in found.pairs:
            yield Judged(one.person, one.exercise, one.view, mark.correct, _values(by_start[its.start_s]))


def _values(form: RepetitionForm) -> dict[str, float]:
    return {one.key: one.value for one in form.measures if not one.side and one.value is not None}


def judge_table(by_way: Mapping[str, Sequence[Judged]], exercises: Sequence[str]) -> str:
    """The AUC of correct against incorrect repetitions of people who are left out.

    Scales and weights of the score are learned by markers, as those that ship; in one column on repetitions lifted the
    same way.  "Own best": against the best repetition of the same person; "within people": the mean of each person's
    own AUC; "all measures": a classifier over everything that is measured, learned on repetitions of the same way."""
    heads = (
        *("", "exercise", "people", "reps", "no score", "score", "without depth", "own best", "within people"),
        *("scales of lifted", "all measures"),
    )
    rows, means = [], []
    for way, everyone in by_way.items():
        found = [_judged(exercise, everyone, by_way[MARKERS]) for exercise in exercises]
        rows += [
            (way, exercise, *counts, *(shown(score, 2) for score in scores))
            for exercise, (counts, scores) in zip(exercises, found, strict=True)
        ]
        values = np.nanmean([[score.value for score in scores] for _, scores in found], axis=0)
        means.append((way, "mean", "", "", "", *(f"{value:.2f}" for value in values)))
    return text_table(heads, [*rows, *means], labels=2)


def _judged(
    exercise: str, all_of_way: Sequence[Judged], by_markers: Sequence[Judged]
) -> tuple[tuple[str, ...], list[Score]]:
    everyone, examples = _of(exercise, all_of_way), _of(exercise, by_markers)
    rows = learned_rows(exercise)
    values = values_left_out(everyone, scored(rows), examples)
    shallow = values_left_out(everyone, scored([row for row in rows if row.key not in DEPTH]), examples)
    scores = [
        auc_over_people(everyone, values),
        auc_over_people(everyone, shallow),
        auc_over_people(everyone, own_best_values(everyone, rows, examples)),
        auc_within_people(everyone, values),
        auc_over_people(everyone, values_left_out(everyone, scored(rows))),
        auc_over_people(everyone, values_left_out(everyone, logistic())),
    ]
    people = len({one.person for one in everyone})
    return (str(people), str(len(everyone)), str(int(np.isnan(values).sum()))), scores


def learned_rows(exercise: str) -> tuple[Scale, ...]:
    """The rows of the score of an exercise that are learned."""
    return tuple(row for row in scales_of(exercise) if row.source == LEARNED)


def _of(exercise: str, everyone: Sequence[Judged]) -> list[Judged]:
    return [one for one in everyone if one.exercise == exercise]


def view_table(by_way: Mapping[str, Sequence[Judged]], exercises: Sequence[str], views: Sequence[str]) -> str:
    """The AUC of the score by the view from which repetitions were seen."""
    rows = []
    for way, everyone in by_way.items():
        for exercise in exercises:
            some = _of(exercise, everyone)
            values = values_left_out(some, scored(learned_rows(exercise)), _of(exercise, by_way[MARKERS]))
            seen = [[row for row, one in enumerate(some) if one.view == view] for view in views]
            rows.append((way, exercise, *(_seen_auc(some, values, of_view) for of_view in seen)))
    return text_table(("", "exercise", *views), rows, labels=2)


def _seen_auc(everyone: Sequence[Judged], values: Floats, rows: Sequence[int]) -> str:
    value = auc(values[rows], np.array([everyone[row].correct for row in rows], bool))
    return f"{value:.2f}" if np.isfinite(value) else "–"
