"""Small films that PyAV writes as they are asked for."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

SIZE_WH = (64, 48)
STEP_MS = 40


def grey(_number, width, height):
    """The default picture of `film`: grey with a blue top left corner."""
    image = np.full((height, width, 3), 120, np.uint8)
    image[: height // 4, : width // 4] = (255, 0, 0)
    return image


def film(
    path, count=10, times_ms=None, size_wh=SIZE_WH, codec="libx264", pix_fmt="yuv420p", *, picture=grey, options=None
):
    """Write a film of `picture(number, width, height)`, BGR, stamped `times_ms`; `options` are the codec's."""
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = size_wh
        stream.pix_fmt = pix_fmt
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 5
        stream.options = options or {}
        container.start_encoding()
        for number, time_ms in enumerate([STEP_MS * i for i in range(count)] if times_ms is None else times_ms):
            frame = av.VideoFrame.from_ndarray(picture(number, *size_wh), format="bgr24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def still(path, count, size_wh=SIZE_WH):
    """Write a film of one picture that is encoded once, so that a long one is quick to make."""
    with av.open(f"file:{path}", "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height = size_wh
        stream.pix_fmt = "yuvj420p"
        (packet,) = stream.encode(av.VideoFrame.from_ndarray(grey(0, *size_wh), format="bgr24"))
        data = bytes(packet)
        for number in range(count):
            again = av.Packet(data)
            again.stream, again.time_base = stream, Fraction(1, 25)
            again.pts = again.dts = number
            again.duration, again.is_keyframe = 1, True
            container.mux(again)
    return path
