"""Counts over many frames."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observed import observed, standing

from realtime.estimation.trust.account import Account, Histogram
from realtime.estimation.trust.frame_quality import frame_quality
from realtime.estimation.trust.recent import RecentAccount


def account(*estimates):
    made = Account()
    for estimate in estimates:
        made.add(frame_quality(estimate))
    return made


def seen(indices, **more):
    return {index: observed(index, standing(), **more) for index in indices}


def of_frames(count, shown):
    return account(*(shown.get(index) or observed(index) for index in range(count)))


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=200), st.floats(0, 1))
def test_quantiles_are_exact_to_a_bin(numbers, share):
    histogram = Histogram(-60, 60, 240)
    for number in numbers:
        histogram.add(number)
    lower = np.quantile(numbers, share, method="inverted_cdf")
    assert histogram.quantile(share) == pytest.approx(lower, abs=0.5)


def test_numbers_beyond_the_histogram_count_at_its_ends_and_no_others():
    histogram = Histogram(0, 1, 10)
    for number in (-5, 7, math.nan, math.inf):
        histogram.add(number)
    assert (histogram.count, histogram.quantile(0), histogram.quantile(1)) == (2, 0.05, pytest.approx(0.95))
    assert math.isnan(Histogram(0, 1, 10).median)


def test_frames_between_two_sights_of_a_person_are_lost():
    made = of_frames(60, seen([*range(10, 20), *range(30, 40)]))
    assert (made.frames, made.seen, made.lost, made.losses) == (60, 20, 10, 1)


def test_somebody_who_comes_back_later_had_left():
    assert of_frames(200, seen([0, 1, 100])).lost == 0


def test_a_repeated_pose_counts_as_lost_but_valid():
    shown = seen([0, 2]) | {1: observed(1, standing(), bridged=True)}
    made = of_frames(3, shown)
    assert (made.valid, made.seen, made.lost) == (3, 2, 1)


def test_the_rate_is_that_of_most_frames():
    made = account(*(observed(index + (500 if index > 10 else 0), fps=25) for index in range(20)))
    assert 2**made.rate_hz.median == pytest.approx(25, rel=0.04)
    assert math.isnan(account(observed(0)).rate_hz.median)


def test_people_are_counted_only_where_somebody_looked():
    made = account(*(observed(i, standing(), people=people) for i, people in enumerate([None, 1, 3, None, 2])))
    assert (made.looks, made.crowded, made.most_people) == (3, 2, 3)


def test_the_recent_account_forgets():
    recent = RecentAccount()
    assert not recent.is_settled
    for index in range(30 * 50):
        recent.add(frame_quality(observed(index, standing(), people=2 if index < 300 else 1)))
        assert recent.account.frames <= 30 * 30 + 1
        assert recent.is_settled == (index >= 150)
        assert index < 30 * 15 or recent.account.frames >= 30 * 15
    assert recent.account.crowded == 0
