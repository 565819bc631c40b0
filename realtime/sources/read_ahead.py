"""Decoding ahead: a recording is read in a thread while the detector works."""

from __future__ import annotations

import logging
import queue
import threading

from ..pose import Frame
from ..stages import EndOfSource, Source, SourceStatus

_AHEAD = 4  # frames: enough to even out key frames, and little memory at 4K
_LOOK_S = 0.1  # how soon the thread sees that nobody wants its frames any more
# Room is looked for now and then, not waited for: whoever takes a frame begins to work on
# it, and a thread that woke at that very moment would ask for the interpreter's lock too.
_FULL_S = 0.005
_CLOSE_S = 2.0  # that a read gets to come back: of a share that is gone it may never do so

_log = logging.getLogger("realtime.sources")


class ReadAhead:
    """Another source's frames, all of them and in order, read by a thread of its own.

    What the source raises is raised by `read`, in its turn.  `close` ends the thread and
    closes the source.
    """

    live = False

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._source = source
        self._frames: queue.Queue[Frame | Exception] = queue.Queue(_AHEAD)
        self._stop = threading.Event()
        self._end: Exception | None = None
        self._thread = threading.Thread(target=self._fill, name=f"reading {self.name}", daemon=True)
        self._thread.start()

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame, or None if it is not decoded within `timeout_s`."""
        if self._end is not None:
            raise self._end
        try:
            item = self._frames.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(item, Frame):
            return item
        self._end = item
        raise item

    def status(self) -> SourceStatus:
        """The source's own."""
        return self._source.status()

    def close(self) -> None:
        """End the thread, then close the source; may be called twice.

        A read that does not come back is left alone, with its source, which it still uses."""
        self._stop.set()
        self._end = self._end or EndOfSource()
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive():
            _log.warning("%s does not come back from reading; left open", self.name)
        else:
            self._source.close()

    def _fill(self) -> None:
        while not self._stop.is_set():
            try:
                item: Frame | Exception | None = self._source.read(_LOOK_S)
            except Exception as error:  # noqa: BLE001  # handed to the reader, whatever it is
                item = error
            if item is not None and not self._put(item):
                return
            if isinstance(item, Exception):
                return

    def _put(self, item: Frame | Exception) -> bool:
        while not self._stop.is_set():
            try:
                self._frames.put_nowait(item)
            except queue.Full:
                self._stop.wait(_FULL_S)
                continue
            return True
        return False
