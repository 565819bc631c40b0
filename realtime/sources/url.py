"""Network cameras: MJPEG and RTSP streams through OpenCV's FFmpeg; also video files on a server.

OpenCV's wheels contain an OpenSSL without security updates (1.1.1): use `https` and `rtsps`
only for cameras in your own network.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from ..errors import SourceError
from ..runtime import optional
from ..stages import Source
from .cameras.opencv import OpenCvGrabber
from .grabber import Grabber
from .paced import PacedClip
from .reconnecting import LiveSource
from .remote_file import RemoteFile
from .request import Request

SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtp", "udp", "tcp", "srt")

OPEN_TIMEOUT_S = 5.0  # to connect and to probe the stream
READ_TIMEOUT_S = 1.4  # below `reconnecting.STALL_S`, so that a lost connection is closed, not abandoned


def open_source(request: Request) -> Source:
    """Open a stream by its URL.  Raises SourceError; its text never contains a password."""
    name = shown(request.where)
    scheme = name.partition(":")[0]
    if scheme not in SCHEMES:
        raise SourceError(f"{scheme}:// is not supported; use one of {', '.join(SCHEMES)}")
    return open_stream(request.where, name)


def open_stream(address: str, name: str, *, read_timeout_s: float = READ_TIMEOUT_S) -> LiveSource:
    """A `LiveSource` for a URL; reading fails after `read_timeout_s` without data.

    A stream with a declared duration is a recording: it is paced in real time and ends.
    """
    cv2: Any = optional.opencv("a network camera")
    limits = (
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_TIMEOUT_S * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(read_timeout_s * 1000)),
    )

    def open_grabber(stop: threading.Event) -> Grabber:
        grabber = OpenCvGrabber(address, stop, name=name, backend=cv2.CAP_FFMPEG, parameters=limits)
        return PacedClip(RemoteFile(grabber), stop, loop=False) if grabber.duration_s else grabber

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
