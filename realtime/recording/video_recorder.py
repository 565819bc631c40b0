"""Keeps the camera's video beside the recorded poses, without holding a pose up."""

from __future__ import annotations

import logging
import queue
import threading
import time
from pathlib import Path
from typing import Any

from ..errors import MissingLibrary, RecordError
from ..formats.recorded_video import VIDEO, is_recording
from ..pose import Estimate, Frame
from ..runtime import optional
from ..runtime.hints import pip
from ..runtime.text import Field, counted
from .clock import RecordingClock
from .free_space import MIN_FREE_BYTES, lacking_bytes
from .video_file import VideoFile
from .writing_thread import join_while_writing

_log = logging.getLogger(__name__)

_QUEUE_BYTES = 64 * 2**20  # 2.4 s of 640x480 at 30 fps, 0.8 s of 1280x720
_CHECK_EVERY_S = 1.0
# The video pauses before the disk is too full for the poses, which take 220 bytes each.
_ROOM_FOR_POSES = 1.2
_ROOM_FOR_POSES_BYTES = 10**7


class VideoRecorder:
    """A sink that writes the frame of every estimate to video.mp4 and its time to video_time.npy in
    `folder`, which a Recorder holds: see `formats.recorded_video`.

    A thread encodes.  What is too fast for it or for the disk is left out of the video and counted
    in `missed`; `frames` are in it.  When the disk is nearly full the video pauses, before the poses
    do; after a failed write it ends.  Either is named in `fault`, with one warning.  A crash costs
    at most its last second.

    One thread may call it; a call takes some microseconds.  Raises MissingLibrary without PyAV or
    its H.264 encoder.
    """

    def __init__(self, folder: str | Path, clock: RecordingClock, *, min_free_bytes: int = MIN_FREE_BYTES) -> None:
        _require_encoder()
        self.folder = Path(folder)
        self.fault = ""
        self.frames = self.missed = 0
        self._clock = clock
        self._min_free_bytes = round(min_free_bytes * _ROOM_FOR_POSES) + _ROOM_FOR_POSES_BYTES
        self._file: VideoFile | None = None
        self._ended = ""  # why nothing more is written
        self._check_due_s = 0.0
        self._bug: BaseException | None = None
        self._newest_index: int | None = None
        self._lock = threading.Lock()  # of the two numbers that both threads change
        self._queued_bytes = 0
        self._is_slow = False
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._main, name="video", daemon=True)
        self._thread.start()
        _log.info("the camera's video is kept in %s (--save-video)", self.folder / VIDEO)

    def __call__(self, estimate: Estimate) -> None:
        """Queue the frame, once for all people in it."""
        frame = estimate.frame
        if frame is None or frame.index == self._newest_index:
            return
        self._newest_index = frame.index
        with self._lock:
            is_full = self._queued_bytes > 0 and self._queued_bytes + frame.image.nbytes > _QUEUE_BYTES
            self.missed += is_full
            self._queued_bytes += 0 if is_full else frame.image.nbytes
        if not is_full:
            self._frames.put(frame)
        elif not self._is_slow and not self.fault:
            self._is_slow = True
            _log.warning("the video misses frames: encoding or the disk is too slow (the poses are complete)")

    def report(self, status: object) -> None:  # noqa: ARG002 - the interface's
        """Raise what the thread has failed with, a bug; the status is not recorded."""
        if self._bug is not None:
            raise self._bug

    def status_words(self) -> Field:
        """For the status line."""
        missed = f", {self.missed} missed" if self.missed else ""
        return Field(f"{counted(self.frames, 'video frame')}{missed}", f"video {self.frames}{missed}")

    def status_fields(self) -> dict[str, Any]:
        """The status message has no field for it; a fault is in `fault`."""
        return {}

    def close(self) -> None:
        """Write what is queued, complete the file and end the thread; may be called twice."""
        self._frames.put(None)
        if join_while_writing(self._thread, self._frames):
            _log.warning("%s could not be completed: its disk does not answer", self.folder / VIDEO)
        elif self._bug is not None:
            self.missed += self._frames.qsize()  # the end among them stands for the frame that it failed with
            _log.warning("%s has not the last frames: %r", self.folder / VIDEO, self._bug)

    # In the thread.

    def _main(self) -> None:
        try:
            while (frame := self._frames.get()) is not None:
                written = self._is_ready() and self._write(frame)
                with self._lock:
                    self._queued_bytes -= frame.image.nbytes
                    self.frames += written
                    self.missed += not written
        except BaseException as bug:  # noqa: BLE001  # raised by `report`
            self._bug = bug
        finally:
            if self._file is not None:
                self._file.close()

    def _is_ready(self) -> bool:
        """Whether a frame can be written, looked at once a second; `fault` says why not."""
        now_s = time.monotonic()
        if now_s >= self._check_due_s:
            self._check_due_s = now_s + _CHECK_EVERY_S
            self._set_fault(self._obstacle())
        return not self.fault

    def _obstacle(self) -> str:
        if self._ended:
            return self._ended
        if self._file is not None and not self._file.in_place:  # moved or deleted: a new one begins
            self._file.close()
            self._file = None
        if not is_recording(self.folder):  # until the Recorder has opened the folder again
            return f"the video is paused: the recording in {self.folder} is missing"
        try:
            if lacking := lacking_bytes(self.folder, self._min_free_bytes, paused=bool(self.fault)):
                return f"the video is paused: less than {lacking / 1e9:.3g} GB is free; free some space"
        except OSError as fault:
            return f"the video is paused: {fault.strerror}"
        return ""

    def _write(self, frame: Frame) -> bool:
        try:
            self._file = self._file or VideoFile(self.folder, self._clock)
            self._file.write(frame)
        except (OSError, RecordError) as fault:
            self._ended = f"the video has ended: {getattr(fault, 'strerror', None) or fault}"
            self._set_fault(self._ended)
            return False
        return True

    def _set_fault(self, why: str) -> None:
        if why and not self.fault:
            _log.warning("%s (the stream continues)", why)
        elif self.fault and not why:
            _log.warning("the video goes on; %s missed", counted(self.missed, "frame"))
        self.fault = why


def _require_encoder() -> None:
    av: Any = optional.load("av", "--save-video", pip("av"))
    try:
        av.Codec("libx264", "w")
    except ValueError as fault:
        raise MissingLibrary(f"--save-video needs PyAV with libx264: {pip('av')}") from fault
