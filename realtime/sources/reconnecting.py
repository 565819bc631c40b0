"""Live capture in a thread: only the newest frame is kept, and a lost camera is reconnected.

A *grabber* is a blocking reader of one device.  `LiveSource` runs it in a thread, which fills a buffer of
one frame.  That thread handles no errors: it opens the device, grabs until that fails or it is stopped,
closes, ends.  The reading thread supervises it: after a failure the device is reopened with a back-off;
a stalled thread is abandoned and replaced, because a driver's blocking read cannot be interrupted.
"""

from __future__ import annotations

import logging
import platform
import threading
import time
from collections.abc import Callable

from ..errors import DetectorError, SourceError
from ..pose import Frame, bgr_image
from ..runtime.limited_log import LimitedLog
from ..stages import ENDED, OPENING, RECONNECTING, STALLED, STREAMING, EndOfSource, SourceStatus
from .grabber import OpenGrabber, Shot
from .opening import Opening
from .same_size import SameSize

log = logging.getLogger("realtime.sources")

STALL_S = 1.5  # without a new frame for this long the device has stalled (detected within 2 s)
FRESH_S = 1.0  # an older unread frame is dropped (the process was suspended)
# Until the first frame: webcams on Linux need 0.2 to 5 s; Windows and macOS can be slower.
OPEN_TIMEOUT_S = 6.0 if platform.system() == "Linux" else 15.0
NOTICE_S = 1.0  # after waiting this long for the first frame, that is logged
BACK_OFF_S = (0.2, 0.4, 0.8, 1.2)  # before the first, second, ... reconnect; the last repeats
MAX_ABANDONED = 3  # threads blocked in a driver; with this many, no other one is started
JOIN_S = 0.5  # how long close() waits for a thread, which may be blocked
WATCH_S = 0.1  # how often a waiting reader checks the thread
LOG_EVERY_S = 1.0  # a failing camera logs at most one line in this time


class LiveSource:
    """The newest frame of a device, as a `Source`.

    The constructor returns when the first frame is available; if there is none within
    `open_timeout_s` it raises the grabber's error, or SourceError with `hint`, a text or a function
    that is called then.  A wait of more than a second is logged.  Later errors of
    a device are never raised: one that fails, or delivers no new frame for `stall_s`
    (repeated frames do not count, see `changed_frames.ChangeDetector`), is reconnected until `close()`.
    A `recorded` grabber may pause and is not reopened: `read` raises its errors, and EndOfSource
    at its end.

    Threads: one, and at most MAX_ABANDONED more that are blocked in a driver; each of these closes its device and
    ends when its call returns.  Only one thread may read; `status()` and `close()` may be called from any thread.
    """

    live = True

    def __init__(
        self,
        open_grabber: OpenGrabber,
        name: str,
        *,
        stall_s: float = STALL_S,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        hint: str | Callable[[], str] = "is it in use by another program?",
    ) -> None:
        self.name = name
        self._open_grabber = open_grabber
        self._in_one_size = SameSize(name)
        self._stall_s = stall_s
        self._open_timeout_s = open_timeout_s
        self._changed = threading.Condition()
        self._slot: Frame | None = None
        self._captured = self._dropped = self._reconnects = 0
        self._last_ns = 0  # timestamp of the last captured frame
        self._recorded = False  # set when the grabber is open
        self._ended = False
        self._lost = False  # from losing the device to its next frame
        self._failures = 0  # in a row
        self._detail = ""
        self._log = LimitedLog(log, LOG_EVERY_S)
        self._abandoned: list[Opening] = []
        self._retry_s = 0.0
        self._opening: Opening | None = None
        try:
            self._await_first_frame(hint)
        except BaseException:
            self.close()
            raise

    def read(self, timeout_s: float) -> Frame | None:
        """The newest unread frame, or None if none arrives within `timeout_s`.

        Raises EndOfSource after `close()` and at the end of a recording.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            while True:
                self._log.catch_up()
                if (frame := self._take()) is not None:
                    return frame
                if self._ended:
                    raise EndOfSource
                now_s = time.monotonic()
                self._watch(now_s)
                if now_s >= deadline_s:
                    return None
                self._changed.wait(min(deadline_s - now_s, WATCH_S))

    def status(self) -> SourceStatus:
        """The current state, also valid while nobody reads."""
        with self._changed:
            return SourceStatus(self._state(), self._dropped, self._reconnects, self._detail)

    def close(self) -> None:
        """Free the device; a waiting reader is woken with EndOfSource."""
        with self._changed:
            self._ended, self._slot = True, None
            opening, self._opening = self._opening, None
            self._changed.notify_all()
        if opening is not None:
            opening.stop.set()
            opening.thread.join(JOIN_S)

    # In the reader's thread, with the lock held.

    def _take(self) -> Frame | None:
        """Empty the slot; a stale frame of a device counts as dropped."""
        frame, self._slot = self._slot, None
        if frame is None or self._recorded or time.monotonic_ns() - frame.t_capture_ns <= FRESH_S * 1e9:
            return frame
        self._dropped += 1
        return None

    def _watch(self, now_s: float) -> None:
        """Detect a failed or stalled device, and reconnect it after the back-off."""
        opening = self._opening
        if opening is None:
            if now_s >= self._retry_s:
                self._opening = self._start()
        elif opening.finished and opening.fault is not None:
            if self._recorded:
                raise opening.fault
            self._mark_lost(opening, now_s, opening.detail)
        elif self._stalled(opening, now_s) and self._may_abandon():
            self._mark_lost(opening, now_s, f"{self.name} has stalled: no new frames")

    def _stalled(self, opening: Opening, now_s: float) -> bool:
        patience_s = self._stall_s if opening.frames else max(self._stall_s, self._open_timeout_s)
        return not self._recorded and now_s - opening.last_frame_s > patience_s

    def _may_abandon(self) -> bool:
        return sum(one.thread.is_alive() for one in self._abandoned) < MAX_ABANDONED

    def _mark_lost(self, opening: Opening, now_s: float, detail: str) -> None:
        opening.stop.set()
        self._abandoned = [one for one in (*self._abandoned, opening) if one.thread.is_alive()]
        self._retry_s = now_s + BACK_OFF_S[min(self._failures, len(BACK_OFF_S) - 1)]
        self._failures += 1
        if not self._lost or detail != self._detail:
            self._log(logging.WARNING, f"{detail}; reconnecting", opening.bug)
        self._opening, self._lost, self._detail = None, True, detail
        opening.fault = None  # its traceback leads back to itself, and would keep what the grabber holds

    def _state(self) -> str:
        if self._ended:
            return ENDED
        if self._lost:
            return RECONNECTING
        opening = self._opening
        if opening is None or not opening.frames:
            return OPENING
        return STALLED if self._stalled(opening, time.monotonic()) else STREAMING

    def _await_first_frame(self, hint: str | Callable[[], str]) -> None:
        start_s = time.monotonic()
        notice_s, deadline_s = start_s + NOTICE_S, start_s + self._open_timeout_s
        with self._changed:
            opening = self._opening = self._start()
            while not (opening.frames or opening.finished) and (now_s := time.monotonic()) < deadline_s:
                if now_s >= notice_s:
                    log.info("waiting for %s …", self.name)
                    notice_s = deadline_s
                self._changed.wait(WATCH_S)  # in short steps: on Windows Ctrl-C does not interrupt a wait
        if opening.frames:
            return
        if opening.fault is not None:
            raise opening.fault
        reason = hint if isinstance(hint, str) else hint()
        raise SourceError(f"{self.name}: no frame within {self._open_timeout_s:g} s: {reason}")

    # The capture thread.

    def _start(self) -> Opening:
        opening = Opening(self._capture, self.name)
        opening.thread.start()
        return opening

    def _capture(self, opening: Opening) -> None:
        ended = False
        try:
            grabber = self._open_grabber(opening.stop)
            self._recorded = grabber.recorded
            try:
                while not opening.stop.is_set():
                    self._put(opening, grabber.grab())
            finally:
                grabber.close()
        except EndOfSource:
            ended = True
        except Exception as fault:  # noqa: BLE001 - the reader raises or logs it
            opening.fault = fault
        with self._changed:
            opening.finished = True
            if opening is self._opening:
                self._ended = self._ended or ended
            else:  # as in _mark_lost
                opening.fault = None
            self._changed.notify_all()

    def _leave_out(self, opening: Opening, fault: DetectorError) -> None:
        """What is no image; of a camera that gives nothing else it is raised at once, or the camera has stalled."""
        if not opening.frames:
            raise SourceError(f"{self.name}: {fault}") from fault
        with self._changed:
            if opening is self._opening:
                self._captured += 1
                self._dropped += 1
                self._log(logging.WARNING, f"{self.name}: {fault}; left out")

    def _put(self, opening: Opening, shot: Shot) -> None:
        try:
            image = bgr_image(shot.image)
        except DetectorError as fault:
            self._leave_out(opening, fault)
            return
        fitted = self._in_one_size(image)
        with self._changed:
            if opening is not self._opening:
                return
            self._last_ns = max(shot.t_capture_ns, self._last_ns + 1)
            if self._slot is not None:
                self._dropped += 1
            self._slot = Frame(fitted, self._captured, self._last_ns, shot.t_unix_ns, scaled=fitted is not image)
            self._captured += 1
            opening.frames += 1
            opening.last_frame_s = time.monotonic()
            if self._lost:
                self._lost, self._failures = False, 0
                self._reconnects += 1
                self._log(logging.INFO, f"{self.name} reconnected")
            self._changed.notify_all()
