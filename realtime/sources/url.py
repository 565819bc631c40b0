"""Network cameras: MJPEG and RTSP addresses through OpenCV's FFmpeg; also video files on a server.

OpenCV's wheels bring an OpenSSL that is no longer mended (1.1.1): `https` and `rtsps` are for
cameras of one's own network.
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
from .live import LiveSource
from .paced import PacedClip
from .remote_file import RemoteFile
from .request import Request

SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtp", "udp", "tcp", "srt")

OPEN_TIMEOUT_S = 5.0  # to connect, and to see enough of the stream to decode it
READ_TIMEOUT_S = 1.4  # below `live.STALL_S`, so that a dead connection is closed, not abandoned


def open_source(request: Request) -> Source:
    """A stream by its address.  Raises SourceError; the text never holds a password."""
    name = shown(request.where)
    scheme = name.partition(":")[0]
    if scheme not in SCHEMES:
        raise SourceError(f"{scheme}:// is no address of a stream; known are {', '.join(SCHEMES)}")
    return open_stream(request.where, name)


def open_stream(address: str, name: str, *, read_timeout_s: float = READ_TIMEOUT_S) -> LiveSource:
    """A `LiveSource` over an address; reading gives up after `read_timeout_s`.

    What tells its length is a recording: it is played at its own pace and ends.
    """
    cv2: Any = optional.opencv("a network camera")
    limits = (
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_TIMEOUT_S * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(read_timeout_s * 1000)),
    )

    def open_grabber(stop: threading.Event) -> Grabber:
        grabber = OpenCvGrabber(address, stop, name=name, backend=cv2.CAP_FFMPEG, parameters=limits)
        return PacedClip(RemoteFile(grabber), stop, loop=False) if grabber.duration_s else grabber

    return LiveSource(open_grabber, name, open_timeout_s=OPEN_TIMEOUT_S, hint="is the address right?")


def shown(address: str) -> str:
    """The address without user, password, query: fit for logs and messages.

    Raises SourceError if it cannot be taken apart.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        # Neither the address nor the error, which may quote it: a password may be in them.
        raise SourceError("the address is not one; it should look like http://192.168.0.2:8080/video") from None
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
