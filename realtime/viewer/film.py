"""Pictures into an mp4 or gif."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingLibrary, RecordError, UsageError

Image = NDArray[np.uint8]

_log = logging.getLogger(__name__)

_TICKS_HZ = 90_000
_GIF_STEP_MS = 10  # a gif counts in hundredths of a second
_GIF_SHORTEST_MS = 20  # browsers slow down anything faster
_GIF_FRAMES = 1800  # a minute at 30 fps; all are held in memory


class Film(Protocol):
    """Takes pictures (H, W, 4) uint8 RGBA with their times; `close` completes the file."""

    frames: int

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture; times rise."""

    def close(self) -> None:
        """Complete the file; may be called twice."""


def open_film(path: Path, fps: float) -> Film:
    """A film by the ending of `path`: .mp4 or .gif.

    `fps` is the rate to prepare for; frames are shown at their own times.  Raises
    UsageError for another ending, RecordError where the file cannot be written.
    """
    kinds: dict[str, Callable[[Path, float], Film]] = {".mp4": Mp4, ".gif": Gif}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"--record writes .mp4 or .gif, not {path.name!r}")
    if not path.parent.is_dir():
        raise RecordError(f"cannot write {path}: there is no folder {path.parent}")
    return kind(path, fps)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Faults of the disk in one line."""
    try:
        yield
    except (OSError, ValueError) as fault:  # PyAV's errors are also these
        raise RecordError(f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}") from fault


class Mp4:
    """H.264 in a fragmented mp4: what is written can be played after any end, even a kill.

    The first picture sets the size, cut to even numbers; later ones are scaled to it.
    """

    def __init__(self, path: Path, fps: float) -> None:
        try:
            import av
        except ImportError as fault:
            raise MissingLibrary("an mp4 needs PyAV: pip install av, or record a .gif") from fault
        self._av = av
        self._path = path
        self.frames = 0
        self._last_tick = -1
        self._closed = False
        with _told(path):
            path.open("ab").close()  # now, not at the first picture
            self._file = av.open(
                str(path),
                "w",
                format="mp4",
                options={"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"},
            )
            self._stream = self._file.add_stream("libx264", rate=round(fps))
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": "20", "preset": "veryfast"}
        self._stream.codec_context.gop_size = round(fps)  # a fragment each second
        self._stream.codec_context.max_b_frames = 0  # they would delay the start, in a fragmented file
        self._stream.codec_context.time_base = Fraction(1, _TICKS_HZ)

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at a time; times rise."""
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if not self.frames:
            self._stream.width, self._stream.height = width, height
        frame = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(image[:height, :width]), "rgba")
        frame = frame.reformat(self._stream.width, self._stream.height, "yuv420p")
        self._last_tick = frame.pts = max(self._last_tick + 1, round(t_s * _TICKS_HZ))
        frame.time_base = Fraction(1, _TICKS_HZ)
        with _told(self._path):
            self._file.mux(self._stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self._closed:
            return
        self._closed = True
        with _told(self._path):
            if self.frames:
                self._file.mux(self._stream.encode(None))
            self._file.close()
        if not self.frames and not self._path.stat().st_size:
            self._path.unlink()


class Gif:
    """A looping gif.  It is written on `close`, whole or not at all; until then its
    pictures are in memory, so that it takes no more than 1800."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._frame_ms = 1000 / fps
        self._pictures: list[Any] = []
        self._times_s: list[float] = []
        self._part = path.with_name(path.name + ".part")
        self.frames = 0
        self._is_full = False
        with _told(path):  # now, not after a minute of recording
            self._part.touch()

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at a time; times rise.  What is too many is left out."""
        from PIL import Image as Pillow

        if self.frames >= _GIF_FRAMES:
            self._tell_full()
            return
        picture = Pillow.fromarray(np.ascontiguousarray(image[..., :3]))
        if self._pictures and picture.size != self._pictures[0].size:
            picture = picture.resize(self._pictures[0].size)
        self._pictures.append(picture.quantize(128, dither=Pillow.Dither.NONE))
        self._times_s.append(t_s)
        self.frames += 1

    def _tell_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            _log.warning("%s is full with %d pictures: record an .mp4 for more", self._path, self.frames)

    def close(self) -> None:
        """Write the file; may be called twice."""
        try:
            if self._pictures:
                with _told(self._path):
                    self._save()
        finally:
            self._part.unlink(missing_ok=True)
            self._pictures = []

    def _save(self) -> None:
        first, *rest = self._pictures
        first.save(self._part, "GIF", save_all=True, append_images=rest, loop=0, duration=self._durations_ms())
        self._part.replace(self._path)

    def _durations_ms(self) -> list[int]:
        ends_s = [*self._times_s[1:], self._times_s[-1] + self._frame_ms / 1000]
        ticks = np.round(np.array([self._times_s[0], *ends_s]) * 1000 / _GIF_STEP_MS).astype(int)
        durations_ms: list[int] = np.maximum(np.diff(ticks) * _GIF_STEP_MS, _GIF_SHORTEST_MS).tolist()
        return durations_ms
