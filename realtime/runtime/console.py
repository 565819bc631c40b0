"""What a program says on its terminal: log lines, and one line that is kept up to date."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_LOG_EVERY_S = 10.0  # status lines where nobody watches


class StatusLine(logging.Handler):
    """Shows the newest status in place on a terminal, and log records above it; without a
    terminal a status is a log line now and then.  Any thread may log.

    A stream that takes no more (a closed pipe, a full disk) does not end the program: from
    then on nothing is shown."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._writing = threading.RLock()
        self._silent = False
        self._text = ""
        self._last_s = -_LOG_EVERY_S

    def show(self, text: str) -> None:
        """Replace the status."""
        with self._writing:
            if self._live:
                self._text = text
                self._write_line()
            elif time.monotonic() - self._last_s >= _LOG_EVERY_S:
                self._last_s = time.monotonic()
                self._write(f"{text}\n")

    def print_line(self, text: str) -> None:
        """A plain line, above the status."""
        wipe = "\r\x1b[K" if self._live else ""
        with self._writing:
            self._write(f"{wipe}{text}\n")
            self._write_line()

    def emit(self, record: logging.LogRecord) -> None:
        """A log record, above the status (called by logging)."""
        self.print_line(self.format(record))

    def finish(self) -> None:
        """Leave the last status standing and go to a new line."""
        with self._writing:
            if self._live and self._text:
                self._text = ""
                self._write("\n")

    def _write_line(self) -> None:
        if not (self._live and self._text):
            return
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r\x1b[K{self._text[:width]}")

    def _write(self, text: str) -> None:
        if self._silent:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the latter is a closed file's
            self._silent = True
            _turn_away(self._stream)


def _turn_away(stream: TextIO) -> None:
    """Let what a stream still holds, and is given later, go nowhere: Python flushes it
    when it ends, and would turn the exit code into 120."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def start_logging(verbose: bool = False) -> StatusLine:
    """Send this program's log to a new status line: warnings and notes, and with
    `verbose` everything."""
    line = StatusLine()
    line.setFormatter(logging.Formatter("%(message)s" if not verbose else "%(name)s: %(message)s"))
    logger = logging.getLogger("realtime")
    logger.handlers[:] = [line]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    return line
