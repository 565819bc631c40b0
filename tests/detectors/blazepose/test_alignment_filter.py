"""Against the 1 euro filter of the paper, written for single numbers."""

import math

import numpy as np
import pytest

from realtime.detectors.blazepose.alignment_filter import AlignmentFilter

# Of MediaPipe's pose_landmark_filtering.pbtxt, typed here a second time.
MIN_CUTOFF_HZ, BETA, DERIVATIVE_CUTOFF_HZ = 0.01, 10.0, 1.0


def share_of_the_new(cutoff_hz, dt_s):
    tau = 1 / (2 * math.pi * cutoff_hz)
    return 1 / (1 + tau / dt_s)


class OneNumber:
    """Casiez, Roussel and Vogel, CHI 2012, algorithm 1; as in MediaPipe, the speed is that of the
    unfiltered values, in `size` a second."""

    def __init__(self, value):
        self.raw = self.filtered = value
        self.speed = 0.0

    def __call__(self, value, size, dt_s):
        speed = (value - self.raw) / dt_s / size
        new = share_of_the_new(DERIVATIVE_CUTOFF_HZ, dt_s)
        self.speed = new * speed + (1 - new) * self.speed
        new = share_of_the_new(MIN_CUTOFF_HZ + BETA * abs(self.speed), dt_s)
        self.filtered = new * value + (1 - new) * self.filtered
        self.raw = value
        return self.filtered


def slowly(points, times_s):
    """Filtered points (T, 2, 2), number by number."""
    numbers = [OneNumber(value) for value in points[0].flat]
    found = [points[0].ravel().tolist()]
    for i in range(1, len(points)):
        size = 2 * math.hypot(points[i, 1, 0] - points[i, 0, 0], points[i, 1, 1] - points[i, 0, 1])
        dt_s = times_s[i] - times_s[i - 1]
        found.append([one(value, size, dt_s) for one, value in zip(numbers, points[i].ravel().tolist(), strict=True)])
    return np.array(found).reshape(-1, 2, 2)


def filtered(points, times_s):
    steady = AlignmentFilter()
    return np.array([steady(one, t_s) for one, t_s in zip(points, times_s, strict=True)])


@pytest.fixture
def walk(rng):
    """A person who walks, approaches and shakes; (80, 2, 2) px."""
    count = 80
    hips = np.stack([200 + 3 * np.arange(count), 300 + 20 * np.sin(np.arange(count) / 9)], 1)
    above = hips - np.stack([5 * np.cos(np.arange(count) / 7), np.linspace(90, 160, count)], 1)
    return (np.stack([hips, above], 1) + rng.normal(0, 2, (count, 2, 2))).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [15, 30, 60])
def test_it_is_the_filter_of_the_paper(walk, rate_hz):
    times_s = 7 + np.arange(len(walk)) / rate_hz
    found = filtered(walk, times_s)
    assert found == pytest.approx(slowly(walk, times_s), abs=1e-2)
    assert np.abs(found - walk).max() > 1  # it does something


def test_steps_of_any_length(walk, rng):
    times_s = np.cumsum(rng.uniform(0.004, 0.45, len(walk)))
    assert filtered(walk, times_s) == pytest.approx(slowly(walk, times_s), abs=1e-2)


def test_points_that_stand_stay_where_they_are():
    points = np.array([[100, 200], [110, 120]], np.float32)
    found = filtered([points] * 50, np.arange(50) / 30)
    assert found == pytest.approx(np.array([points] * 50), abs=1e-4)


def test_noise_is_smaller_afterwards(rng):
    points = (np.array([[100, 200], [100, 100]]) + rng.normal(0, 0.5, (300, 2, 2))).astype(np.float32)
    found = filtered(points, np.arange(300) / 30)
    assert found[60:].std(0).max() < 0.5 * points[60:].std(0).min()


@pytest.mark.parametrize("rate_hz", [10, 15, 30, 60])
def test_the_lag_of_steady_motion_is_the_same_at_any_rate(rate_hz):
    """100 px/s are half a body size (200 px) a second: a cutoff of 0.01 + 10 · 0.5 = 5.01 Hz, so that
    the filter lags by 100 / (2π · 5.01) px."""
    times_s = np.arange(10 * rate_hz) / rate_hz
    x = 100 * times_s
    still = np.zeros_like(x)
    points = np.stack([np.stack([x, still], 1), np.stack([x, still - 100], 1)], 1).astype(np.float32)
    lag_px = points[-1] - filtered(points, times_s)[-1]
    assert lag_px[:, 0] == pytest.approx(100 / (2 * math.pi * 5.01), rel=1e-2)
    assert lag_px[:, 1] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("step_s", [0.0, -0.1, 0.8, 100.0], ids=["stands", "back", "gap", "long gap"])
def test_it_begins_anew_where_time_says_nothing(walk, step_s):
    steady, new = AlignmentFilter(), AlignmentFilter()
    for index in range(20):
        steady(walk[index], index / 30)
    for index in range(20, 40):
        t_s = 19 / 30 + step_s + (index - 20) / 30
        found = steady(walk[index], t_s)
        np.testing.assert_array_equal(found, new(walk[index], t_s))
        if index == 20:
            np.testing.assert_array_equal(found, walk[index])


def test_a_body_of_no_size():
    points = np.full((2, 2), 50, np.float32)
    steady = AlignmentFilter()
    steady(points, 0.0)
    assert np.isfinite(steady(points + 1, 1 / 30)).all()


def test_the_callers_points_are_not_altered(walk):
    before = walk.copy()
    filtered(walk, np.arange(len(walk)) / 30)
    np.testing.assert_array_equal(walk, before)
