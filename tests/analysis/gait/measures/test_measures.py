"""The table of measures: definitions, units, factors of two, symmetry, and what is typical."""

from __future__ import annotations

import numpy as np
import pytest
from support.gait_walkers import RUNNER, Walker

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.measures import timing
from realtime.analysis.gait.measures.foot_strike import pattern
from realtime.analysis.gait.measures.joint_angles import first_sentence
from realtime.analysis.gait.measures.table import ROWS
from realtime.analysis.gait.measures.typical import typical_at
from realtime.analysis.gait.result import Stride

WALK = Stride("left", 1.0, 1.7, 1.12, 1.55, 2.1, 0.0, 0.0)
RUN = Stride("right", 1.0, 1.26, None, 1.36, 1.72, 0.0, 0.0)


def test_every_measure_has_a_name_a_unit_a_definition_and_a_source():
    assert len({row.key for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.unit
        assert row.label[0].isupper()
        assert row.definition.endswith(".")
        assert len(row.definition) > 20
        assert row.source


def test_a_definition_is_the_first_sentence_of_its_function():
    assert first_sentence(timing.swing_time) == "Time from a foot's toe-off to its next contact."
    assert first_sentence(timing.cadence).startswith("Steps of both feet a minute")


def test_cadence_counts_both_feet_and_the_stride_rate_half_of_them():
    assert timing.cadence(WALK) == pytest.approx(120 / 1.1)
    assert timing.stride_rate(WALK) == pytest.approx(60 / 1.1)
    for walker in (Walker(cadence=110), RUNNER):
        result = analyse_gait(walker.motion(6, 60))
        cadence, strides = result.measure("cadence"), result.measure("stride_rate")
        assert cadence.unit == "steps/min"
        assert "both feet" in cadence.label
        assert strides.unit == "strides/min"
        assert cadence.both.mean == pytest.approx(2 * strides.both.mean)
        assert cadence.both.mean == pytest.approx(walker.cadence, rel=2e-3)


def test_left_against_right_takes_three_strides_of_each_foot():
    few, enough = (analyse_gait(Walker(cadence=120).motion(seconds, 60)).measure("step_time") for seconds in (3.6, 6))
    assert 0 < min(few.left.n, few.right.n) < 3 <= min(enough.left.n, enough.right.n)
    assert few.symmetry is None
    assert enough.symmetry.index_percent == pytest.approx(0, abs=0.5)


def test_times_of_a_walk():
    assert timing.stride_time(WALK) == pytest.approx(1.1)
    assert timing.step_time(WALK) == pytest.approx(0.55)
    assert timing.contact_time(WALK) == pytest.approx(0.7)
    assert timing.stance_share(WALK) == pytest.approx(100 * 0.7 / 1.1)
    assert timing.swing_time(WALK) == pytest.approx(0.4)
    assert timing.double_support(WALK) == pytest.approx(0.12 + 0.15)
    assert timing.double_support_share(WALK) == pytest.approx(100 * 0.27 / 1.1)
    assert timing.single_support(WALK) == pytest.approx(0.43)


def test_times_of_a_run():
    assert timing.contact_time(RUN) == pytest.approx(0.26)
    assert timing.flight_time(RUN) == pytest.approx(0.1)
    assert timing.duty_factor(RUN) == pytest.approx(0.26 / 0.72)
    assert np.isnan(timing.double_support(RUN))


def test_a_missing_event_gives_no_number():
    bare = Stride("left", 1.0, None, None, None, 2.0, 0.0, 0.0)
    for function in (
        *(timing.contact_time, timing.swing_time, timing.flight_time, timing.double_support),
        *(timing.single_support, timing.step_time, timing.duty_factor),
    ):
        assert np.isnan(function(bare))
    assert timing.cadence(bare) == 120


def test_symmetry_is_given_by_both_indices():
    symmetry = analyse_gait(Walker(asymmetry=0.1).motion(6, 120)).measure("step_time").symmetry
    left, right = 0.95, 1.05
    assert symmetry.index_percent == pytest.approx(100 * (left - right) / (0.5 * (left + right)), abs=0.3)
    assert symmetry.right_to_left_percent == pytest.approx(100 * right / left, abs=0.3)
    assert analyse_gait(Walker().motion(6, 60)).measure("knee_flexion_contact").symmetry is None


def test_typical_values_stand_only_beside_their_speed_and_kind():
    assert "271 ± 23" in typical_at("contact_time", "run", 2.7)
    assert "84.8 ± 3.6 strides/min" in typical_at("cadence", "run", 3.0)
    assert typical_at("contact_time", "run", 4.0) == ""
    assert typical_at("contact_time", "walk", 2.7) == ""
    assert typical_at("cadence", "walk", None) == ""
    assert "88 to 133" in analyse_gait(Walker().motion(6, 60)).measure("cadence").typical


def test_foot_strike_patterns_have_the_published_limits():
    assert [pattern(deg) for deg in (8.1, 7.9, -1.5, -1.7)] == ["rearfoot", "midfoot", "midfoot", "forefoot"]
