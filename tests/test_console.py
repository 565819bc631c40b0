from __future__ import annotations

import io
import logging

from realtime.console import StatusLine


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_status_replaces_the_one_before_on_a_terminal():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.show("first")
    line.show("second")
    assert terminal.getvalue() == "\r\x1b[Kfirst\r\x1b[Ksecond"
    line.finish()
    assert terminal.getvalue().endswith("second\n")


def test_log_lines_stand_above_the_status():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.show("status")
    line.emit(logging.makeLogRecord({"msg": "camera lost"}))
    assert terminal.getvalue() == "\r\x1b[Kstatus\r\x1b[Kcamera lost\n\r\x1b[Kstatus"


def test_a_long_status_keeps_to_one_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    StatusLine(terminal).show("x" * 100)
    assert terminal.getvalue() == "\r\x1b[K" + "x" * 19


def test_without_a_terminal_statuses_are_few_plain_lines():
    stream = io.StringIO()
    line = StatusLine(stream)
    for i in range(5):
        line.show(f"status {i}")
    line.emit(logging.makeLogRecord({"msg": "camera lost"}))
    line.finish()
    assert stream.getvalue() == "status 0\ncamera lost\n"
