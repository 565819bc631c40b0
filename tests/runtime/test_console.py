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
from realtime.runtime.text import Field

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


def test_a_status_that_is_over_leaves_nothing():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.show("half done")
    line.clear()
    line.print_line("all done")
    line.clear()
    assert terminal.getvalue() == "\r\x1b[Khalf done\r\x1b[K\r\x1b[Kall done\n"


def test_log_lines_stand_above_the_status():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.show("status")
    line.emit(logging.makeLogRecord({"msg": "camera lost"}))
    assert terminal.getvalue() == "\r\x1b[Kstatus\r\x1b[Kcamera lost\n\r\x1b[Kstatus"


def test_a_long_status_keeps_to_one_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    StatusLine(terminal).show("x" * 100, [Field("29.9 fps")])
    assert terminal.getvalue() == f"\r\x1b[K{'x' * 12}…{'x' * 6}"


@pytest.fixture
def pseudo_terminal():
    """A function that sets the width of a real terminal, its stream, and what it was sent."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    with open(theirs, "w") as stream:  # noqa: PTH123 - a number, not a path
        yield lambda columns: termios.tcsetwinsize(theirs, (24, columns)), stream, lambda: os.read(ours, 10_000)
    os.close(ours)


def test_it_is_as_wide_as_the_terminal_is_now(pseudo_terminal):
    """Not as the one of stdout, nor as it was at the start."""
    set_columns, stream, sent = pseudo_terminal
    fields = [Field("29.9 fps", keep=1), Field("1234 poses recorded", "1234 poses", keep=2)]
    line = StatusLine(stream)
    for columns, shown in (
        (80, "walk.mp4  29.9 fps  1234 poses recorded"),
        (40, "walk.mp4  29.9 fps  1234 poses recorded"),
        (32, "walk.mp4  29.9 fps  1234 poses"),
        (22, "walk.mp4  1234 poses"),
    ):
        set_columns(columns)
        line.show("walk.mp4", fields)
        assert sent() == f"\r\x1b[K{shown}".encode()
    set_columns(0)  # one that does not know its width
    line.show("walk.mp4")
    assert sent() == b"\r\x1b[Kwalk.mp4"


def test_nothing_in_a_message_moves_the_cursor():
    terminal = Terminal()
    line = StatusLine(terminal)
    line.show("a\x1b[2Jb\nc")
    line.print_line("two\rlines\n\x1b[31mred")
    assert terminal.getvalue() == "\r\x1b[Ka?[2Jb c\r\x1b[Ktwo lines\n?[31mred\n\r\x1b[Ka?[2Jb c"


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
