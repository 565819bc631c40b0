"""How counts are judged, on answers that are known."""

import numpy as np
import pytest

from realtime.motion import motion
from realtime.training.evaluation.form import counting
from realtime.training.evaluation.form.counting import CountedSet, Told
from realtime.training.evaluation.form.ghosts import ghost_table
from realtime.training.evaluation.form.lifted_sets import LiftedSet
from realtime.training.evaluation.form.naive import naive_repetitions
from realtime.training.evaluation.form.sets import Mark

NOWHERE = motion(np.zeros((61, 17, 3)), 30.0)


def a_set(*starts_s: float, person: str = "a", exercise: str = "squat", kind: str = "correct") -> LiftedSet:
    marks = tuple(
        Mark(start, start + 1, start + 2, start - 0.3, start + 2.3, correct=True, number=row)
        for row, start in enumerate(starts_s)
    )
    return LiftedSet("x_0", "live", NOWHERE, person, exercise, kind, "side", 1.7, 3.0, np.eye(3), marks)


def told(start_s: float, known_s: float = np.nan) -> Told:
    return Told(start_s, start_s + 1, start_s + 2, known_s)


def test_a_found_repetition_belongs_to_the_true_one_that_it_overlaps_most():
    one = CountedSet(a_set(1, 5, 9), (told(5.2), told(4.0), told(20.0)))
    assert one.off == 0  # the number is right, by chance
    assert [(mark.start_s, found.start_s) for mark, found in one.pairs] == [(5, 5.2)]


def test_shares_and_errors_are_those_of_publications():
    sets = [
        CountedSet(a_set(1, 5, 9), tuple(told(start) for start in (1, 5, 9))),
        CountedSet(a_set(1, 5, 9, 13), tuple(told(start) for start in (1, 5, 9))),
        CountedSet(a_set(1, 5), tuple(told(start) for start in (1, 3, 5, 7))),
    ]
    assert counting.exact_percent(sets) == pytest.approx(100 / 3)
    assert counting.off_by_one_percent(sets) == pytest.approx(200 / 3)
    assert counting.relative_mae(sets) == pytest.approx((0 + 1 / 4 + 2 / 2) / 3)
    assert np.isnan(counting.exact_percent([]))
    table = counting.count_table({"all": sets, "none": []})
    assert "33.3" in table
    assert "0.417" in table


def test_boundaries_and_delays_are_told_minus_true():
    sets = [CountedSet(a_set(1, 5), (told(1.1, known_s=3.3), told(4.9, known_s=7.2)))]
    assert sorted(counting.boundary_errors_s(sets, "start")) == pytest.approx([-0.1, 0.1])
    assert sorted(counting.boundary_errors_s(sets, "end, as cut")) == pytest.approx([-0.4, -0.2])
    late, after = counting.delays_s(sets)
    assert sorted(late) == pytest.approx([0.2, 0.3])
    assert sorted(after) == pytest.approx([0.2, 0.3])
    assert "known, after the end" in counting.boundary_table({"live": sets}, 30.0, 10.0)


def test_confusions_and_ghosts_are_told_by_what_was_done():
    sets = [CountedSet(a_set(1), (told(1),), "squat"), CountedSet(a_set(1, exercise="lunge"), (), "none")]
    lines = counting.confusion_table(sets).splitlines()
    assert lines[0].split()[-3:] == ["squat", "lunge", "none"]
    assert lines[1].split() == ["squat", "1", ".", "."]
    assert lines[2].split() == ["lunge", ".", ".", "1"]
    idle = [CountedSet(a_set(exercise="", kind="salsa"), (told(1), told(5)))]
    ghosts = ghost_table({"squat": idle}).splitlines()
    assert ghosts[1].split() == ["minutes", "0.0", "0.0"]
    assert ghosts[2].split() == ["squat", "2", "2"]


def test_the_naive_counter_counts_what_leaves_the_pose_and_comes_back():
    down = np.concatenate([np.zeros(30), *[np.r_[(1 - np.cos(np.linspace(0, 2 * np.pi, 60))) / 2, np.zeros(30)]] * 3])
    names = NOWHERE.skeleton.joints
    joints = np.random.default_rng(0).normal(0, 0.3, (1, len(names), 3)) + np.zeros((len(down), 1, 1))
    joints[:, [names.index(f"{side}_ankle") for side in ("left", "right")], 2] += 0.4 * down[:, None]
    found = naive_repetitions(motion(joints, 30.0))
    assert [round(one.bottom_s, 1) for one in found] == [2.0, 5.0, 8.0]
