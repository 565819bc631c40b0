"""Cycles of signals that are written down by hand."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.analysis.form.repetitions.cycles import CycleFinder
from realtime.analysis.form.result import BOTTOM, DOWN, LOCKOUT, UP

FPS = 30


def path(*knots):
    """Times and values at 30 fps between (s, value), along curves that are level at every knot."""
    seconds, values = np.array(knots, float).T
    times = np.arange(seconds[0], seconds[-1], 1 / FPS)
    right = np.clip(np.searchsorted(seconds, times, side="right"), 1, len(seconds) - 1)
    share = (times - seconds[right - 1]) / (seconds[right] - seconds[right - 1])
    smooth = share**3 * (10 - 15 * share + 6 * share**2)
    return times, values[right - 1] + smooth * (values[right] - values[right - 1])


def cycles(*knots, span=100.0, tremble=0.0):
    """(cycle, when it was told) of a path."""
    finder, found = CycleFinder(span), []
    times, values = path(*knots)
    values = values + np.random.default_rng(0).normal(0, tremble, len(values))
    for t_s, value in zip(times, values, strict=True):
        cycle = finder.push(t_s, value)
        found += [(cycle, t_s)] if cycle else []
    cycle = finder.end()
    return found + ([(cycle, times[-1])] if cycle else [])


SQUAT = (0, 5), (1, 5), (2, 105), (2.3, 105), (3.3, 5), (5, 5)


def test_a_repetition_from_start_to_lockout():
    [(cycle, told_s)] = cycles(*SQUAT)
    assert cycle.start_s == pytest.approx(1.27, abs=0.1)  # a tenth of the way is gone at 1.31
    assert 2 <= cycle.turn_s <= 2.3
    assert cycle.end_s == pytest.approx(3.1, abs=0.15)
    assert cycle.way == pytest.approx(100, abs=10)
    assert told_s <= 3.3 + 0.1


@pytest.mark.parametrize("tremble", [1.0, 2.5])
def test_trembling_at_the_thresholds_counts_once(tremble):
    assert len(cycles(*SQUAT, tremble=tremble)) == 1


def test_phases_come_in_their_order():
    finder, seen = CycleFinder(100), []
    for t_s, value in zip(*path(*SQUAT), strict=True):
        finder.push(t_s, value)
        seen += [finder.phase] if not seen or seen[-1] != finder.phase else []
    assert seen == [LOCKOUT, DOWN, BOTTOM, UP, LOCKOUT]


@pytest.mark.parametrize("sinks", [10, 25])
def test_one_that_sinks_on_the_way_up_is_one(sinks):
    assert len(cycles((0, 5), (1, 5), (2, 105), (2.6, 50), (2.9, 50 + sinks), (3.8, 5), (5, 5))) == 1


def test_without_lockout_between_them_two_are_two():
    found = cycles((0, 5), (1, 5), (2, 105), (3, 25), (4, 105), (5, 5), (6, 5))
    assert len(found) == 2


def test_the_level_of_rest_is_that_of_the_person():
    assert len(cycles((0, 40), (1, 40), (2, 130), (3, 40), (5, 40), (6, 130), (7, 40), (8, 40))) == 2


def test_a_pose_that_is_kept_is_another_one_to_begin_from():
    found = cycles((0, 5), (1, 5), (1.5, 38), (6, 38), (7, 120), (8, 38), (10, 38))
    assert [round(cycle.turn_s) for cycle, _ in found] == [7]


def test_whoever_vanishes_on_the_last_part_of_the_way_up_has_done_it():
    assert len(cycles((0, 5), (1, 5), (2, 105), (3.4, 0))[:1]) == 1
    finder = CycleFinder(100)
    for t_s, value in zip(*path((0, 5), (1, 5), (2, 105), (2.2, 105)), strict=True):
        assert finder.push(t_s, value) is None
    assert finder.end() is None


def test_a_shallow_cycle_tells_how_far_it_went():
    [(cycle, _)] = cycles((0, 5), (1, 5), (1.6, 40), (2.2, 5), (3, 5))
    assert cycle.way == pytest.approx(35, abs=5)
