"""One stage: its deadline, its failures, and what is raised all the same."""

from __future__ import annotations

import logging
import time

import pytest

from realtime.errors import SourceError, StageError
from realtime.online.watch.answers import WrongAnswer
from realtime.online.watch.stage import DEADLINE_S, MOST_IN_A_ROW, Stage
from realtime.pose import NOT_FINITE, STAGE_FAILED
from realtime.runtime.timing import Durations
from realtime.stages import EndOfSource


def broken():
    raise ZeroDivisionError("division by zero")


def test_an_answer_is_passed_and_timed():
    durations = Durations()
    assert Stage("detect", durations)(max, 2, 3) == 3
    assert durations.count == 1


def test_a_failure_is_no_answer_and_told():
    stage = Stage("detect")
    assert stage(broken) is None
    assert (stage.failures, stage.reason, stage.is_busy) == (1, STAGE_FAILED, False)
    assert stage.failure == (
        "the detector has failed once, that costs a frame each: ZeroDivisionError: division by zero"
    )


def test_a_wrong_answer_has_its_own_reason():
    def wrong():
        raise WrongAnswer("no numbers", NOT_FINITE)

    stage = Stage("lift")
    stage(wrong)
    assert stage.reason == NOT_FINITE
    stage(broken)
    assert stage.reason == STAGE_FAILED


@pytest.mark.parametrize("error", [SourceError("gone"), EndOfSource(), KeyboardInterrupt()])
def test_what_cannot_be_cured_by_going_on_is_raised(error):
    def end():
        raise error

    stage = Stage("source")
    with pytest.raises(type(error)):
        stage(end)
    assert not stage.is_busy


def test_so_many_failures_in_a_row_end_it():
    stage = Stage("gait")
    for _ in range(MOST_IN_A_ROW - 1):
        stage(broken)
    stage(int)
    for _ in range(MOST_IN_A_ROW - 1):
        stage(broken)
        stage.beside(int)  # a status in between ends no row
    with pytest.raises(
        StageError, match="the sink gait failed 30 times in a row: ZeroDivisionError: division by zero;"
    ):
        stage(broken)


def test_one_line_a_second_is_logged(caplog):
    caplog.set_level(logging.INFO, "realtime")
    stage = Stage("detect")
    for _ in range(20):
        stage(broken)
        stage(int)
    assert 1 <= len(caplog.records) <= 2
    assert caplog.records[0].exc_info is None


def test_the_deadline_follows_what_is_usual():
    stage = Stage("detect")
    assert stage.deadline_s == 5 * DEADLINE_S  # a first call
    stage(time.sleep, 1.1)
    assert stage.was_late is False
    assert 3 < stage.deadline_s < 9
    for _ in range(9):
        stage(int)
    assert stage.deadline_s == DEADLINE_S
    stage(time.sleep, 1.1)
    assert stage.was_late
