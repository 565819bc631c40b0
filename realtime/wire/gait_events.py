"""The events of gait messages, none lost and none twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from .analysis_messages import GaitEvent, GaitMessage

_KEPT = 1000  # that nobody asks for; five minutes of running


class GaitEvents:
    """Those that have arrived and were not yet taken, oldest first; `lost` counts gaps in their numbers."""

    def __init__(self) -> None:
        self.lost = 0
        self._waiting: deque[GaitEvent] = deque()
        self._number: int | None = None

    def add(self, message: GaitMessage) -> None:
        """Take in the events of the next message of the same session."""
        for event in message.events:
            if self._number is not None:
                self.lost += max(0, event.number - self._number - 1)
            self._number = event.number
            self._waiting.append(event)
            if len(self._waiting) > _KEPT:
                self._waiting.popleft()
                self.lost += 1

    def begin_session(self) -> None:
        """Numbers begin again; what waits is still to be taken."""
        self._number = None

    def take(self) -> Iterator[GaitEvent]:
        """Each event that waits, which then waits no more."""
        while self._waiting:
            yield self._waiting.popleft()
