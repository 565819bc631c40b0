"""Figures of the newest steps, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.analysis.gait.result import CONTACT, TOE_OFF, FootEvent
from realtime.analysis.gait.rolling import Rolling


def event(side, kind, t_s):
    return FootEvent(side, kind, t_s, t_s * 30, "zeni-heel", 0.02)


def steps(left_s, right_s, contact_s, strides=6, start_s=10.0):
    """Strides of a left step (which ends with the left contact) and a right one, with contacts of both feet."""
    found = []
    for i in range(strides):
        left = start_s + i * (left_s + right_s)
        for side, on in (("left", left), ("right", left + right_s)):
            found += [event(side, CONTACT, on), event(side, TOE_OFF, on + contact_s)]
    return sorted(found, key=lambda e: e.t_s)


def figures(events, t_s=None):
    rolling = Rolling()
    for one in events:
        rolling.add(one)
    return rolling.figures(events[-1].t_s if t_s is None else t_s)


def test_a_run():
    found = figures(steps(0.36, 0.36, 0.25))
    assert found.steps_per_min == pytest.approx(60 / 0.36)  # 166.7 steps of both feet
    assert found.strides_per_min == pytest.approx(60 / 0.72)
    assert found.contact_time_s == pytest.approx({"left": 0.25, "right": 0.25})
    assert found.flight_time_s == pytest.approx(0.11)
    assert found.double_support_time_s is None
    assert found.duty_factor == pytest.approx(0.25 / 0.72)
    assert found.step_time_symmetry_percent == pytest.approx(0)
    assert (found.steps, found.why) == (11, "")


def test_a_walk_that_limps():
    found = figures(steps(0.6, 0.5, 0.7))
    assert found.steps_per_min == pytest.approx(60 / 0.55)
    # The two double supports of a stride: 0.2 s before the left toe-off, 0.1 s before the right one.
    assert found.double_support_time_s == pytest.approx(0.15, abs=0.01)
    assert found.flight_time_s is None
    assert found.step_time_symmetry_percent == pytest.approx(100 * 0.1 / 0.55)
    assert found.contact_time_symmetry_percent == pytest.approx(0, abs=1e-6)


@given(st.floats(0.25, 0.9), st.floats(0.25, 0.9))
def test_steps_of_both_feet_are_twice_the_strides(left_s, right_s):
    found = figures(steps(left_s, right_s, 0.2))
    assert found.steps_per_min == pytest.approx(2 * found.strides_per_min)
    assert found.strides_per_min == pytest.approx(60 / (left_s + right_s))


def test_too_few_steps_give_no_figure():
    for strides, why in ((1, "too few steps"), (2, "too few steps"), (3, "too few steps for symmetry")):
        found = figures(steps(0.5, 0.5, 0.6, strides))
        assert found.why == why
        assert (found.steps_per_min is None) == (why == "too few steps")
        assert found.step_time_symmetry_percent is None
    assert figures(steps(0.5, 0.5, 0.6, 4)).why == ""


def test_a_missed_contact_doubles_nothing():
    events = steps(0.5, 0.5, 0.3)
    missed = [e for e in events if (e.side, e.kind) != ("right", CONTACT) or e.t_s != pytest.approx(12.5)]
    assert len(missed) == len(events) - 1
    found = figures(missed)
    assert found.steps_per_min == pytest.approx(120)
    assert found.contact_time_s["right"] == pytest.approx(0.3)
    assert found.flight_time_s == pytest.approx(0.2)


def test_what_is_older_than_eight_seconds_is_forgotten():
    slow, fast = steps(0.6, 0.6, 0.7), steps(0.4, 0.4, 0.5, start_s=40.0)
    assert figures(slow + fast).steps_per_min == pytest.approx(150)
    assert figures(slow, 60.0).steps_per_min is None


def test_feet_are_on_the_ground_between_their_events():
    rolling = Rolling()
    assert rolling.on_ground(5.0) == {"left": None, "right": None}
    rolling.add(event("left", CONTACT, 5.0))
    assert rolling.on_ground(5.2) == {"left": True, "right": None}
    rolling.add(event("right", CONTACT, 5.5))
    rolling.add(event("left", TOE_OFF, 5.6))
    assert rolling.on_ground(5.7) == {"left": False, "right": True}
    assert rolling.on_ground(7.55) == {"left": False, "right": None}
