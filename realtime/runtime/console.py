"""Terminal output: log lines, and a status line that is updated in place."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from .text import Field, fitted, printable

_LOG_EVERY_S = 10.0  # between status lines if the output is not a terminal


class StatusLine(logging.Handler):
    """Updates a status line in place on a terminal, as wide as that is at the moment, and prints log
    records above it; if the stream is not a terminal, prints the whole status every 10 s.  Any thread
    may log.

    A stream that fails (a closed pipe, a full disk) does not end the program: nothing is
    printed any more."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._output_lock = threading.RLock()
        self._silent = False
        self._status: tuple[str, Sequence[Field]] | None = None
        self._last_s = -_LOG_EVERY_S

    def show(self, text: str, fields: Sequence[Field] = ()) -> None:
        """Replace the status line by `text` and `fields`, as `text.fitted` puts them into its width."""
        with self._output_lock:
            if self._live:
                self._status = text, fields
                self._write_line()
            elif time.monotonic() - self._last_s >= _LOG_EVERY_S:
                self._last_s = time.monotonic()
                self._write(f"{fitted(text, fields, sys.maxsize)}\n")

    def print_line(self, text: str) -> None:
        """Print a line, or several, above the status line."""
        clear_line = "\r\x1b[K" if self._live else ""
        lines = "\n".join(map(printable, text.split("\n")))
        with self._output_lock:
            self._write(f"{clear_line}{lines}\n")
            self._write_line()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record above the status line (called by logging)."""
        self.print_line(self.format(record))

    def finish(self) -> None:
        """Keep the last status line and start a new line."""
        with self._output_lock:
            if self._status is not None:
                self._status = None
                self._write("\n")

    def clear(self) -> None:
        """Remove the status line: what it told of is over."""
        with self._output_lock:
            if self._status is not None:
                self._status = None
                self._write("\r\x1b[K")

    def _write_line(self) -> None:
        if self._status is not None:
            self._write(f"\r\x1b[K{fitted(*self._status, self._columns() - 1)}")

    def _columns(self) -> int:
        """The width of the terminal, which may change; some say 0 where they do not know it."""
        with suppress(OSError, ValueError):  # not a real terminal, or closed
            if columns := os.get_terminal_size(self._stream.fileno()).columns:
                return columns
        return shutil.get_terminal_size().columns

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


def start_logging(verbose: bool = False) -> StatusLine:
    """Log this package to a new status line: level INFO and above, all levels if `verbose`."""
    line = StatusLine()
    line.setFormatter(logging.Formatter("%(message)s" if not verbose else "%(name)s: %(message)s"))
    logger = logging.getLogger("realtime")
    logger.handlers[:] = [line]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    return line
