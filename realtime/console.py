"""What a program says on its terminal: log lines, and one line that is kept up to date."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from typing import TextIO

_LOG_EVERY_S = 10.0  # status lines where nobody watches


class StatusLine(logging.Handler):
    """Shows the newest status in place on a terminal, and log records above it; without a
    terminal a status is a log line now and then.  Any thread may log."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._writing = threading.RLock()
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
                print(text, file=self._stream, flush=True)

    def emit(self, record: logging.LogRecord) -> None:
        """A log record, above the status (called by logging)."""
        wipe = "\r\x1b[K" if self._live else ""
        with self._writing:
            print(f"{wipe}{self.format(record)}", file=self._stream, flush=True)
            self._write_line()

    def finish(self) -> None:
        """Leave the last status standing and go to a new line."""
        with self._writing:
            if self._live and self._text:
                self._text = ""
                print(file=self._stream, flush=True)

    def _write_line(self) -> None:
        if not (self._live and self._text):
            return
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{self._text[:width]}")
        self._stream.flush()


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
