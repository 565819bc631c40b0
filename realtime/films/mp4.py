"""Pictures into an mp4."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import MissingLibrary
from ..pose import Image
from .files import told

_TICKS_HZ = 90_000


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
        self._to_yuv = av.video.reformatter.VideoReformatter()  # a frame's own would be set up anew each time
        self._closed = False
        with told(path):
            path.open("ab").close()  # now, not at the first picture
            self._file = av.open(
                f"file:{path}",  # else FFmpeg takes a name with a colon for a protocol
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
        # Not copied: the converter is done with it before this returns.
        frame = self._av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image[:height, :width]), "rgba")
        frame = self._to_yuv.reformat(frame, self._stream.width, self._stream.height, "yuv420p")
        self._last_tick = frame.pts = max(self._last_tick + 1, round(t_s * _TICKS_HZ))
        frame.time_base = Fraction(1, _TICKS_HZ)
        with told(self._path):
            self._file.mux(self._stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self._closed:
            return
        self._closed = True
        with told(self._path):
            if self.frames:
                self._file.mux(self._stream.encode(None))
            self._file.close()
        if not self.frames and not self._path.stat().st_size:
            self._path.unlink()
