"""video.mp4 and video_time.npy while they are written."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing, suppress
from os.path import samestat
from pathlib import Path

import numpy as np

from ..errors import RecordError
from ..films.mp4 import Mp4
from ..formats.joints_npy import TIMES_DTYPE
from ..formats.recorded_video import VIDEO, VIDEO_TIMES
from ..pose import Frame
from .clock import RecordingClock
from .npy_log import NpyLog

_NOMINAL_FPS = 30.0  # every frame has a time stamp of its own


class VideoFile:
    """The frames of a camera in `folder`, each with its capture time; the first one sets the size.

    Raises OSError (FileExistsError instead of overwriting) or RecordError where it cannot be
    written.  One thread uses it.
    """

    def __init__(self, folder: Path, clock: RecordingClock) -> None:
        self._clock = clock
        self._path = folder / VIDEO
        self._first_ns: int | None = None
        with self._path.open("xb") as file:
            self._opened = os.fstat(file.fileno())
        with ExitStack() as undo:
            undo.callback(self._path.unlink, missing_ok=True)  # an empty one would be taken for a video
            self._times = undo.enter_context(closing(NpyLog(folder / VIDEO_TIMES, (), TIMES_DTYPE)))
            self._film = Mp4(self._path, _NOMINAL_FPS, pixels="bgr24", fast=True)
            undo.pop_all()

    @property
    def in_place(self) -> bool:
        """Whether the open file is still the one at its path."""
        try:
            return samestat(self._path.stat(), self._opened)
        except OSError:
            return False

    def write(self, frame: Frame) -> None:
        """Add a frame: its time first, so that no picture is without one."""
        self._first_ns = frame.t_capture_ns if self._first_ns is None else self._first_ns
        rows = self._film.frames
        self._times.put(rows, np.asarray(self._clock.unix_s(frame.t_capture_ns)))
        self._times.count(rows + 1)
        self._film.write(frame.image, (frame.t_capture_ns - self._first_ns) / 1e9)

    def close(self) -> None:
        """Complete both files as far as the disk allows; may be called twice."""
        with suppress(RecordError):
            self._film.close()
        if self.in_place:
            with suppress(OSError):
                remove_partial_fragment(self._path)
        self._times.close()


def remove_partial_fragment(path: Path) -> None:
    """Truncate a fragmented mp4 to its last whole fragment (header `moof` and data `mdat`), for players
    that refuse a broken one.  Another file is left as it is.  Raises OSError."""
    with path.open("r+b") as file:
        size, end, whole = os.fstat(file.fileno()).st_size, 0, 0
        while end + 8 <= size:
            file.seek(end)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            length = int.from_bytes(head[8:], "big") if length == 1 else length
            if length < 8 or end + length > size or (end == 0 and kind != b"ftyp"):
                break
            end += length
            whole = whole if kind == b"moof" else end
        if 0 < whole < size:
            file.truncate(whole)
