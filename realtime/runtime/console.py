"""Terminal output: log lines, and a status line that is updated in place."""

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

_LOG_EVERY_S = 10.0  # between status lines if the output is not a terminal


class StatusLine(logging.Handler):
    """Updates a status line in place on a terminal and prints log records above it; if the
    stream is not a terminal, prints a status line every 10 s.  Any thread may log.

    A stream that fails (a closed pipe, a full disk) does not end the program: nothing is
    printed any more."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._output_lock = threading.RLock()
        self._silent = False
        self._text = ""
        self._last_s = -_LOG_EVERY_S

    def show(self, text: str) -> None:
        """Replace the status line."""
        with self._output_lock:
            if self._live:
                self._text = text
                self._write_line()
            elif time.monotonic() - self._last_s >= _LOG_EVERY_S:
                self._last_s = time.monotonic()
                self._write(f"{text}\n")

    def print_line(self, text: str) -> None:
        """Print a line above the status line."""
        clear_line = "\r\x1b[K" if self._live else ""
        with self._output_lock:
            self._write(f"{clear_line}{text}\n")
            self._write_line()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record above the status line (called by logging)."""
        self.print_line(self.format(record))

    def finish(self) -> None:
        """Keep the last status line and start a new line."""
        with self._output_lock:
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
        except (OSError, ValueError):  # ValueError: the file is closed
            self._silent = True
            redirect_to_devnull(self._stream)


def redirect_to_devnull(stream: TextIO) -> None:
    """Discard buffered and later output of a stream: otherwise Python's flush at exit fails
    and changes the exit code to 120."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as devnull:
        os.dup2(devnull.fileno(), stream.fileno())


def printable(text: str) -> str:
    """`text` on one line: other control characters, and what is not Unicode, are replaced."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def start_logging(verbose: bool = False) -> StatusLine:
    """Log this package to a new status line: level INFO and above, all levels if `verbose`."""
    line = StatusLine()
    line.setFormatter(logging.Formatter("%(message)s" if not verbose else "%(name)s: %(message)s"))
    logger = logging.getLogger("realtime")
    logger.handlers[:] = [line]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    return line
