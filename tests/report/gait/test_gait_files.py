"""The figures of a gait as csv and json, against the result that they were made from."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields

import pytest
from support.gait_results import gait, nothing

from realtime.analysis.gait.result import CYCLE_POINTS, GaitResult
from realtime.pose import CameraPitch
from realtime.report.gait.files import FORMAT, VERSION, cycles_csv, events_csv, gait_json, measures_csv
from realtime.report.recording import Recording

RECORDING = Recording(
    "rün.mp4", "1 May 2026", 9, 60.0, 7.2, "lifted", height_m=1.8, camera_pitch=CameraPitch(2, "given")
)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_measures_are_rows_with_both_sides():
    result = gait()
    table = rows(measures_csv(result))
    assert [row["key"] for row in table] == [one.key for one in result.measures]
    for row, one in zip(table, result.measures, strict=True):
        assert float(row["both"]) == pytest.approx(one.both.mean, rel=1e-5)
        assert int(row["both_n"]) == one.both.n
        assert row["unit"] == one.unit
        for side in ("left", "right"):
            value = getattr(one, side)
            assert (row[side] == "") == (value is None)
            if value:
                assert float(row[side]) == pytest.approx(value.mean, rel=1e-5)
        if one.symmetry:
            assert float(row["symmetry_index_percent"]) == pytest.approx(one.symmetry.index_percent, rel=1e-5)
    assert table[-1]["left_sd"] == ""  # of a single value


def test_events_are_rows_in_the_order_of_time():
    result = gait()
    table = rows(events_csv(result))
    assert [float(row["t_s"]) for row in table] == pytest.approx(sorted(event.t_s for event in result.events))
    assert len(table) == len(result.events)
    assert {row["kind"] for row in table} == {"contact", "toe-off"}


def test_cycles_have_a_row_for_each_percent():
    result = gait()
    table = rows(cycles_csv(result))
    assert [float(row["percent"]) for row in table] == list(range(CYCLE_POINTS))
    assert [float(row["knee_flexion_left_mean"]) for row in table] == pytest.approx(
        list(result.cycles[0].left.mean), 1e-4
    )


def test_without_a_gait_the_tables_are_headers():
    assert len(rows(measures_csv(nothing()))) == len(rows(events_csv(nothing()))) == 0
    assert measures_csv(nothing()).startswith("key,label,unit,left,")


def test_json_holds_the_whole_result():
    result = gait()
    data = json.loads(gait_json(result, RECORDING, {"made_by": "x"}))
    assert (data["format"], data["version"], data["made_by"]) == (FORMAT, VERSION, "x")
    assert data["result"] == json.loads(json.dumps(result.to_json()))
    assert data["result"].keys() == {field.name for field in fields(GaitResult)}
    assert data["recording"]["name"] == "rün.mp4"
    assert data["recording"]["height_m"] == 1.8
    assert data["recording"]["camera_pitch_how"] == "given"
    assert data["result"]["measures"][-1]["left"]["sd"] is None  # NaN has no place in json
