"""Which repetitions are of one set."""

from __future__ import annotations

import pytest

from realtime.analysis.form.live import Counted
from realtime.analysis.form.live_sets import REST_S, LiveSet, LiveSets
from realtime.analysis.form.result import Repetition


def repetition(start_s, end_s=None):
    end_s = start_s + 2 if end_s is None else end_s
    return Counted(Repetition(1, start_s, (start_s + end_s) / 2, end_s))


def done(*starts_s, exercise="squat"):
    sets = LiveSets()
    for start_s in starts_s:
        sets.add(repetition(start_s), exercise)
    return sets


def numbers(sets):
    return [(one.number, one.exercise, one.count, one.partials) for one in sets.done]


def test_before_the_first_repetition_there_is_no_set():
    sets = LiveSets()
    assert (sets.newest, sets.done, sets.next_in_set(5.0)) == (LiveSet(), [], 1)


@pytest.mark.parametrize("rest_s", [0.0, 5.0, REST_S])
def test_a_set_goes_on_through_short_rests(rest_s):
    sets = done(10, 12 + rest_s)
    assert numbers(sets) == [(1, "squat", 2, 0)]
    assert sets.next_in_set(14 + 2 * rest_s) == 3


def test_after_a_long_rest_the_next_repetition_begins_a_set_and_until_then_the_count_stays():
    sets = done(10, 12)
    assert sets.has_ended(14 + REST_S + 0.1)
    assert sets.next_in_set(14 + REST_S + 0.1) == 1
    assert sets.newest.count == 2
    sets.add(repetition(14 + REST_S + 1), "squat")
    assert numbers(sets) == [(1, "squat", 2, 0), (2, "squat", 1, 0)]


def test_another_exercise_begins_a_set_at_once():
    sets = done(10, 12)
    sets.add(repetition(15), "lunge")
    assert numbers(sets) == [(1, "squat", 2, 0), (2, "lunge", 1, 0)]


def test_partials_are_of_the_set_that_goes_on_and_keep_it_going():
    sets = done(10)
    sets.add_partials(0, 11.0)
    sets.add_partials(1, 25.0)
    sets.add(repetition(40), "squat")
    assert numbers(sets) == [(1, "squat", 2, 1)]


def test_partials_after_a_long_rest_are_of_the_next_set_if_they_are_near_it():
    """Bending to load the bar is not; the count of the set before stays to be read."""
    sets = done(10)
    sets.add_partials(1, 60.0)
    sets.add_partials(1, 95.0)
    assert numbers(sets) == [(1, "squat", 1, 0)]
    sets.add(repetition(100), "squat")
    assert numbers(sets) == [(1, "squat", 1, 0), (2, "squat", 1, 1)]
    sets.add(repetition(103), "squat")
    assert numbers(sets)[-1] == (2, "squat", 2, 1)


def test_partials_before_the_first_repetition_are_of_its_set():
    sets = LiveSets()
    sets.add_partials(2, 5.0)
    assert sets.newest.count == 0
    sets.add(repetition(8), "squat")
    assert numbers(sets) == [(1, "squat", 1, 2)]
