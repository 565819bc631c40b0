"""Scores, faults and the own best repetition, from people who exercise by formula."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from support.exercising import EXERCISES, USUAL, Exerciser
from support.form_sets import how_it_was_done

from realtime.analysis.form.result import LIFTED, Measure
from realtime.analysis.form.technique.faults import faults_of
from realtime.analysis.form.technique.measuring import DEPTH_CM, ERROR_ASSUMED, ERROR_NOT_KNOWN, too_close
from realtime.analysis.form.technique.scales import SCALES, Scale, scales_of
from realtime.analysis.form.technique.score import score_of
from realtime.analysis.form.technique.table import BY_KEY

GOOD = replace(USUAL["squat"], lean_deg=28, knee_ratio=1.25)


def keys(form):
    return {fault.key for fault in form.faults}


def scored(**reps):
    return how_it_was_done(Exerciser("squat", tuple(reps.values()))).repetitions


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_parts_of_every_score_sum_up_to_100(exercise):
    rows = scales_of(exercise)
    assert sum(row.of for row in rows) == 100
    for row in rows:
        assert row.key in BY_KEY or row.key == "range_share"
        assert row.share(row.full) == 1
        assert row.share(row.none) == 0
        assert row.beyond(row.usual) == pytest.approx(0)


def test_points_fall_evenly_from_full_to_none():
    row = Scale("squat", "depth", full=0, usual=4, none=10, of=50)
    assert [row.share(value) for value in (-5, 0, 2.5, 5, 10, 20)] == [1, 1, 0.75, 0.5, 0, 0]
    both = replace(row, both=True)
    assert [both.share(value) for value in (-5, 5)] == [0.5, 0.5]
    down = replace(row, full=10, usual=6, none=0)
    assert [down.share(value) for value in (20, 5, -1)] == [1, 0.5, 0]
    assert row.share(5, full=4) == pytest.approx(0.9)


def test_a_good_squat_has_all_points_and_no_fault():
    (form,) = scored(good=GOOD)
    assert form.score.total == pytest.approx(100, abs=3)
    assert form.score.total == pytest.approx(sum(part.points for part in form.score.parts))
    assert form.faults == ()


@pytest.mark.parametrize(
    ("worse", "key", "part"),
    [
        ({"depth_m": 0.15}, "too-shallow", "depth"),
        ({"knee_ratio": 0.6}, "knees-in", "knee_separation"),
        ({"lean_deg": 55}, "leans-forward", "most_lean"),
    ],
)
def test_what_is_worse_costs_points_and_is_a_fault_with_its_instant(worse, key, part):
    good, bad = scored(good=GOOD, bad=replace(GOOD, **worse))
    points = {one.key: one.points for one in bad.score.parts}
    assert points[part] < {one.key: one.points for one in good.score.parts}[part] - 5
    assert keys(bad) - keys(good) == {key}
    fault = next(fault for fault in bad.faults if fault.key == key)
    assert fault.measure == part
    assert bad.repetition.start_s < fault.at_s < bad.repetition.end_s
    assert fault.sentence.endswith(".")


def test_depth_is_called_only_beyond_its_error():
    def found(depth_m):
        (form,) = scored(one=replace(GOOD, depth_m=depth_m))
        return keys(form), form.measure("depth").low

    assert found(-0.08) == (set(), "")
    assert found(0.02) == ({"too-shallow"}, "")
    fault, words = found(DEPTH_CM / 100)
    assert fault == set()
    assert "too close to call" in words
    assert too_close(-10, 5) == ""
    assert too_close(-10, float("nan")) == ""


def test_the_best_repetition_has_all_points_against_itself():
    technique = how_it_was_done(Exerciser("squat", (replace(GOOD, depth_m=0.1), GOOD, replace(GOOD, lean_deg=50))))
    assert technique.best == 2
    best, others = technique.repetitions[1], (technique.repetitions[0], technique.repetitions[2])
    assert best.against_best.total == pytest.approx(100)
    assert all(other.against_best.total < 95 for other in others)


def test_without_half_of_the_points_there_is_no_score():
    known = Measure("most_lean", "lean", "°", 28.0)
    missing = Measure("depth", "depth", "cm", None, why="seen from behind")
    score = score_of({"most_lean": known, "depth": missing}, scales_of("squat"))
    assert score.total is None
    assert "depth" in score.why
    assert score_of({}, ()).total is None


def test_what_is_not_measured_takes_no_part_in_the_score():
    measures = {row.key: Measure(row.key, row.key, "°", row.full) for row in scales_of("squat")}
    measures["most_sideways"] = replace(measures["most_sideways"], value=None)
    assert score_of(measures, scales_of("squat")).total == pytest.approx(100)


def test_every_part_of_a_score_has_words_for_what_is_wrong():
    for row in SCALES:
        (form,) = scored(good=GOOD)
        beyond = row.none + (row.none - row.full)
        measures = {row.key: Measure(row.key, row.key, "cm", beyond, error=0.5, at_s=1.0)}
        found = faults_of(form.repetition, measures, (row,), row.exercise)
        assert found, (row.exercise, row.key)
        if row.both:
            measures[row.key] = replace(measures[row.key], value=row.full - (beyond - row.full))
            assert faults_of(form.repetition, measures, (row,), row.exercise)


@pytest.mark.parametrize("row", SCALES, ids=lambda row: f"{row.exercise}-{row.key}")
def test_what_is_wrong_within_an_error_or_by_an_unknown_one_is_no_fault(row):
    (form,) = scored(good=GOOD)
    value = row.none + (row.none - row.full)
    off = max(abs(value - row.usual), abs(value - DEPTH_CM), abs(value))
    for error in (off + 0.1, math.nan):
        measures = {row.key: Measure(row.key, row.key, "cm", value, error=error, at_s=1.0)}
        assert faults_of(form.repetition, measures, (row,), row.exercise) == ()


def lifted(exercise, **how):
    """As if it had been lifted from pictures, of a camera that is level."""
    exerciser = Exerciser(exercise, (replace(USUAL[exercise], **how),) * 2)
    seen = exerciser.motion(facing_deg=90, fps=60, model="some")
    return how_it_was_done(exerciser, seen=seen, origin=LIFTED).repetitions[0]


@pytest.mark.parametrize("exercise", ["squat", "deadlift", "bench-press"])
def test_lifted_joints_tell_a_movement_down_in_the_ascent_but_no_fault(exercise):
    form = lifted(exercise, sinks=0.3, sinks_s=0.4, up_s=1.5)
    assert form.measure("sinks").value > 5
    assert form.measure("sinks").low == ERROR_NOT_KNOWN
    assert "sinks" not in keys(form)


@pytest.mark.parametrize("exercise", ["deadlift", "bench-press", "push-up"])
def test_exercises_for_which_nobody_was_recorded_have_assumed_errors(exercise):
    for measure in lifted(exercise).measures:
        if measure.value is not None and measure.key not in ("sinks", "velocity_loss"):
            assert measure.low == ERROR_ASSUMED, measure.key
            assert measure.error > 0, measure.key


def test_the_elbow_of_a_lifted_bench_press_has_nothing_taken_out():
    exerciser = Exerciser("bench-press", (USUAL["bench-press"],) * 2)
    (true, _), form = how_it_was_done(exerciser, fps=60).repetitions, lifted("bench-press")
    for key in ("range", "elbow_flexion", "locked_elbows"):
        assert form.measure(key).value == pytest.approx(true.measure(key).value, abs=1)


def test_a_shorter_range_is_a_fault_of_lifted_joints_beyond_the_errors_of_both():
    usual = USUAL["bench-press"]

    def found(share):
        exerciser = Exerciser("bench-press", (usual, replace(usual, share=share)))
        form = how_it_was_done(exerciser, seen=exerciser.motion(model="some"), origin=LIFTED).repetitions[1]
        return form.measure("range_share"), keys(form)

    slight, faults = found(0.6)
    assert slight.value < 85
    assert slight.value + slight.error > 85
    assert faults == set()
    much, faults = found(0.15)
    assert much.value + much.error < 85
    assert "short-range" in faults
