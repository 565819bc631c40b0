"""A recording as a source: every frame, on the recording's own time axis."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from itertools import chain
from typing import Protocol

from ..errors import SourceError
from ..pose import Frame, Image
from ..stages import ENDED, STREAMING, EndOfSource, SourceStatus

log = logging.getLogger("realtime.sources")

Picture = tuple[Image, int]  # a BGR image, and nanoseconds since the recording's first one


class Reader(Protocol):
    """What a kind of recording provides.

    `name` is for people; `broken` counts the pieces that could not be read and were skipped.
    """

    name: str
    broken: int

    def pictures(self) -> Generator[Picture, None, None]:
        """The recording from its beginning; lets go of the file when exhausted or closed."""


class Clip:
    """All pictures of a recording, as a `Source` that drops nothing.

    The first picture is taken at the instant of opening, every other one as much later as
    the recording says, so differences of stamps are exact however fast it is read.
    Raises SourceError when the recording holds no picture.
    """

    live = False

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._pictures = reader.pictures()
        first = next(self._pictures, None)
        if first is None:
            raise SourceError(f"{self.name} holds no picture that can be read; is the file complete?")
        self._order = chain((first,), self._pictures)
        self._start_ns, self._start_unix_ns = time.monotonic_ns(), time.time_ns()
        self._index = 0
        self._last_ns = -1
        self._ended = False

    def read(self, timeout_s: float) -> Frame:  # noqa: ARG002 - the contract's
        """The next frame, decoded in this call; a recording has no use for `timeout_s`."""
        picture = None if self._ended else next(self._order, None)
        if picture is None:
            self._end()
            raise EndOfSource
        image, offset_ns = picture
        offset_ns = max(offset_ns, self._last_ns + 1)
        t_ns, t_unix_ns = self._start_ns + offset_ns, self._start_unix_ns + offset_ns
        frame = Frame(image, self._index, t_ns, t_unix_ns, recorded=True)
        self._last_ns, self._index = offset_ns, self._index + 1
        return frame

    def status(self) -> SourceStatus:
        """Whether it has ended, and how much was broken."""
        return SourceStatus(ENDED if self._ended else STREAMING, detail=self._broken())

    def close(self) -> None:
        """Let go of the file."""
        self._ended = True
        self._pictures.close()

    def _broken(self) -> str:
        count = self._reader.broken
        return f"{self.name}: {count} broken {'piece' if count == 1 else 'pieces'} skipped" if count else ""

    def _end(self) -> None:
        if not self._ended and self._broken():
            log.warning("%s", self._broken())
        self._ended = True
