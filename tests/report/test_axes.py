"""Ticks and bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.report.axes import Axis, bounds, tick_step


@pytest.mark.parametrize(("span", "most", "step"), [(70, 5, 20), (100, 5, 20), (5, 6, 1), (2, 6, 0.5), (0.3, 5, 0.1)])
def test_steps_are_round(span, most, step):
    assert tick_step(span, most) == pytest.approx(step)


@given(st.floats(-1e4, 1e4), st.floats(1e-2, 1e4), st.integers(2, 8))
def test_ticks_lie_on_the_axis_and_are_not_many(low, span, most):
    axis = Axis(low, low + span, 10, 110)
    ticks = axis.ticks(most)
    assert len(ticks) <= most + 1
    assert all(10 - 1e-3 <= axis(tick) <= 110 + 1e-3 for tick in ticks)


def test_an_axis_may_point_up():
    axis = Axis(0, 10, 100, 0)
    assert [axis(0), axis(5), axis(10)] == [100, 50, 0]


def test_bounds_leave_room_and_flat_numbers_stay_flat():
    low, high = bounds(np.array([0.0, 100.0, np.nan]), least=20)
    assert (low, high) == (-4, 104)
    assert bounds(np.array([3.0, 3.0]), least=20) == (-7, 13)
    assert bounds(np.array([np.nan]), least=20) == (-10, 10)
