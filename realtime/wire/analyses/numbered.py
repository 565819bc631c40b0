"""What messages carry under numbers that increase by one in a session: none is lost unnoticed, none is given twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

_KEPT = 1000  # that nobody asks for; five minutes of a runner's contacts and toe-offs


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=_Numbered)


class NumberedQueue(Generic[T]):
    """Those that have arrived and were not yet taken, oldest first; `lost` counts gaps in their numbers."""

    def __init__(self) -> None:
        self.lost = 0
        self._waiting: deque[T] = deque()
        self._number: int | None = None

    def add(self, found: Iterable[T]) -> None:
        """Take in what the next message of the same session tells, except for what was told before."""
        for one in found:
            if self._number is not None:
                if one.number <= self._number:
                    continue
                self.lost += one.number - self._number - 1
            self._number = one.number
            self._waiting.append(one)
            if len(self._waiting) > _KEPT:
                self._waiting.popleft()
                self.lost += 1

    def begin_session(self) -> None:
        """Numbers begin again; what waits is still to be taken."""
        self._number = None

    def take(self) -> Iterator[T]:
        """Each that waits, which then waits no more."""
        while self._waiting:
            yield self._waiting.popleft()
