from __future__ import annotations

import inspect
import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.runtime.console import StatusLine

ROOT = Path(__file__).parents[2]


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


def test_what_is_said_stands_above_the_status():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.print_line("hello")
    line.show("status")
    line.print_line("bye")
    assert terminal.getvalue() == "\r\x1b[Khello\n\r\x1b[Kstatus\r\x1b[Kbye\n\r\x1b[Kstatus"
    stream = io.StringIO()
    StatusLine(stream).print_line("hello")
    assert stream.getvalue() == "hello\n"


def test_a_closed_stream_ends_nothing():
    stream = Terminal()
    line = StatusLine(stream)
    stream.close()
    say_everything(line)


def say_everything(line):
    line.show("status")
    line.emit(logging.makeLogRecord({"msg": "camera lost"}))
    line.print_line("hello")
    line.finish()


TALK = f"""
import logging
from realtime.runtime.console import start_logging
{inspect.getsource(say_everything)}
line = start_logging()
for _ in range(3):
    say_everything(line)
print("alive")
"""


def talk(stderr):
    return subprocess.run(
        [sys.executable, "-c", TALK], stdout=subprocess.PIPE, stderr=stderr, cwd=ROOT, text=True, check=False
    )


def test_a_pipe_that_nobody_reads_any_more_ends_nothing():
    reader, writer = os.pipe()
    os.close(reader)
    done = talk(writer)
    os.close(writer)
    assert (done.stdout, done.returncode) == ("alive\n", 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_the_log_ends_nothing():
    with Path("/dev/full").open("w") as full:
        done = talk(full)
    assert (done.stdout, done.returncode) == ("alive\n", 0)
