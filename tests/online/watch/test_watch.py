"""The watch over several stages."""

from __future__ import annotations

import threading
import time

import pytest

from realtime.online.watch import watch as module
from realtime.online.watch.stage import Stage
from realtime.online.watch.watch import Watch


@pytest.fixture
def clock(monkeypatch):
    """Stands still until it is set."""

    class Clock:
        now_s = 1000.0

        def monotonic(self):
            return self.now_s

        def pass_by(self, watch, seconds, step_s=0.2):
            """What was hanging anew in these seconds."""
            found = []
            for _ in range(round(seconds / step_s)):
                self.now_s += step_s
                found += watch.look()
            return found

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def hung():
    """A stage in a call that lasts until the test ends, and one that is not called."""
    begun, over = threading.Event(), threading.Event()
    stage = Stage("detect")
    stage(int)  # the first call may take longer
    thread = threading.Thread(target=stage, args=(lambda: (begun.set(), over.wait(30)),))
    thread.start()
    begun.wait()
    yield stage, over, thread
    over.set()
    thread.join()


def test_a_hanging_stage_is_told_once_and_named_as_long_as_it_hangs(clock, hung):
    stage, over, thread = hung
    watch = Watch([Stage("source"), stage])
    assert clock.pass_by(watch, 0.8) == []
    assert clock.pass_by(watch, 3.0) == ["detect"]
    assert watch.faults() == [
        "the detector has not answered for 4 s: if it does not come back, end with Ctrl-C and start again"
    ]
    assert [busy.name for busy in watch.busy] == ["detect"]
    over.set()
    thread.join()
    watch.look()
    assert watch.faults() == []
    assert watch.busy == []


def test_nobody_is_blamed_for_a_suspension(clock, hung):
    watch = Watch([hung[0]])
    assert clock.pass_by(watch, 0.4) == []
    clock.now_s += 3600
    assert watch.look() == []
    assert watch.was_suspended
    assert clock.pass_by(watch, 0.2) == []
    assert not watch.was_suspended


def test_another_call_begins_anew(clock):
    stage = Stage("detect")
    watch = Watch([stage])
    for _ in range(20):
        stage.begun += 1  # as calls that last a while
        assert clock.pass_by(watch, 0.4) == []
        stage.ended = stage.begun


def test_a_failure_is_told_for_some_seconds():
    stage = Stage("lift")
    stage(lambda: 1 // 0)
    watch = Watch([stage])
    assert watch.faults() == [stage.failure]
    stage.failed_s = time.monotonic() - 4
    assert watch.faults() == []
