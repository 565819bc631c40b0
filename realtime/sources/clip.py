"""A recording as a source: every frame, with the recording's timestamps."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from itertools import chain
from typing import Protocol

from ..errors import SourceError
from ..pose import Frame, Image
from ..runtime.text import counted
from ..stages import ENDED, STREAMING, EndOfSource, SourceStatus
from .same_size import SameSize

log = logging.getLogger("realtime.sources")

Picture = tuple[Image, int]  # a BGR image, and its time since the first one, ns


class Reader(Protocol):
    """Reads one kind of recording.

    `name` is for messages.
    """

    name: str

    @property
    def broken(self) -> int:
        """How many damaged frames were skipped."""

    def pictures(self) -> Generator[Picture, None, None]:
        """The recording from its beginning; closes the file when exhausted or closed."""


class Clip:
    """All frames of a recording, as a `Source` that drops none.

    The first frame's timestamp is the time of opening, the others follow at the recording's
    intervals, so timestamp differences are exact however fast it is read.  Raises SourceError
    if the recording contains no readable frame.
    """

    live = False

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._pictures = reader.pictures()
        self._in_one_size = SameSize(reader.name)
        first = next(self._pictures, None)
        if first is None:
            raise SourceError(f"{self.name} contains no readable frame: truncated?")
        self._order = chain((first,), self._pictures)
        self._start_ns, self._start_unix_ns = time.monotonic_ns(), time.time_ns()
        self._index = 0
        self._last_ns = -1
        self._ended = False

    def read(self, timeout_s: float) -> Frame:  # noqa: ARG002 - the interface's
        """The next frame, decoded in this call; `timeout_s` is not used."""
        picture = None if self._ended else next(self._order, None)
        if picture is None:
            self._end()
            raise EndOfSource
        image, offset_ns = picture
        offset_ns = max(offset_ns, self._last_ns + 1)
        t_ns, t_unix_ns = self._start_ns + offset_ns, self._start_unix_ns + offset_ns
        fitted = self._in_one_size(image)
        frame = Frame(fitted, self._index, t_ns, t_unix_ns, recorded=True, scaled=fitted is not image)
        self._last_ns, self._index = offset_ns, self._index + 1
        return frame

    def status(self) -> SourceStatus:
        """Whether it has ended, and how many frames were damaged."""
        return SourceStatus(ENDED if self._ended else STREAMING, detail=self._damage())

    def close(self) -> None:
        """Close the file."""
        self._ended = True
        self._pictures.close()

    def _damage(self) -> str:
        count = self._reader.broken
        return f"{self.name}: {counted(count, 'damaged frame')} skipped" if count else ""

    def _end(self) -> None:
        if not self._ended and self._damage():
            log.warning("%s", self._damage())
        self._ended = True
