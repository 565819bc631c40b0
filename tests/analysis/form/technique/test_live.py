"""Faults as they happen, and measures at lock-out, of people who squat by formula."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.exercising import USUAL, Exerciser
from support.form_sets import how_it_was_done, poses_of

from realtime.analysis.form.live import LiveForm
from realtime.analysis.form.options import FormOptions
from realtime.analysis.form.result import LIFTED
from realtime.pose import GIVEN, CameraPitch

GOOD = replace(USUAL["squat"], lean_deg=28, knee_ratio=1.25)
SHALLOW = replace(GOOD, depth_m=0.15)
LEANS = replace(GOOD, lean_deg=75)


def followed(exerciser, **more):
    """What was counted, and at which time which fault of a repetition that goes on came up."""
    form, counted, faults = LiveForm(exerciser.exercise), [], {}
    form.camera = CameraPitch(0.0, GIVEN)
    for pose in poses_of(exerciser.motion(**more)):
        counted += form.push(pose)
        for fault in form.state.faults:
            faults.setdefault((form.state.count + 1, fault.key), pose.t_capture_ns / 1e9)
    return counted, faults


def test_a_fault_comes_up_before_the_repetition_is_over():
    squats = Exerciser("squat", (GOOD, SHALLOW, LEANS))
    counted, faults = followed(squats, facing_deg=60)
    spans = squats.spans()
    assert len(counted) == 3
    assert spans[1].leaves_s < faults[2, "too-shallow"] < spans[1].leaves_s + 0.6
    assert spans[2].leaves_s < faults[3, "leans-forward"] < spans[2].end_s
    assert {number for number, _ in faults} == {2, 3}


def test_what_is_known_at_lock_out_is_what_a_recording_gives():
    squats = Exerciser("squat", (GOOD, replace(GOOD, up_s=1.5)))
    counted, _ = followed(squats, facing_deg=70)
    level = FormOptions(camera_pitch_deg=0)
    seen = squats.motion(facing_deg=70, model="some")
    recorded = how_it_was_done(squats, seen=seen, origin=LIFTED, options=level).repetitions
    for one, form in zip(counted, recorded, strict=True):
        values = {measure.key: measure.value for measure in one.measures if not measure.side}
        for key in ("depth", "knee_flexion", "hip_flexion", "trunk_lean"):
            assert values[key] == pytest.approx(form.measure(key).value, abs=2), key
    assert values["velocity_loss"] > 15


def test_a_clock_that_goes_back_does_no_harm():
    squats = Exerciser("squat", (GOOD,))
    form = LiveForm("squat")
    poses = poses_of(squats.motion())
    for pose in (*poses, *poses):
        form.push(pose)
    assert form.state.newest.measures


def test_an_exercise_without_technique_has_repetitions_and_no_measures():
    form = LiveForm("squat")
    assert form.state.faults == ()
    assert form.miss(1.0) == []
