"""What is told in place of a pipeline that says nothing."""

from __future__ import annotations

import pytest

from realtime.online.monitor import Monitor
from realtime.pose import STAGE_STALLED
from realtime.stages import STREAMING, SourceStatus
from realtime.wire import silence as module
from realtime.wire.message import StatusMessage, decode, encode
from realtime.wire.silence import Silence


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now_s = 50.0

        def monotonic(self):
            return self.now_s

        def time_ns(self):
            return 7

        def monotonic_ns(self):
            return round(self.now_s * 1e9)

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def told(silence, clock, seconds):
    """What is due in these seconds."""
    due = []
    for _ in range(round(seconds / 0.5)):
        clock.now_s += 0.5
        due.append(silence.due())
    return [message for message in due if message]


def test_the_last_status_is_told_as_invalid_once_a_second(clock):
    silence = Silence()
    silence.heard(encode(Monitor(27).status(SourceStatus(STREAMING, dropped=3))))
    silence.heard(b"pose3d {}")
    first, *others = told(silence, clock, 5)
    assert len(others) == 3
    status = decode(first)
    assert isinstance(status, StatusMessage)
    assert (status.valid, status.person, status.reason, status.fps) == (False, False, STAGE_STALLED, 0)
    assert (status.state, status.dropped) == (STREAMING, 3)
    assert status.fault.startswith("the program has said nothing for 2 s: ")
    assert (status.t_unix_ns, status.t_publish_ns) == (7, 51_500_000_000)
    silence.heard(b"pose3d {}")
    assert told(silence, clock, 1) == []


def test_before_the_first_status_nothing_is_told(clock):
    silence = Silence()
    silence.heard(b"pose3d {}")
    assert told(silence, clock, 9) == []


def test_its_own_suspension_is_no_silence(clock):
    silence = Silence()
    silence.heard(encode(Monitor(27).status(SourceStatus(STREAMING))))
    clock.now_s += 600
    assert silence.due() is None
