from __future__ import annotations

import sys

import pytest

from realtime.runtime.timing import Durations, Rate, StageTimes


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
    assert rate.at(10.0) == 0  # long gone


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
