"""The figures of a report as files: csv for spreadsheets, json for programs.

========================  ===========================================================================
`<name>_form.csv`           a row for each repetition, and for each movement that was not counted
`<name>_form_measures.csv`  a row for each measure of each repetition, and of the set
`<name>_form_curves.csv`    a row for each percent of a repetition: every curve of every repetition
`<name>_form.json`          all of it, see docs/form.md
========================  ===========================================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ...analysis.form.result import FormResult, Measure, RepetitionForm
from ..csv_text import csv_text
from ..recording import Recording
from .values import of_all

FORMAT, VERSION = "realtime-pose3d form", 1
REPETITION, PARTIAL, SET = "repetition", "partial", "set"

_COLUMNS = "kind", "number", "side", "start_s", "bottom_s", "end_s", "duration_s", "score", "best"
_LAST = "faults", "share", "why"
_MEASURE_FIELDS = tuple(field.name for field in fields(Measure))


def repetitions_csv(result: FormResult) -> str:
    """The repetitions with their measures as a table, in the order of time, and after them the partial ones."""
    names = {
        _column(measure): (measure.key, measure.side)
        for measures in of_all(result.repetitions).values()
        for measure in measures
    }
    rows = [_repetition_row(result, form, list(names.values())) for form in result.repetitions]
    partials = [
        [PARTIAL, None, None, one.start_s, one.bottom_s, one.end_s, one.end_s - one.start_s, None, None]
        + [None] * (len(names) + 1)
        + [one.share, one.why]
        for one in result.partials
    ]
    return csv_text((*_COLUMNS, *names, *_LAST), [*rows, *partials])


def measures_csv(result: FormResult) -> str:
    """Each measure of each repetition with its error and its definition, then those of the set."""
    return csv_text(("of", *_MEASURE_FIELDS), _measure_rows(result))


def curves_csv(result: FormResult) -> str:
    """The curves over the repetition: a column for each curve and repetition."""
    columns: dict[str, Sequence[float]] = {
        f"{curve.key}_{form.repetition.number}": values
        for curve in result.curves
        for form, values in zip(result.repetitions, curve.by_repetition, strict=True)
    }
    points = len(next(iter(columns.values()), ()))
    percent = [100 * place / max(points - 1, 1) for place in range(points)]
    return csv_text(("percent", *columns), zip(percent, *columns.values(), strict=True))


def form_json(result: FormResult, recording: Recording, about: Mapping[str, Any]) -> str:
    """All of it; `about` says which program made it, and when."""
    content = {"format": FORMAT, "version": VERSION, **about, "recording": recording.to_json()}
    return json.dumps({**content, "result": result.to_json()}, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _column(measure: Measure) -> str:
    return "_".join(filter(None, (measure.key, measure.side)))


def _repetition_row(result: FormResult, form: RepetitionForm, wanted: Sequence[tuple[str, str]]) -> list[Any]:
    one = form.repetition
    best = None if result.best is None else int(one.number == result.best)
    found = [measure.value if (measure := form.measure(key, side)) else None for key, side in wanted]
    times = one.start_s, one.bottom_s, one.end_s, one.duration_s
    faults = " ".join(fault.key for fault in form.faults)
    return [REPETITION, one.number, one.side, *times, form.score.total, best, *found, faults, None, None]


def _measure_rows(result: FormResult) -> Iterator[list[Any]]:
    of_repetitions = [(str(form.repetition.number), form.measures) for form in result.repetitions]
    for of, measures in (*of_repetitions, (SET, result.set_measures)):
        for measure in measures:
            yield [of, *(_cell(getattr(measure, name)) for name in _MEASURE_FIELDS)]


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
