"""Log lines about something that fails again and again."""

from __future__ import annotations

import logging
import time

_MAX_BUGS = 3  # whose traceback is logged


class LimitedLog:
    """At most one line in `every_s`; the newest of those that came too early is logged by a later `catch_up`, so
    that the last word is true.

    The first lines about a bug have its traceback.  Not for several threads at once.
    """

    def __init__(self, log: logging.Logger, every_s: float) -> None:
        self._log = log
        self._every_s = every_s
        self._due_s = -every_s
        self._waiting: tuple[int, str, Exception | None] | None = None
        self._told_bugs: set[str] = set()

    def __call__(self, level: int, text: str, bug: Exception | None = None) -> None:
        """Log a line, now or later."""
        self._waiting = level, text, bug
        self.catch_up()

    def catch_up(self) -> None:
        """Log the line that waits, if there is one and it is time."""
        if self._waiting is None or time.monotonic() < self._due_s:
            return
        (level, text, bug), self._waiting = self._waiting, None
        self._due_s = time.monotonic() + self._every_s
        self._log.log(level, "%s", text, exc_info=bug if self._is_new(bug) else None)

    def _is_new(self, bug: Exception | None) -> bool:
        if bug is None or repr(bug) in self._told_bugs or len(self._told_bugs) >= _MAX_BUGS:
            return False
        self._told_bugs.add(repr(bug))
        return True
