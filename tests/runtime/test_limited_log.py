import logging

import pytest

from realtime.runtime import limited_log
from realtime.runtime.limited_log import LimitedLog

log = logging.getLogger("flapping")


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(limited_log.time, "monotonic", lambda: now[0])
    return now


def lines(caplog):
    return [record.getMessage() for record in caplog.records]


def test_a_line_that_comes_too_early_is_logged_later_and_only_the_newest(clock, caplog):
    say = LimitedLog(log, 1.0)
    say(logging.WARNING, "lost")
    say(logging.WARNING, "back")
    say(logging.WARNING, "lost again")
    say.catch_up()
    assert lines(caplog) == ["lost"]
    clock[0] += 1
    say.catch_up()
    say.catch_up()
    assert lines(caplog) == ["lost", "lost again"]


def test_a_bug_has_its_traceback_once(clock, caplog):
    say = LimitedLog(log, 1.0)
    for bug in (ValueError("one"), ValueError("one"), ValueError("two"), None):
        say(logging.WARNING, "lost", bug)
        clock[0] += 1
    assert [record.exc_info is not None for record in caplog.records] == [True, False, True, False]


def test_the_tracebacks_of_a_bug_that_changes_its_words_are_bounded(clock, caplog):
    say = LimitedLog(log, 1.0)
    for number in range(20):
        say(logging.WARNING, "lost", ValueError(str(number)))
        clock[0] += 1
    assert sum(record.exc_info is not None for record in caplog.records) == 3
