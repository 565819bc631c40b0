"""H.264 films in mp4 files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..pose import Image
from ..runtime import optional
from .files import film_errors

_TICKS_HZ = 90_000


class Mp4:
    """H.264 in a fragmented mp4, which remains playable if the process is killed.

    The first picture sets the size, cropped to even numbers; later ones are scaled to it.
    """

    def __init__(self, path: Path, fps: float) -> None:
        av: Any = optional.load("av", "an mp4", "pip install av, or record a .gif")
        self._av = av
        self._path = path
        self.frames = 0
        self._last_tick = -1
        self._to_yuv = av.video.reformatter.VideoReformatter()  # the frame's own reformat would set one up each time
        self._closed = False
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
        self._stream.options = {"crf": "20", "preset": "veryfast"}
        self._stream.codec_context.gop_size = round(fps)  # one fragment per second
        self._stream.codec_context.max_b_frames = 0  # B-frames would delay the start in a fragmented file
        self._stream.codec_context.time_base = Fraction(1, _TICKS_HZ)

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at time `t_s`, which must increase."""
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if not self.frames:
            self._stream.width, self._stream.height = width, height
        # No copy: the conversion has finished before this method returns.
        frame = self._av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image[:height, :width]), "rgba")
        frame = self._to_yuv.reformat(frame, self._stream.width, self._stream.height, "yuv420p")
        self._last_tick = frame.pts = max(self._last_tick + 1, round(t_s * _TICKS_HZ))
        frame.time_base = Fraction(1, _TICKS_HZ)
        with film_errors(self._path):
            self._file.mux(self._stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self._closed:
            return
        self._closed = True
        with film_errors(self._path):
            if self.frames:
                self._file.mux(self._stream.encode(None))
            self._file.close()
        if not self.frames and not self._path.stat().st_size:
            self._path.unlink()
