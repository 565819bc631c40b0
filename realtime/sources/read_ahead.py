"""Read-ahead buffer: a recording is decoded in a thread while the detector runs."""

from __future__ import annotations

import logging
import queue
import threading

from ..pose import Frame
from ..stages import EndOfSource, Source, SourceStatus

_BUFFERED = 4  # frames: enough to smooth out slow keyframes, and little memory at 4K
_POLL_S = 0.1  # how often the thread checks whether it was stopped
# A full queue is polled instead of waited for: the consumer starts working as soon as it has
# taken a frame, and a thread woken at that moment would compete for the GIL.
_FULL_S = 0.005
_CLOSE_S = 2.0  # wait for a blocked read; on a lost network share it may never return

_log = logging.getLogger("realtime.sources")


class ReadAhead:
    """All frames of another source, in order, read ahead by a thread.

    Errors of the source are raised by `read`, after the frames before them.  `close` ends the
    thread and closes the source.
    """

    live = False

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._source = source
        self._frames: queue.Queue[Frame | Exception] = queue.Queue(_BUFFERED)
        self._stop = threading.Event()
        self._end: Exception | None = None
        self._thread = threading.Thread(target=self._fill, name=f"reading {self.name}", daemon=True)
        self._thread.start()

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame, or None if it has not been decoded within `timeout_s`."""
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
        """The source's status."""
        return self._source.status()

    def close(self) -> None:
        """End the thread, then close the source; may be called twice.

        If a read is still blocked, its source is left open, because the thread uses it."""
        self._stop.set()
        self._end = self._end or EndOfSource()
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive():
            _log.warning("%s: a read is still blocked; the source is left open", self.name)
        else:
            self._source.close()

    def _fill(self) -> None:
        while not self._stop.is_set():
            try:
                item: Frame | Exception | None = self._source.read(_POLL_S)
            except Exception as error:  # noqa: BLE001  # read() raises it
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
