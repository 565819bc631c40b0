"""Times of frames from stamps that begin anew, wrap, repeat, stand in the wrong place or are missing."""

import logging
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.sources.streams.stamps import FilmClock, Stamped

STEP_S = 0.04


def times(stamps, *, step_s=STEP_S, **about):
    clock = FilmClock("clip.ts", **about)
    frames = [Stamped(number, stamp, step_s) for number, stamp in enumerate(stamps)]
    result = list(clock.times(frames))
    assert [number for number, _ in result] == list(range(len(stamps)))
    return [time_s for _, time_s in result]


def even(count, start_s=0.0):
    return [start_s + STEP_S * i for i in range(count)]


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records]


def test_good_stamps_are_kept_from_the_first_on(said):
    assert times([5.0, 5.01, 5.5, 8.0]) == pytest.approx([0, 0.01, 0.5, 3.0])
    assert said() == []


def test_a_second_count_goes_on_one_frame_later(said):
    assert times(even(50) + even(50)) == pytest.approx(even(100))
    assert said() == ["clip.ts: time stamps begin anew after 2.00 s (joined recordings?): continued without a gap"]


def test_many_counts_are_told_once(said):
    assert times(even(10) * 5) == pytest.approx(even(50))
    assert len(said()) == 1


def test_a_wrapped_counter_goes_on():
    wrap_s = 2**33 / 90_000
    stamps = [s % wrap_s for s in even(20, wrap_s - 10 * STEP_S)]
    assert times(stamps) == pytest.approx(even(20), abs=1e-6)


def test_a_jump_ahead_is_a_pause_unless_the_format_counts_anew():
    stamps = even(10) + even(10, 10_000.0)
    assert times(stamps)[10] == pytest.approx(10_000)
    assert times(stamps, jumps_are_new_counts=True) == pytest.approx(even(20))
    assert times(even(10) + even(10, 3.0), jumps_are_new_counts=True)[10] == pytest.approx(3.0)


@pytest.mark.parametrize("wrong_s", [0.0, 0.2, 99.0])
def test_one_wrong_stamp_is_put_between_its_neighbours(wrong_s, said):
    stamps = even(12)
    stamps[6] = wrong_s
    assert times(stamps) == pytest.approx(even(12))
    assert said() == ["clip.ts: 1 time stamp out of order, placed between the neighbours"]


def test_missing_stamps_follow_by_the_duration_of_the_frame_before():
    assert times([None] * 5) == pytest.approx(even(5))
    assert times([1.0, None, 1.08, None]) == pytest.approx(even(4))
    assert times([None, None, 1.0, 1.04]) == pytest.approx(even(4))


def test_equal_stamps_are_spread():
    assert times([0.0, 0.04, 0.04, 0.12]) == pytest.approx([0, 0.04, 0.08, 0.12])
    assert times([0.0, 0.04, 0.04, 0.04, 0.12]) == pytest.approx([0, 0.04, 0.05, 0.085, 0.12])


@given(
    st.lists(
        st.none()
        | st.integers(-(10**6), 10**6).map(lambda ms: ms / 1e3)
        | st.sampled_from([0.0, 1e9, -1e9, 2**33 / 90_000]),
        max_size=60,
    ),
    st.sampled_from([0.001, 1 / 30, 1.0]),
    st.booleans(),
)
def test_times_rise_from_zero_whatever_the_stamps(stamps, step_s, jumps):
    found = times(stamps, step_s=step_s, jumps_are_new_counts=jumps)
    assert found[:1] == [0.0] * bool(stamps)
    assert all(later > earlier for earlier, later in pairwise(found))
