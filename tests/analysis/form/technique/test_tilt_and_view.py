"""Cameras that look down, and from all sides, before people who squat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.exercising import USUAL, Exerciser
from support.form_sets import how_it_was_done

from realtime.analysis.form.options import FormOptions
from realtime.analysis.form.result import LIFTED, MARKERS
from realtime.analysis.form.technique.tilt import BY_LIFT, BY_STANDING, NOT_KNOWN, TOLD, tilt_of
from realtime.analysis.form.technique.view import VIEWS, view_name
from realtime.pose import ESTIMATED, GIVEN, UNKNOWN, CameraPitch

SQUATS = Exerciser("squat", (USUAL["squat"],) * 2, after_s=4.0)
RAW = FormOptions(offsets=False)


def depth_cm(seen, options=RAW):
    form = how_it_was_done(SQUATS, seen=seen, origin=LIFTED, options=options).repetitions[0]
    return form.measure("depth")


def seen(**more):
    return SQUATS.motion(model="some", height_m=1.7, **more)


def test_a_tilt_that_is_told_is_taken_out():
    tilted = seen(pitch_deg=8, facing_deg=30)
    assert depth_cm(tilted, replace(RAW, camera_pitch_deg=8)).value == pytest.approx(-6, abs=0.3)
    assert abs(depth_cm(tilted, replace(RAW, camera_pitch_deg=0)).value + 6) > 3  # 8° are 4 to 5 cm


def test_a_tilt_that_is_not_known_is_estimated_where_somebody_stands():
    tilted = seen(pitch_deg=8, facing_deg=30)
    tilt = tilt_of(tilted, LIFTED, None)
    assert tilt.how == BY_STANDING
    assert tilt.pitch_deg == pytest.approx(8, abs=2.5)
    level = tilt_of(replace(tilted, camera_pitch=CameraPitch(0.0, UNKNOWN)), LIFTED, None)
    assert level.pitch_deg == pytest.approx(tilt.pitch_deg)


def test_what_lift_levelled_is_not_levelled_twice():
    levelled = seen(facing_deg=30)
    for how, words in ((GIVEN, TOLD), (ESTIMATED, BY_LIFT)):
        by_lift = replace(levelled, camera_pitch=CameraPitch(8.0, how))
        assert (tilt_of(by_lift, LIFTED, None).how, tilt_of(by_lift, LIFTED, None).pitch_deg) == (words, 8.0)
        assert depth_cm(by_lift).value == pytest.approx(-6, abs=0.3)
    # told more than lift was told: the rest is taken out
    half = replace(seen(pitch_deg=3, facing_deg=30), camera_pitch=CameraPitch(5.0, ESTIMATED))
    assert depth_cm(half, replace(RAW, camera_pitch_deg=8)).value == pytest.approx(-6, abs=0.3)


def test_nobody_who_stands_and_markers_without_a_camera():
    tilt = tilt_of(Exerciser("push-up", (USUAL["push-up"],)).motion(), LIFTED, None)
    assert (tilt.how, tilt.pitch_deg) == (NOT_KNOWN, 0.0)
    assert tilt_of(SQUATS.motion(), MARKERS, None) is None


def test_the_error_of_depth_is_wider_where_the_tilt_is_less_known():
    told = depth_cm(seen(facing_deg=30), replace(RAW, camera_pitch_deg=0)).error
    estimated = depth_cm(replace(seen(facing_deg=30), camera_pitch=CameraPitch(0.0, ESTIMATED))).error
    assert told < estimated
    # from the side the thighs lie across the view, and a tilt turns them about themselves
    side = [
        depth_cm(replace(seen(facing_deg=90), camera_pitch=CameraPitch(0.0, how))).error for how in (GIVEN, ESTIMATED)
    ]
    assert side[0] == pytest.approx(side[1], abs=0.3)


@pytest.mark.parametrize(
    ("facing_deg", "name"), [(0, "front"), (45, "front-quarter"), (-90, "side"), (130, "back-quarter"), (175, "back")]
)
def test_the_view_is_told(facing_deg, name):
    view = how_it_was_done(SQUATS, seen=seen(facing_deg=facing_deg), origin=LIFTED).view
    assert view.name == name
    assert view.angle_deg == pytest.approx(abs(90 - abs(facing_deg)), abs=3)
    assert view.trust.endswith(".")


def test_the_limits_of_the_views():
    assert [view_name(angle) for angle in (0, 29, 31, 61, 121, 151)] == [VIEWS[i] for i in (0, 0, 1, 2, 3, 4)]
    assert how_it_was_done(SQUATS).view is None


def test_from_behind_there_is_a_reason_and_no_number():
    form = how_it_was_done(SQUATS, seen=seen(facing_deg=180), origin=LIFTED).repetitions[0]
    measure = form.measure("knee_flexion")
    assert measure.value is None
    assert "from behind" in measure.why
    assert "±" in measure.why
