"""Repetitions of people who exercise by formula, and of nobody who does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.demo_clip import demo_joints
from support.exercising import USUAL, Exerciser
from support.gait_walkers import Walker, stander

from realtime.analysis.body import body_of
from realtime.analysis.form.exercises import EXERCISES
from realtime.analysis.form.options import AUTO
from realtime.analysis.form.repetitions.offline import find_repetitions
from realtime.analysis.form.result import NO_EXERCISE

SYNTHETIC = "deadlift", "bench-press", "push-up"
LOWER = "pelvis", "hip", "knee", "ankle", "heel", "toe"
BY_FORMULA = "squat", "lunge", "side-lunge", "sit-to-stand", *SYNTHETIC


def found(motion, exercise):
    return find_repetitions(body_of(motion), exercise)


def sets(exercise, count, rest_s=1.0, **more):
    return Exerciser(exercise, tuple(replace(USUAL[exercise], rest_s=rest_s, **more) for _ in range(count)))


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("exercise", BY_FORMULA)
def test_every_repetition_is_found_with_its_bounds(exercise, count):
    exerciser = sets(exercise, count)
    result = found(exerciser.motion(noise_m=0.003), exercise)
    assert len(result.repetitions) == count
    assert not result.partials
    for number, (repetition, span) in enumerate(zip(result.repetitions, exerciser.spans(), strict=True), 1):
        assert repetition.number == number
        # A tenth of the way is gone after three tenths of the time.
        assert repetition.start_s == pytest.approx(span.start_s, abs=13 / 30)
        assert repetition.end_s == pytest.approx(span.end_s, abs=10 / 30)
        assert span.bottom_s - 0.2 <= repetition.bottom_s <= span.leaves_s + 0.2


@settings(max_examples=8, deadline=None)
@given(
    rests_s=st.lists(st.floats(0.0, 4.0), min_size=1, max_size=4),
    slower=st.floats(0.6, 2.0),
    facing_deg=st.floats(0, 360),
)
def test_tempo_rests_and_heading_do_not_change_the_count(rests_s, slower, facing_deg):
    usual = USUAL["squat"]
    reps = [
        replace(usual, rest_s=0.5 + rest_s, down_s=slower * usual.down_s, up_s=slower * usual.up_s)
        for rest_s in rests_s
    ]
    motion = Exerciser("squat", tuple(reps)).motion(facing_deg=facing_deg, noise_m=0.003)
    assert len(found(motion, "squat").repetitions) == len(reps)


@pytest.mark.parametrize("exercise", ["lunge", "side-lunge"])
def test_sides_are_told(exercise):
    reps = tuple(replace(USUAL[exercise], side=side) for side in ("left", "right", "right"))
    # A set has a side in the start pose of a lunge.
    for rep in reps:
        sides = [one.side for one in found(Exerciser(exercise, (rep, rep)).motion(), exercise).repetitions]
        assert sides == [rep.side] * 2


def test_a_shallow_one_among_deep_ones_is_partial():
    reps = [replace(USUAL["squat"], share=share) for share in (1, 1, 0.3, 1)]
    result = found(Exerciser("squat", tuple(reps)).motion(), "squat")
    assert len(result.repetitions) == 3
    [partial] = result.partials
    assert partial.share < 0.4
    assert "of the way" in partial.why


@pytest.mark.parametrize("fps", [15, 60])
def test_the_rate_does_not_change_the_count(fps):
    assert len(found(sets("squat", 3).motion(fps), "squat").repetitions) == 3


@pytest.mark.parametrize("exercise", [*EXERCISES, AUTO])
def test_who_walks_or_stands_does_nothing(exercise):
    for motion in (Walker().motion(), stander(8.0)):
        result = found(motion, exercise)
        assert not result.repetitions
        assert result.why_none


@pytest.mark.parametrize("exercise", ["squat", "lunge", *SYNTHETIC])
def test_the_exercise_is_recognised(exercise):
    result = found(sets(exercise, 3).motion(noise_m=0.003), AUTO)
    assert (result.exercise, len(result.repetitions)) == (exercise, 3)
    assert "recognised" in result.how


def test_something_else_that_repeats_is_told_by_its_period():
    still = stander(16.0, 30.0)
    upper = [i for i, name in enumerate(still.skeleton.joints) if not name.endswith(LOWER)]
    angle = np.radians(50) * np.sin(np.pi * still.times_s)[:, None]  # the trunk turns to the left and to the right
    joints = still.joints.copy()
    x, y, cos, sin = joints[:, upper, 0], joints[:, upper, 1], np.cos(angle), np.sin(angle)
    joints[:, upper, 0], joints[:, upper, 1] = x * cos - y * sin, x * sin + y * cos
    result = found(replace(still, joints=joints), AUTO)
    assert result.exercise == NO_EXERCISE
    assert "repeats every 2.0 s" in result.why_none


@pytest.mark.parametrize("exercise", ["squat", AUTO])
def test_the_squats_of_the_demo_are_two_and_its_lap_is_nothing(exercise):
    result = found(demo_joints(), exercise)
    assert (result.exercise, len(result.repetitions)) == ("squat", 2)
    assert [round(one.bottom_s) for one in result.repetitions] == [8, 10]
