from __future__ import annotations

import threading

import numpy as np
import pytest

from realtime.errors import SourceError
from realtime.pose import Frame
from realtime.sources.blank import BlankPictures
from realtime.sources.paced import play
from realtime.sources.read_ahead import ReadAhead
from realtime.stages import STREAMING, EndOfSource, SourceStatus


class Counting:
    """Frames without end, or up to a fault; notes how many were asked for."""

    name = "counting"
    live = False

    def __init__(self, fault_at=None):
        self.asked = 0
        self.closed = 0
        self.fault_at = fault_at

    def read(self, timeout_s):
        if self.asked == self.fault_at:
            raise SourceError("the disk is gone")
        self.asked += 1
        return Frame(np.zeros((2, 2, 3), np.uint8), self.asked - 1, self.asked, self.asked)

    def status(self):
        return SourceStatus(STREAMING)

    def close(self):
        self.closed += 1


def blanks(length):
    return play(BlankPictures("blank", np.arange(length) / 30, (64, 48)), realtime=False, loop=False)


def test_every_frame_comes_in_order_and_then_the_end():
    source = ReadAhead(blanks(50))
    assert [source.read(5.0).index for _ in range(50)] == list(range(50))
    for _ in range(2):
        with pytest.raises(EndOfSource):
            source.read(5.0)
    source.close()


def test_it_reads_a_little_ahead_and_no_more():
    inner = Counting()
    source = ReadAhead(inner)
    assert source.read(5.0).index == 0
    threading.Event().wait(0.5)  # time to read too much, were it to
    assert inner.asked <= 8
    source.close()


def test_a_fault_comes_in_its_turn():
    source = ReadAhead(Counting(fault_at=3))
    assert [source.read(5.0).index for _ in range(3)] == [0, 1, 2]
    with pytest.raises(SourceError, match="the disk is gone"):
        source.read(5.0)
    source.close()


def test_close_ends_the_thread_closes_the_source_and_may_come_twice():
    before = threading.active_count()
    inner = Counting()
    source = ReadAhead(inner)
    source.close()
    source.close()
    assert inner.closed >= 1
    assert threading.active_count() == before
    with pytest.raises(EndOfSource):
        source.read(0.1)


def test_a_read_that_does_not_come_back_does_not_hold_up_close(caplog):
    class Stuck(Counting):
        back = threading.Event()

        def read(self, timeout_s):
            self.back.wait(60)
            raise EndOfSource

    inner = Stuck()
    source = ReadAhead(inner)
    source.close()
    assert inner.closed == 0  # it is still in use
    assert "a read is still blocked" in caplog.text
    inner.back.set()


def test_blank_pictures_take_no_memory_and_keep_the_rate():
    reader = BlankPictures("blank", np.arange(4) / 25, (30_000, 20_000))
    pictures = list(reader.pictures())
    assert [t for _, t in pictures] == [0, 40_000_000, 80_000_000, 120_000_000]
    image = pictures[0][0]
    assert image.shape == (20_000, 30_000, 3)
    assert image.base is not None
    assert image.strides == (0, 0, 0)
