"""The figures of a set as csv and json, against the result that they were made from."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields

import pytest
from support.form_results import nothing, squats

from realtime.analysis.form.result import FormResult
from realtime.pose import CameraPitch
from realtime.report.form.files import FORMAT, VERSION, curves_csv, form_json, measures_csv, repetitions_csv
from realtime.report.recording import Recording

RECORDING = Recording("kniebeugé.mp4", "1 May 2026", 9, 30.0, 7.2, "lifted", camera_pitch=CameraPitch(2, "given"))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_repetitions_are_rows_with_their_measures_and_partial_ones_come_after_them():
    result = squats(3, faulty=(2,))
    table = rows(repetitions_csv(result))
    assert [row["kind"] for row in table] == ["repetition"] * 3 + ["partial"]
    for row, form in zip(table, result.repetitions, strict=False):
        one = form.repetition
        assert (int(row["number"]), float(row["start_s"])) == (one.number, pytest.approx(one.start_s))
        assert float(row["end_s"]) - float(row["start_s"]) == pytest.approx(float(row["duration_s"]))
        assert float(row["score"]) == form.score.total
        for measure in form.measures:
            cell = row["_".join(filter(None, (measure.key, measure.side)))]
            assert cell == "" if measure.value is None else float(cell) == pytest.approx(measure.value)
    assert [row["faults"] for row in table] == ["", "knees_in", "", ""]
    assert [row["best"] for row in table] == ["1", "0", "0", ""]
    assert (float(table[-1]["share"]), table[-1]["why"]) == (0.31, result.partials[0].why)


def test_every_measure_is_a_row_with_its_error_and_those_of_the_set_come_last():
    result = squats(2)
    table = rows(measures_csv(result))
    assert [row["of"] for row in table] == ["1"] * 10 + ["2"] * 10 + ["set"]
    depth, bar = table[0], table[9]
    assert (depth["key"], float(depth["value"]), float(depth["error"])) == ("depth", -4.0, 4.0)
    assert (bar["value"], bar["why"]) == ("", "the hands are fixed near the shoulders")
    assert {row["estimate"] for row in table} == {"0", "1"}


def test_curves_have_a_row_for_each_percent_and_a_column_for_each_repetition():
    result = squats(2)
    table = rows(curves_csv(result))
    assert [float(row["percent"]) for row in table] == list(range(101))
    found = [float(row["knee_flexion_2"]) for row in table]
    assert found == pytest.approx(list(result.curves[0].by_repetition[1]), rel=1e-4, abs=1e-6)


def test_without_a_repetition_the_tables_are_headers():
    for write in (repetitions_csv, measures_csv, curves_csv):
        assert rows(write(nothing())) == []
        assert write(nothing())


def test_json_holds_the_whole_result():
    result = squats()
    data = json.loads(form_json(result, RECORDING, {"made_by": "x"}))
    assert (data["format"], data["version"], data["made_by"]) == (FORMAT, VERSION, "x")
    assert data["result"] == json.loads(json.dumps(result.to_json()))
    assert data["result"].keys() == {field.name for field in fields(FormResult)}
    assert data["recording"]["camera_pitch_how"] == "given"
    ratio = next(m for m in data["result"]["repetitions"][0]["measures"] if m["key"] == "knee_ratio")
    assert ratio["error"] is None  # NaN has no place in json
