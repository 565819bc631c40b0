from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from realtime.smoothing import OneEuro, ZeroLag


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


# Without delay


def zero_lag(x, fps, smooth=None):
    """The smoothed (T, J, 3) of a motion at a steady rate."""
    smooth, t_s = smooth or ZeroLag(), np.arange(len(x)) / fps
    near = [np.abs(t_s - at) <= smooth.reach_s + 1e-9 for at in t_s]
    return np.array([smooth(x[n], t_s[n] - at) for n, at in zip(near, t_s, strict=True)])


def along_x(values):
    return np.stack([values, np.zeros_like(values), np.zeros_like(values)], -1)[:, None]


RATES = [15.0, 24.0, 30.0, 50.0, 60.0]


@pytest.mark.parametrize("fps", RATES)
def test_a_straight_line_stays_to_its_very_ends(fps):
    t = np.arange(round(2 * fps)) / fps
    line = t[:, None, None] * np.array([[3.0, -1.0, 0.2], [0.0, 0.1, 0.0]]) + 0.5
    assert np.allclose(zero_lag(line, fps), line, atol=1e-6)


@pytest.mark.parametrize("fps", RATES)
def test_noise_at_rest_shrinks_at_any_rate(fps):
    noise = np.random.default_rng(0).normal(0, 0.005, (round(20 * fps), 4, 3))
    smooth = zero_lag(noise, fps)
    assert np.diff(smooth, axis=0).std() < (0.6 if fps < 24 else 0.4) * np.diff(noise, axis=0).std()
    assert np.abs(smooth.mean((0, 1))).max() < 0.001


def kick(fps):
    """A foot that is raised by 0.9 m and back within half a second: 9 m/s at most."""
    t = np.arange(round(2 * fps)) / fps
    return t, np.where(np.abs(t - 1) < 0.25, 0.45 * (1 + np.cos(4 * np.pi * (t - 1))), 0.0)


def jump(fps):
    """Free flight for 0.5 s, 0.31 m high, from rest to rest: the knees' way relative to the feet."""
    t = np.arange(round(2 * fps)) / fps
    return t, np.where(np.abs(t - 1) < 0.25, 0.31 - 9.81 / 2 * (t - 1) ** 2, 0.0).clip(0)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize(("motion", "lost_share"), [(kick, 0.04), (jump, 0.08)])
def test_kicks_and_jumps_are_not_flattened_nor_late(fps, motion, lost_share):
    t, height = motion(fps)
    smooth = zero_lag(along_x(height), fps)[:, 0, 0]
    assert smooth.max() > (1 - lost_share) * height.max()
    assert t[smooth.argmax()] == pytest.approx(t[height.argmax()], abs=1e-9)
    centre = (t * smooth).sum() / smooth.sum()
    assert centre == pytest.approx((t * height).sum() / height.sum(), abs=0.002)  # neither early nor late


def test_a_gaussian_of_fixed_width_flattens_more():
    _, height = kick(30.0)
    weight = np.exp(-0.5 * (np.arange(-2, 3) / 1.2) ** 2)
    fixed = np.convolve(height, weight / weight.sum(), "same")
    adaptive = zero_lag(along_x(height), 30.0)[:, 0, 0]
    assert height.max() - adaptive.max() < 0.5 * (height.max() - fixed.max())


def test_at_rest_it_passes_half_the_power_at_the_cut_off():
    fps, hz = 60.0, 1.5
    wave = 1e-5 * np.sin(2 * np.pi * hz * np.arange(600) / fps)  # too slow to open it
    smooth = zero_lag(along_x(wave), fps, ZeroLag(min_cutoff_hz=hz, beta=0))[60:-60, 0, 0]
    # Neighbours beyond 0.2 s, 2.3 widths, are left out, which lets a little more pass.
    assert smooth.std() / wave[60:-60].std() == pytest.approx(math.sqrt(0.5), abs=0.06)


@given(arrays(np.float64, (9, 2, 3), elements=st.floats(-5, 5)), st.floats(-5, 5), st.integers(0, 8))
def test_it_knows_no_place_and_no_direction_of_time(points, shift, at):
    t_s = (np.arange(9) - at) / 30
    smooth = ZeroLag()(points, t_s)
    assert np.isfinite(smooth).all()
    assert np.allclose(ZeroLag()(points + shift, t_s), smooth + shift, atol=1e-4)
    assert np.allclose(ZeroLag()(points[::-1], -t_s[::-1]), smooth, atol=1e-4)


@pytest.mark.parametrize("wrong", [{"min_cutoff_hz": 0}, {"beta": -1}])
def test_senseless_widths_are_refused(wrong):
    with pytest.raises(ValueError, match="cut-offs must be above 0"):
        ZeroLag(**wrong)
