"""Errors of measures, from squats by formula that were lifted too high."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.exercising import USUAL, Exerciser

from realtime.training.evaluation.form.lifted_sets import MARKERS, LiftedSet
from realtime.training.evaluation.form.measure_errors import MeasureError, measure_errors, offset_rows
from realtime.training.evaluation.form.sets import Mark

SQUATS = Exerciser("squat", (replace(USUAL["squat"], rest_s=2.0),) * 3)


def performed(way, motion):
    marks = [
        Mark(span.start_s, (span.bottom_s + span.leaves_s) / 2, span.end_s, span.start_s, span.end_s, True, i)
        for i, span in enumerate(SQUATS.spans())
    ]
    return LiftedSet(
        name="squats",
        way=way,
        motion=motion,
        person="somebody",
        exercise="squat",
        kind="correct",
        view="side",
        height_m=1.7,
        distance_m=3.0,
        rotation=np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
        marks=tuple(marks),
    )


def test_what_is_lifted_too_high_is_found_for_every_repetition():
    true = SQUATS.motion(facing_deg=90)
    joints = true.joints.copy()
    joints[:, [true.skeleton.index(f"{side}_shoulder") for side in ("left", "right")]] += (0.1, 0, 0)  # more forward
    lifted = replace(SQUATS.motion(facing_deg=90, model="some", height_m=1.7), joints=joints)
    errors = measure_errors([performed(MARKERS, true)], [performed("lifted", lifted)])
    leans = [one.error for one in errors if one.key == "trunk_lean"]
    assert len(leans) == 3
    assert leans == pytest.approx([leans[0]] * 3, abs=0.5)
    assert 5 < leans[0] < 15
    assert [one.error for one in errors if one.key == "left_right"] == pytest.approx([0] * 3, abs=0.1)


def test_bias_and_what_is_left_of_people_it_was_not_learned_from():
    errors = [
        MeasureError("shift", person, "side", bias) for person, bias in (("a", 1.0), ("b", 3.0)) for _ in range(6)
    ]
    assert offset_rows(errors, ("side",)) == '    "shift": ((2, 2)),'
    assert offset_rows(errors[:5], ("side",)) == ""
