"""A decoded frame as the picture that a player shows: upright, not mirrored, with square pixels."""

from __future__ import annotations

from fractions import Fraction
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any

import numpy as np

from ...pose import Image, bgr_image
from .container import MAX_PIXELS, load_av

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.stream import VideoStream

_WIDEST = Fraction(8)  # a pixel's aspect beyond this is an error in the file
_SQUARE = Fraction(1)


class UprightPictures:
    """Frames of one stream → BGR images (H, W, 3)."""

    def __init__(self, stream: VideoStream) -> None:
        # Shared by all frames: the frame's own reformat would set up its tables each time.
        self._to_bgr: Any = load_av("a video").video.reformatter.VideoReformatter()
        self._stream = stream

    def __call__(self, frame: VideoFrame) -> Image:
        """The picture; it may share memory with nothing but itself."""
        width, height = square_size(frame.width, frame.height, self._pixel_aspect())
        image = self._to_bgr.reformat(frame, width, height, "bgr24").to_ndarray()
        return bgr_image(turned(image, display_matrix(frame)))

    def _pixel_aspect(self) -> Fraction:
        """Width of a pixel over its height: the container's word, else that of the coded frames."""
        return self._stream.sample_aspect_ratio or self._stream.codec_context.sample_aspect_ratio or _SQUARE


def square_size(width: int, height: int, pixel_aspect: Fraction) -> tuple[int, int]:
    """Size (px) at which a frame has square pixels: its shorter direction is stretched, so that
    nothing is lost.  An aspect that cannot be true is ignored."""
    if not 1 / _WIDEST <= pixel_aspect <= _WIDEST:
        return width, height
    wide, high = (round(width * pixel_aspect), height) if pixel_aspect > 1 else (width, round(height / pixel_aspect))
    return (wide, high) if wide * high <= MAX_PIXELS else (width, height)


def display_matrix(frame: VideoFrame) -> tuple[int, int, int, int] | None:
    """(a, b, c, d): a pixel at (x, y) is shown at (a x + c y, b x + d y), up to a shift; None if the
    file does not say (FFmpeg, libavutil/display.h)."""
    try:
        # Not `frame.side_data`: the frame would hold it and it the frame, hundreds of megabytes until Python next
        # looks for such circles.
        data: Any = load_av("a video").sidedata.sidedata.SideDataContainer(frame).get("DISPLAYMATRIX")
    except ValueError:  # side data of a kind that this PyAV has no name for, such as EXIF
        cosine, sine = round(cos(radians(frame.rotation))), round(sin(radians(frame.rotation)))
        return cosine, -sine, sine, cosine
    if data is None:
        return None
    matrix = np.frombuffer(bytes(data), np.int32)
    return int(matrix[0]), int(matrix[1]), int(matrix[3]), int(matrix[4])


def turned(image: Image, matrix: tuple[int, int, int, int] | None) -> Image:
    """The image as the matrix shows it, by quarter turns and mirrors; other angles go to the nearest."""
    if matrix is None or not any(matrix):
        return image
    a, b, c, d = matrix
    if abs(a) + abs(d) < abs(b) + abs(c):
        image = image.swapaxes(0, 1)
        a, d = c, b
    if a < 0:
        image = image[:, ::-1]
    if d < 0:
        image = image[::-1]
    return image
