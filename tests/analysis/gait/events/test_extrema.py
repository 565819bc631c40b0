"""Extrema of signals whose extrema are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.analysis.gait.events.extrema import crossing_within, peak_within, turning_points


@given(phase=st.floats(0, 6.28), period=st.integers(12, 80))
def test_every_wave_has_one_maximum_and_one_minimum_in_turn(phase, period):
    signal = np.sin(2 * np.pi * np.arange(6 * period) / period + phase)
    found = turning_points(signal, 0.5)
    assert len(found) in (11, 12, 13)
    assert all(a[1] != b[1] for a, b in pairwise(found))
    assert all(abs(signal[index]) > 0.95 for index, _ in found)


def test_ripples_below_the_least_height_are_none():
    ripples = 0.2 * np.sin(np.arange(200))
    assert turning_points(ripples, 0.5) == []
    assert len(turning_points(np.sin(np.arange(200) / 10) + 0.02 * np.sin(np.arange(200) * 3), 0.5)) == 6


def test_of_extrema_too_near_to_each_other_the_greater_is_taken():
    signal = np.sin(2 * np.pi * np.arange(200) / 50)
    signal[60:64] *= -1  # as where left and right are exchanged for four frames
    whole = [(index, maximum) for index, maximum in turning_points(signal, 0.5, 20.0) if not 55 < index < 70]
    assert len(turning_points(signal, 0.5)) > len(turning_points(signal, 0.5, 20.0)) == 8
    assert [index for index, maximum in whole if maximum] == pytest.approx([12.5, 112.5, 162.5], abs=1)


def test_an_end_is_no_extremum():
    assert turning_points(np.linspace(0, 1, 50), 0.2) == []
    assert turning_points(np.abs(np.linspace(-1, 1, 51)), 0.2) == [(25, False)]


@given(at=st.floats(5, 15))
def test_a_peak_between_samples_is_found_by_the_parabola(at):
    signal = 3 - 0.1 * (np.arange(21) - at) ** 2
    assert peak_within(signal, 0, 20) == pytest.approx(at, abs=1e-9)


def test_a_peak_at_the_border_of_the_window_or_beside_a_hole_is_none():
    signal = np.linspace(0, 1, 21)
    assert np.isnan(peak_within(signal, 3, 12))
    signal[8] = np.nan
    assert np.isnan(peak_within(-((np.arange(21) - 8.0) ** 2) + signal, 3, 12))


def test_a_crossing_is_found_upwards_only():
    signal = np.array([2.0, 1, -1, -2, -1, 3, 2, -1, 1])
    assert crossing_within(signal, 0, 8) == pytest.approx(4.25)
    assert crossing_within(signal, 0, 8, last=True) == pytest.approx(7.5)
    assert np.isnan(crossing_within(signal, 0, 3))
