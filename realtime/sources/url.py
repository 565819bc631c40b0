"""Network cameras: MJPEG and RTSP addresses through OpenCV's FFmpeg.

OpenCV's wheels bring an OpenSSL that is no longer mended (1.1.1): `https` and `rtsps` are for
cameras of one's own network.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .. import optional
from ..errors import SourceError
from ..stages import Source
from .live import LiveSource
from .opencv import OpenCvGrabber
from .request import Request

SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtp", "udp", "tcp", "srt")

OPEN_TIMEOUT_S = 5.0  # to connect, and to see enough of the stream to decode it
READ_TIMEOUT_S = 1.4  # below `live.STALL_S`, so that a dead connection is closed, not abandoned


def open_source(request: Request) -> Source:
    """A stream by its address.  Raises SourceError; the text never holds a password."""
    name = shown(request.where)
    scheme = urlsplit(request.where).scheme.lower()
    if scheme not in SCHEMES:
        raise SourceError(f"{scheme}:// is no address of a stream; known are {', '.join(SCHEMES)}")
    return open_stream(request.where, name)


def open_stream(address: str, name: str, *, read_timeout_s: float = READ_TIMEOUT_S) -> LiveSource:
    """A `LiveSource` over an address; reading gives up after `read_timeout_s`."""
    cv2: Any = optional.opencv("a network camera")
    limits = (
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_TIMEOUT_S * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(read_timeout_s * 1000)),
    )
    open_grabber = partial(OpenCvGrabber, address, name=name, backend=cv2.CAP_FFMPEG, parameters=limits)
    return LiveSource(open_grabber, name, open_timeout_s=OPEN_TIMEOUT_S, hint="is the address right?")


def shown(address: str) -> str:
    """The address without user, password, query: fit for logs and messages."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
