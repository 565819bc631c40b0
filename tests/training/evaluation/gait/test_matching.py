"""Matching of events, on lists by hand."""

import numpy as np
import pytest

from realtime.analysis.gait.result import CONTACT, TOE_OFF
from realtime.training.evaluation.gait.contacts import Event
from realtime.training.evaluation.gait.events import bias_ms, false_percent, found_percent, half_iqr_ms, median_error_ms
from realtime.training.evaluation.gait.matching import Matches, Span, match
from realtime.training.evaluation.intervals import interval, shown

SPAN = Span(0.0, 10.0, 1.0)  # counts from 0.5 to 9.5 s; pairs are at most 0.25 s apart


def events(*times_s, side="left", kind=CONTACT):
    return [Event(side, kind, t_s) for t_s in times_s]


def test_each_true_event_has_the_nearest_found_one():
    matches = match(events(1.0, 2.0, 3.0), events(1.01, 1.98, 3.0), CONTACT, SPAN)
    assert matches.errors_s == pytest.approx((0.01, -0.02, 0.0))
    assert (matches.true, matches.found, matches.false) == (3, 3, 0)


def test_what_is_missed_and_what_is_invented():
    matches = match(events(1.0, 2.0, 3.0), events(1.0, 2.3, 5.0), CONTACT, SPAN)
    assert matches.errors_s == pytest.approx((0.0,))
    assert (matches.true, matches.false) == (3, 2)


def test_an_event_that_is_found_twice_is_once_false_and_the_nearer_one_counts():
    matches = match(events(1.0), events(0.9, 1.02), CONTACT, SPAN)
    assert matches.errors_s == pytest.approx((0.02,))
    assert matches.false == 1


def test_sides_and_kinds_are_not_exchanged():
    found = [*events(1.0, side="right"), *events(2.0, kind=TOE_OFF)]
    matches = match(events(1.0, 2.0), found, CONTACT, SPAN)
    assert (matches.true, matches.found, matches.false) == (2, 0, 1)
    assert match(events(1.0, 2.0), found, TOE_OFF, SPAN) == Matches((), 0, 1)


def test_nothing_counts_within_half_a_stride_of_the_ends():
    matches = match(events(0.4, 5.0, 9.6), events(0.2, 5.0, 9.9), CONTACT, SPAN)
    assert (matches.true, matches.found, matches.false) == (1, 1, 0)


def test_a_pair_across_the_border_is_neither_missed_nor_false():
    outside = match(events(0.48), events(0.52), CONTACT, SPAN)
    assert (outside.true, outside.false) == (0, 0)
    inside = match(events(0.52), events(0.48), CONTACT, SPAN)
    assert (inside.true, inside.found) == (1, 1)


def test_nothing_at_all():
    assert match([], [], CONTACT, SPAN) == Matches()
    assert np.isnan(found_percent([Matches()]))
    assert np.isnan(bias_ms([Matches()]))


def test_figures_of_several_recordings():
    units = [Matches((0.010, -0.020), 3, 1), Matches((0.030, 0.040), 2, 0)]
    assert found_percent(units) == pytest.approx(80)
    assert false_percent(units) == pytest.approx(20)
    assert bias_ms(units) == pytest.approx(20)
    assert median_error_ms(units) == pytest.approx(25)
    assert half_iqr_ms(units) == pytest.approx((32.5 - 2.5) / 2)


def test_an_interval_holds_the_value_and_few_recordings_have_none():
    score = interval(list(range(30)), lambda values: float(np.mean(values)))
    assert score.low < score.value == 14.5 < score.high
    assert shown(interval([1.0, 2.0], lambda values: float(np.mean(values))), 1) == "1.5"
