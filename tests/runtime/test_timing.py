from __future__ import annotations

import sys

import pytest

from realtime.runtime.timing import Durations, Rate, StageTimes, rate_text


def test_percentiles_by_hand():
    durations = Durations()
    for ms in range(101):
        durations.add(ms)
    assert durations.percentiles(50, 95) == [50, 95]
    assert (durations.count, durations.mean_ms, durations.max_ms) == (101, 50, 100)


def test_nothing_measured_is_zero():
    assert Durations().percentiles(50, 99) == [0, 0]
    assert Durations().mean_ms == 0


def test_rate_counts_intervals_not_events():
    rate = Rate(span_s=2.0)
    for i in range(31):
        rate.tick(i / 30)
    assert rate.at(1.0) == pytest.approx(30)


@pytest.mark.parametrize("step_s", [0.01, 1 / 3, 1.0, 1 / 0.6, 2.5, 10 / 3, 60.0])
def test_a_steady_rate_is_told_truly_however_slow(step_s):
    """Keypoint R-CNN on a CPU gives 0.2 to 1 frames a second."""
    rate = Rate(span_s=2.0)
    for i in range(10):
        rate.tick(i * step_s)
        for since in (0.0, 0.3, 1.0) if i else ():  # at any moment until the next one is due
            assert rate.at((i + since) * step_s) == pytest.approx(1 / step_s)


def test_a_rate_sinks_when_nothing_comes_any_more():
    rate = Rate(span_s=2.0)
    for i in range(61):
        rate.tick(i / 30)
    rates = [rate.at(2 + waited_s) for waited_s in (0.03, 0.5, 1, 2, 3, 10, 100)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(30)
    assert rates[4] < 1
    assert rates[-1] == pytest.approx(0.02, rel=0.01)
    for i in range(2):  # and is there again at once
        rate.tick(103 + i / 30)
    assert rate.at(103 + 1 / 30) == pytest.approx(30)


def test_one_event_is_no_rate():
    rate = Rate()
    assert rate.at(0.0) == 0
    rate.tick(0.0)
    assert rate.at(5.0) == 0


def test_slow_rates_are_written_with_more_digits():
    assert [rate_text(rate) for rate in (0, 0.31, 0.999, 1.04, 29.94, 240)] == [
        *("0.0 fps", "0.31 fps", "1.00 fps", "1.0 fps", "29.9 fps", "240.0 fps"),
    ]


def test_memory_does_not_grow():
    durations, rate = Durations(), Rate()

    def size():
        return sys.getsizeof(durations._recent) + sys.getsizeof(rate._times_s)

    for i in range(5_000):
        durations.add(1.0)
        rate.tick(i / 1000)
    before = size()
    for i in range(5_000, 20_000):
        durations.add(1.0)
        rate.tick(i / 1000)
        rate.at(i / 1000)
    assert size() <= before


def test_the_table_names_every_stage_in_order():
    times = StageTimes()
    with times.measure("detect"):
        pass
    times.add("lift", 2.0)
    lines = times.table().splitlines()
    assert [line.split()[0] for line in lines] == ["stage", "detect", "lift"]
    assert lines[2].split()[1:] == ["1", "2.00", "2.00", "2.00", "2.00"]
