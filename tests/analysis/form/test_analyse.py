"""Motions in which points are missing: what they allow is counted, and nothing stops."""

from __future__ import annotations

import numpy as np
import pytest
from support.exercising import USUAL, Exerciser

from realtime.analysis.form.analyse import analyse_form
from realtime.analysis.form.exercises import EXERCISES
from realtime.analysis.form.options import AUTO, FormOptions
from realtime.motion import motion
from realtime.skeleton import Skeleton

LEGS = Skeleton(
    "legs",
    ("pelvis", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle"),
    parents=(-1, 0, 1, 2, 0, 4, 5),
    left=(1, 2, 3),
    right=(4, 5, 6),
)


def done(exercise, count):
    return Exerciser(exercise, (USUAL[exercise],) * count).motion()


def legs_of(whole):
    return motion(whole.joints[:, whole.skeleton.indices(LEGS.joints)], whole.fps, skeleton=LEGS)


def test_legs_alone_are_enough_to_count_squats():
    result = analyse_form(legs_of(done("squat", 3)), FormOptions("squat"))
    assert result.count == 3
    assert result.repetitions[0].measure("knee_flexion").value == pytest.approx(120, abs=15)
    assert result.repetitions[0].measure("trunk_lean").why == "the skeleton has no shoulders"
    result.to_json()


@pytest.mark.parametrize("exercise", [AUTO, *EXERCISES])
def test_legs_alone_stop_no_exercise(exercise):
    analyse_form(legs_of(done("squat", 2)), FormOptions(exercise))


@pytest.mark.parametrize("exercise", ["bench-press", "push-up"])
def test_a_wrist_that_is_lost_for_a_while_costs_the_repetition_that_it_is_lost_in_and_no_other(exercise):
    whole = done(exercise, 5)
    spans = Exerciser(exercise, (USUAL[exercise],) * 5).spans()
    joints, at = whole.joints.copy(), round(whole.fps * (spans[2].start_s + 0.4))
    joints[at : at + 9, whole.skeleton.index("left_wrist")] = np.nan
    result = analyse_form(motion(joints, whole.fps, skeleton=whole.skeleton), FormOptions(exercise))
    assert result.count == 4
