"""Repetitions joined to sets whose truth is known."""

from collections import Counter

import numpy as np
import pytest
from support.squat_markers import write_people

from realtime.training.evaluation.form.repetitions import read_repetitions
from realtime.training.evaluation.form.sets import CORRECT, SPECIAL, Plan, make, plans_of


@pytest.fixture(scope="module")
def repetitions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ui-prmd")
    write_people(folder)
    return read_repetitions(folder)


def test_everybody_has_sets_of_every_length(repetitions):
    plans = plans_of(repetitions)
    assert Counter(plan.person for plan in plans) == {"uiprmd-s05": 5, "uiprmd-s09": 5}
    assert all(3 <= plan.count <= 12 or plan.count in SPECIAL for plan in plans)
    assert len({plan.name for plan in plans}) == len(plans)


def test_a_set_is_smooth_and_has_its_repetitions_where_the_marks_are(repetitions):
    one = make(Plan("uiprmd-s05", "squat", 0, CORRECT, 7), repetitions)
    assert one.count == 7
    assert all(mark.correct for mark in one.marks)
    assert max(Counter(mark.number for mark in one.marks).values()) == 3  # three repetitions: none a fourth time
    height = one.pelvis[:, 2] - one.pelvis[0, 2]
    speed = np.linalg.norm(np.diff(one.points, axis=0), axis=-1) * one.rate_hz
    assert speed.max() < 1.5  # nothing jumps at a seam
    for mark in one.marks:
        first, start, turn, end, last = (
            round(t_s * one.rate_hz) for t_s in (mark.first_s, mark.start_s, mark.bottom_s, mark.end_s, mark.last_s)
        )
        assert first < start < turn < end < last
        assert height[turn] < -0.35
        assert abs(height[first]) < 0.05
        assert abs(height[last]) < 0.05
    gaps_s = [after.first_s - before.last_s for before, after in zip(one.marks, one.marks[1:], strict=False)]
    assert all(0 <= gap_s < 5.02 for gap_s in gaps_s)
    assert one.marks[0].first_s >= 1.0


def test_the_same_plan_gives_the_same_set(repetitions):
    plan = plans_of(repetitions)[0]
    assert np.array_equal(make(plan, repetitions).points, make(plan, repetitions).points)
