"""The figures of a report as files: csv for spreadsheets, json for programs.

======================  =============================================================================
`<name>_gait.csv`         a row for each measure
`<name>_gait_events.csv`  a row for each contact and toe-off
`<name>_gait_cycles.csv`  a row for each percent of the cycle: mean and sd of each angle, left and right
`<name>_gait.json`        all of it, see docs/gait.md
======================  =============================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...analysis.gait.result import CYCLE_POINTS, SIDES, AngleCycle, GaitResult, Measure, Value
from ..csv_text import csv_text
from ..recording import Recording

FORMAT, VERSION = "realtime-pose3d gait", 1

_MEASURE_COLUMNS = (
    *("key", "label", "unit"),
    *(f"{side}{part}" for side in ("left", "right", "both") for part in ("", "_sd", "_n")),
    *("symmetry_index_percent", "right_to_left_percent", "low", "typical", "method", "definition", "source"),
)
_EVENT_COLUMNS = "side", "kind", "t_s", "frame", "method", "interval_s", "low"


def measures_csv(result: GaitResult) -> str:
    """The measures as a table."""
    return csv_text(_MEASURE_COLUMNS, map(_measure_row, result.measures))


def events_csv(result: GaitResult) -> str:
    """The contacts and toe-offs as a table, in the order of time."""
    ordered = sorted(result.events, key=lambda event: event.t_s)
    return csv_text(_EVENT_COLUMNS, ([getattr(event, name) for name in _EVENT_COLUMNS] for event in ordered))


def cycles_csv(result: GaitResult) -> str:
    """The angles over the cycle as a table, in degrees."""
    columns = {name: path for cycle in result.cycles for name, path in _cycle_columns(cycle).items()}
    percent = [100 * place / (CYCLE_POINTS - 1) for place in range(CYCLE_POINTS)]
    return csv_text(("percent", *columns), zip(percent, *columns.values(), strict=True))


def gait_json(result: GaitResult, recording: Recording, about: Mapping[str, Any]) -> str:
    """All of it; `about` says which program made it, and when."""
    content = {"format": FORMAT, "version": VERSION, **about, "recording": recording.to_json()}
    return json.dumps({**content, "result": result.to_json()}, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _measure_row(measure: Measure) -> list[Any]:
    values = [part for value in (measure.left, measure.right, measure.both) for part in _value_cells(value)]
    symmetry = measure.symmetry
    balance = (symmetry.index_percent, symmetry.right_to_left_percent) if symmetry else (None, None)
    words = (measure.low, measure.typical, measure.method, measure.definition, measure.source)
    return [measure.key, measure.label, measure.unit, *values, *balance, *words]


def _value_cells(value: Value | None) -> tuple[float | None, ...]:
    return (value.mean, value.sd, value.n) if value else (None, None, None)


def _cycle_columns(cycle: AngleCycle) -> dict[str, Sequence[float]]:
    columns: dict[str, Sequence[float]] = {}
    for side in SIDES:
        if curve := getattr(cycle, side):
            columns[f"{cycle.key}_{side}_mean"], columns[f"{cycle.key}_{side}_sd"] = curve.mean, curve.sd
    return columns
