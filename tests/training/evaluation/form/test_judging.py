"""Correct against incorrect repetitions, on numbers whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.analysis.form.technique.scales import scales_of
from realtime.training.evaluation.form.judged_sets import judge_table, view_table
from realtime.training.evaluation.form.judging import (
    Judged,
    auc,
    auc_over_people,
    auc_within_people,
    logistic,
    values_left_out,
)
from realtime.training.evaluation.form.scales import as_code, learned_scales, own_best_values, scored

SQUAT = scales_of("squat")


def people(shift_by_person: float = 0.0, seed: int = 0) -> list[Judged]:
    """Six people whose incorrect squats are 10 cm less deep; persons differ by a shift."""
    rng = np.random.default_rng(seed)
    return [
        Judged(
            f"person {number}",
            "squat",
            "side" if row % 2 else "front",
            correct,
            {
                "depth": (0 if correct else 10) + number * shift_by_person + rng.normal(0, 2),
                "knee_separation": 125 + rng.normal(),
                "most_lean": 30 + rng.normal(),
                "most_sideways": 2.0 + 0.1 * rng.normal(),
            },
        )
        for number in range(6)
        for row in range(8)
        for correct in (True, False)
    ]


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12))
def test_the_area_is_the_share_of_pairs_in_the_right_order(pairs):
    values, correct = np.array([v for v, _ in pairs], float), np.array([c for _, c in pairs], bool)
    shares = [1.0 if a > b else 0.5 if a == b else 0.0 for a in values[correct] for b in values[~correct]]
    assert auc(values, correct) == (pytest.approx(np.mean(shares)) if shares else pytest.approx(np.nan, nan_ok=True))


def test_what_is_not_known_is_left_out():
    assert auc(np.array([1.0, np.nan, 0.0]), np.array([True, True, False])) == 1.0


def test_nobody_is_judged_by_what_was_learned_on_them():
    everyone = people()
    seen = []

    def judge(some):
        names = {one.person for one in some}

        def value(one):
            seen.append(one.person in names)
            return 1.0

        return value

    assert (values_left_out(everyone, judge) == 1.0).all()
    assert not any(seen)


def test_scales_are_learned_and_tell_repetitions_of_others_apart():
    everyone = people()
    scales = learned_scales(everyone, SQUAT)
    depth = next(scale for scale in scales if scale.key == "depth")
    assert depth.full == pytest.approx(0, abs=1)
    assert 10 < depth.none < 15
    assert 0 < depth.usual < 5
    assert depth.of > 50  # the only one that tells them apart
    assert sum(scale.of for scale in scales) == pytest.approx(100)
    assert 'Scale("squat", "depth",' in as_code(scales)
    values = values_left_out(everyone, scored(SQUAT))
    assert auc_over_people(everyone, values).value > 0.95
    assert auc_over_people(everyone, values_left_out(everyone, logistic())).value > 0.95
    without = values_left_out(everyone, scored([row for row in SQUAT if row.key != "depth"]))
    assert auc_over_people(everyone, without).value < 0.7


def test_who_squats_otherwise_is_compared_with_the_own_best():
    everyone = people(shift_by_person=8.0)
    plain = values_left_out(everyone, scored(SQUAT))
    assert auc_within_people(everyone, plain).value > auc_over_people(everyone, plain).value
    assert auc_over_people(everyone, own_best_values(everyone, SQUAT)).value > auc_over_people(everyone, plain).value


def test_tables_show_people_repetitions_and_views():
    everyone = people()
    table = judge_table({"markers": everyone}, ("squat",)).splitlines()
    assert table[1].split()[:5] == ["markers", "squat", "6", "96", "0"]
    assert table[-1].startswith("markers")
    views = view_table({"markers": everyone}, ("squat",), ("front", "back")).splitlines()
    assert views[1].split()[-1] == "–"
