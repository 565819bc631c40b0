"""H.264 films in mp4 files."""

from __future__ import annotations

from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RecordError
from ..pose import Image
from ..runtime import optional
from ..runtime.hints import pip
from .files import film_errors

_TICKS_HZ = 90_000
_LAST_BOX_BYTES = 16  # mfro, the end of a file in fragments (ISO/IEC 14496-12, 8.8.11)
_KEYFRAME_EVERY_S = 0.8  # a fragment each: what a killed process may lose, which has to be less than a second
# Pictures that wait in the encoder are lost with a killed process: few of them, and a few more for each thread.
_SMALL: dict[str, object] = {"crf": "20", "preset": "veryfast", "rc-lookahead": "3"}
_THREADS = 4
_FAST: dict[str, object] = {"crf": "20", "preset": "ultrafast", "tune": "zerolatency"}


class Mp4:
    """H.264 in a fragmented mp4, which remains playable if the process is killed.

    The first picture sets the size, cropped to even numbers; later ones are scaled to it.  `pixels`
    is their format.  `fast`, for a camera's pictures beside other work: in a quarter of the time, on
    one core, without a picture that waits in the encoder, for a file up to twice the size.
    """

    def __init__(self, path: Path, fps: float, *, pixels: str = "rgba", fast: bool = False) -> None:
        av: Any = optional.load("av", "an mp4", f"{pip('av')}, or record a .gif")
        self._av = av
        self._path = path
        self.frames = 0
        self._pixels = pixels
        self._last_tick, self._keyframe_due_tick = -1, 0
        self._step_ticks = round(_TICKS_HZ / fps)  # how long the newest picture is shown, as far as is known
        self._to_yuv = av.video.reformatter.VideoReformatter()  # the frame's own reformat would set one up each time
        self._closed = self._failed = False
        with film_errors(path):
            path.open("ab").close()  # fail now, not at the first picture
            self._file = av.open(
                f"file:{path}",  # otherwise FFmpeg parses a name with a colon as a protocol
                "w",
                format="mp4",
                options={"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"},
            )
            self._stream = self._file.add_stream("libx264", rate=round(fps))
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = _FAST if fast else _SMALL
        self._stream.codec_context.thread_count = 1 if fast else _THREADS
        self._stream.codec_context.gop_size = round(fps * _KEYFRAME_EVERY_S)
        self._stream.codec_context.max_b_frames = 0  # B-frames would delay the start in a fragmented file
        self._stream.codec_context.time_base = Fraction(1, _TICKS_HZ)

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, channels of `pixels`) at time `t_s`, which must increase."""
        height, width = (max(2, side // 2 * 2) for side in image.shape[:2])
        if not self.frames:
            self._stream.width, self._stream.height = width, height
        # No copy: the conversion has finished before this method returns.
        frame = self._av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image[:height, :width]), self._pixels)
        frame = self._to_yuv.reformat(frame, self._stream.width, self._stream.height, "yuv420p")
        frame.pts = max(self._last_tick + 1, round(t_s * _TICKS_HZ))
        frame.time_base = Fraction(1, _TICKS_HZ)
        if self.frames:
            self._step_ticks = frame.pts - self._last_tick
        self._last_tick = frame.pts
        if frame.pts >= self._keyframe_due_tick:  # by time: a slow camera has fewer pictures a second
            frame.pict_type = self._av.video.frame.PictureType.I
            self._keyframe_due_tick = frame.pts + round(_KEYFRAME_EVERY_S * _TICKS_HZ)
        self._mux(frame)
        self.frames += 1

    def _mux(self, frame: Any) -> None:
        self._failed = True  # unless it succeeds
        with film_errors(self._path):
            for packet in self._stream.encode(frame):
                packet.duration = self._step_ticks  # the file's last one counts: the film lasts until its end
                self._file.mux(packet)
        self._failed = False

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self._closed:
            return
        self._closed = True
        with film_errors(self._path), closing(self._file):
            if self.frames and not self._failed:  # FFmpeg crashes on a second attempt to write a header
                self._mux(None)
        if not self.frames and not self._path.stat().st_size:
            with suppress(PermissionError):  # on Windows where `FilmFile` has it open, which deletes it later
                self._path.unlink()
        elif self.frames and not self._failed and self._path.is_file():
            self._check_end()

    def _check_end(self) -> None:
        """Raise RecordError unless the file has its last box: FFmpeg does not tell that a disk was full then."""
        with self._path.open("rb") as file:
            file.seek(-min(_LAST_BOX_BYTES, self._path.stat().st_size), 2)
            if file.read()[4:8] != b"mfro":
                raise RecordError(f"cannot write {self._path} (its end is missing: is the disk full?)")
