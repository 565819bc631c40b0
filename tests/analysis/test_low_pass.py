"""The zero-phase filter against SciPy's recursion."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from realtime.analysis.low_pass import low_pass


@pytest.mark.parametrize(("fps", "cutoff_hz"), [(30.0, 6.0), (60.0, 10.0), (120.0, 6.0), (240.0, 10.0)])
def test_it_is_a_butterworth_filter_run_forwards_and_backwards(fps, cutoff_hz):
    path = np.random.default_rng(1).normal(size=(400, 3)).cumsum(0)
    corrected = np.arctan(np.tan(np.pi * cutoff_hz / fps) / (np.sqrt(2) - 1) ** 0.25) * fps / np.pi
    b, a = signal.butter(2, corrected, fs=fps)
    expected = signal.filtfilt(b, a, path, axis=0, padlen=int(fps))
    assert np.abs(low_pass(path, fps, cutoff_hz) - expected).max() < 1e-3 * np.ptp(path)


def test_half_of_the_power_passes_at_the_cut_off():
    times = np.arange(6000) / 120
    wave = np.sin(2 * np.pi * 6 * times)
    passed = low_pass(wave, 120, 6)[1000:5000]
    assert np.std(passed) / np.std(wave[1000:5000]) == pytest.approx(np.sqrt(0.5), abs=1e-3)


def test_a_straight_line_and_its_ends_stay():
    line = np.linspace(3, 8, 50)[:, None] * [1, -2, 0.5]
    np.testing.assert_allclose(low_pass(line, 30, 6), line, atol=1e-9)


def test_a_rate_too_low_for_the_cut_off_leaves_the_path():
    path = np.random.default_rng(2).normal(size=(20, 3))
    assert low_pass(path, 12, 6) is path
