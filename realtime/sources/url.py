"""Network cameras (MJPEG, RTSP and others) and video files on a server, through PyAV's FFmpeg.

FFmpeg does not check the certificates of `https` and `rtsps`: the connection is encrypted, but the
camera's identity is not verified.
"""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

from ..errors import SourceError
from ..stages import Source
from .grabber import Grabber
from .paced import PacedClip
from .reconnecting import LiveSource
from .request import Request
from .streams.address import NetworkGrabber, connect
from .video import stream_number

SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtp", "udp", "tcp", "srt")

OPEN_TIMEOUT_S = 5.0  # to connect and to probe the stream
READ_TIMEOUT_S = 1.4  # below `reconnecting.STALL_S`, so that a lost connection is closed, not abandoned


def open_source(request: Request) -> Source:
    """Open a stream by its URL.  Raises SourceError; its text never contains a password."""
    name = shown(request.where)
    scheme = name.partition(":")[0]
    if scheme not in SCHEMES:
        raise SourceError(f"{scheme}:// is not supported; use one of {', '.join(SCHEMES)}")
    return open_stream(request.where, name, number=stream_number(request.video))


def open_stream(
    address: str, name: str, *, read_timeout_s: float = READ_TIMEOUT_S, number: int | None = None
) -> LiveSource:
    """A `LiveSource` for a URL; reading fails after `read_timeout_s` without data.  `number` is that of
    the stream to take of several.

    A stream with a declared duration is a recording: it is paced in real time and ends.
    """

    def open_grabber(stop: threading.Event) -> Grabber:
        stream = connect(address, name, stop, timeout_s=(OPEN_TIMEOUT_S, read_timeout_s), number=number)
        return stream if isinstance(stream, NetworkGrabber) else PacedClip(stream, stop, loop=False)

    return LiveSource(open_grabber, name, open_timeout_s=OPEN_TIMEOUT_S, hint="is the URL correct?")


def shown(address: str) -> str:
    """The URL without user name, password and query, for logs and messages.

    Raises SourceError if it cannot be parsed.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        # Show neither the URL nor the error, which may quote it: they may contain a password.
        raise SourceError("invalid stream address; it should look like http://192.168.0.2:8080/video") from None
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
