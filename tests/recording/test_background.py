"""A disk that is slow, or answers nothing, holds no frame up, and is told."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np
import pytest
from support.example_estimates import estimate

from realtime.recording import background, writing_thread
from realtime.recording.background import BackgroundRecorder
from realtime.recording.npy_log import NpyLog
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17

FRAME_S = 1 / 30


@pytest.fixture
def disk(monkeypatch):
    """A disk that writes nothing while it is cleared."""
    answers = threading.Event()
    answers.set()
    write = NpyLog._write

    def when_it_answers(self, offset, data):
        assert answers.wait(60)
        write(self, offset, data)

    monkeypatch.setattr(NpyLog, "_write", when_it_answers)
    yield answers
    answers.set()


@pytest.fixture
def record(tmp_path, disk):
    sink = BackgroundRecorder(Recorder(tmp_path, H36M17, source="demo", model="m", min_free_bytes=0))
    yield sink
    disk.set()
    sink.close()


def recorded(folder):
    return np.load(folder / "joints.npy")[:, 0, 0].tolist()


def wait_for(condition):
    end_s = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_poses_are_written_in_their_order(record, tmp_path):
    for index in range(500):
        record(estimate(index, value=index))
    record.close()
    assert recorded(tmp_path) == list(range(500))
    assert (record.rows, record.missed, record.fault) == (500, 0, "")


def test_a_disk_that_answers_nothing_holds_no_frame_up_and_loses_none(record, disk, tmp_path, caplog):
    disk.clear()
    took_s = []
    with caplog.at_level(logging.WARNING):
        for index in range(40):
            began_s = time.monotonic()
            record(estimate(index, value=index))
            took_s.append(time.monotonic() - began_s)
            time.sleep(FRAME_S)
        assert np.median(took_s) < FRAME_S / 10
        assert record.fault.endswith("is late: its disk does not answer; the poses are kept in memory")
        assert record.rows == 0
        disk.set()
        wait_for(lambda: record.rows == 40)
        record.report(None)
    assert (record.fault, record.missed) == ("", 0)
    assert [r.getMessage().split(" is ")[-1].split(" goes ")[-1] for r in caplog.records] == [
        "late: its disk does not answer; the poses are kept in memory (the stream continues)",
        "on; 0 poses missed",
    ]
    record.close()
    assert recorded(tmp_path) == list(range(40))


def test_memory_is_bounded_and_what_is_lost_is_counted(record, disk, monkeypatch):
    monkeypatch.setattr(background, "_MAX_QUEUED", 10)
    disk.clear()
    for index in range(100):
        record(estimate(index, value=index))
    assert record._poses.qsize() <= 10
    assert record.missed >= 89  # one may be in the thread already
    disk.set()
    record.close()
    assert record.rows + record.missed == 100


@pytest.mark.parametrize("ending", [True, False])
def test_the_end_does_not_wait_for_a_disk_that_answers_nothing(ending, record, disk, caplog, monkeypatch):
    """For ten seconds, after Ctrl-C for one."""
    monkeypatch.setattr(writing_thread, "is_ending", lambda: ending)
    disk.clear()
    for index in range(5):
        record(estimate(index))
    began_s = time.monotonic()
    record.close()
    took_s = time.monotonic() - began_s
    assert 0.5 < took_s < 8 if ending else 10 < took_s < 30
    assert "could not be completed: its disk does not answer" in caplog.text
    assert record.missed == 5


def test_the_end_waits_for_a_disk_that_is_slow(record, disk, monkeypatch, tmp_path):
    put = NpyLog.put
    monkeypatch.setattr(NpyLog, "put", lambda *row: (time.sleep(0.05), put(*row)))
    for index in range(15):  # 1.5 s in all
        record(estimate(index, value=index))
    record.close()
    assert recorded(tmp_path) == list(range(15))


def test_a_bug_in_the_thread_is_raised_once_a_second(record, monkeypatch):
    monkeypatch.setattr(NpyLog, "put", lambda *_: 1 / 0)
    record(estimate())
    wait_for(lambda: not record._thread.is_alive())
    with pytest.raises(ZeroDivisionError):
        record.report(None)


def test_what_a_bug_of_the_recorder_loses_is_counted_and_told(record, disk, caplog, tmp_path, monkeypatch):
    disk.clear()
    for index in range(5):
        record(estimate(index))
    monkeypatch.setattr(NpyLog, "_write", lambda *_: 1 / 0)
    disk.set()
    record.close()
    assert record.rows + record.missed == 5
    assert record.missed >= 4  # the first may have been at its write already
    assert [one.message for one in caplog.records if "has not the last" in one.message]
