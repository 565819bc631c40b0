from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from realtime.smoothing import OneEuro


def scalar_one_euro(values, times, min_cutoff, beta, d_cutoff):
    """The algorithm as the paper's listing has it, for one number at a time."""

    def alpha(cutoff, dt):
        tau = 1 / (2 * math.pi * cutoff)
        return 1 / (1 + tau / dt)

    x, dx, out = values[0], 0.0, [values[0]]
    for i in range(1, len(values)):
        dt = times[i] - times[i - 1]
        a = alpha(d_cutoff, dt)
        dx = a * (values[i] - x) / dt + (1 - a) * dx
        a = alpha(min_cutoff + beta * abs(dx), dt)
        x = a * values[i] + (1 - a) * x
        out.append(x)
    return out


def test_it_is_the_papers_filter(rng):
    values = rng.normal(size=50).cumsum()
    times = np.cumsum(rng.uniform(0.01, 0.1, 50))
    smooth = OneEuro(1.2, 0.5, 1.0)
    # The number as x of one point, so that the point's speed is the number's.
    ours = [smooth(np.array([[v, 0.0, 0.0]]), t)[0, 0] for v, t in zip(values, times, strict=True)]
    assert np.allclose(ours, scalar_one_euro(values, times, 1.2, 0.5, 1.0), atol=1e-4)


def test_a_still_point_stays_and_noise_shrinks(rng):
    noisy = rng.normal(0, 0.01, (300, 1, 3))
    smooth = OneEuro()
    out = np.array([smooth(x, i / 30) for i, x in enumerate(noisy)])
    assert np.diff(out, axis=0).std() < 0.6 * np.diff(noisy, axis=0).std()


def test_time_that_stands_still_gives_the_former_answer():
    smooth = OneEuro()
    first = smooth(np.zeros((1, 3)), 1.0)
    assert np.array_equal(smooth(np.ones((1, 3)), 1.0), first)
    assert np.array_equal(smooth(np.ones((1, 3)), 0.5), first)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_number_that_is_not_finite_does_no_lasting_harm(wrong):
    smooth = OneEuro()
    smooth(np.zeros((1, 3)), 0.0)
    smooth(np.full((1, 3), wrong), 0.1)
    assert np.isfinite(smooth(np.ones((1, 3)), 0.2)).all()


def test_reset_forgets():
    smooth = OneEuro()
    smooth(np.zeros((1, 3)), 0.0)
    smooth.reset()
    assert np.array_equal(smooth(np.ones((1, 3)), 0.1), np.ones((1, 3)))


@given(arrays(np.float64, (20, 2, 3), elements=st.floats(-5, 5)))
def test_it_never_leaves_what_was_seen(points):
    smooth = OneEuro()
    for i, point in enumerate(points):
        out = smooth(point, i / 30)
        assert (out >= points[: i + 1].min(0) - 1e-5).all()
        assert (out <= points[: i + 1].max(0) + 1e-5).all()


@pytest.mark.parametrize("wrong", [{"min_cutoff_hz": 0}, {"d_cutoff_hz": -1}, {"beta": -1}])
def test_senseless_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="cut-offs must be above 0"):
        OneEuro(**wrong)
