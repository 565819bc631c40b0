"""A stream behind a network address: newest frame first, as a grabber; or a recording on a server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ...errors import SourceError
from ...stages import EndOfSource
from ..clip import Picture
from ..grabber import Shot
from .container import errors_as_source_error, film_stream, load_av, open_address
from .film import Film
from .upright import UprightPictures

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

log = logging.getLogger("realtime.sources")

PAUSE_S = 1.0  # after a longer pause (a suspended process) what the network has buffered is stale
WAITED_S = 0.005  # a frame that had to be waited for this long is new
SKIP_S = 1.0  # a stream that never has to be waited for is taken as it comes after this time


class NetworkGrabber:
    """The pictures of a live stream, stamped when they arrive.

    A stream that ends, fails, or is silent for the read time-out of its container raises SourceError.
    """

    recorded = False

    def __init__(
        self,
        container: InputContainer,
        name: str,
        stop: threading.Event,
        read_timeout_s: float,
        number: int | None = None,
    ) -> None:
        self._name, self._stop, self._container = name, stop, container
        self._read_timeout_s = read_timeout_s
        self._stream = film_stream(container, name, number)
        # Frame threads would hold back as many frames as there are cores.
        self._stream.thread_type = "SLICE"
        self._picture_of = UprightPictures(self._stream)
        self._arrivals = self._arriving()
        self._grabbed_s = -PAUSE_S  # connecting has taken time, in which frames were buffered

    def grab(self) -> Shot:
        """The next picture; what was buffered during a pause of this process is skipped."""
        began_s = time.monotonic()
        paused = began_s - self._grabbed_s > PAUSE_S
        while True:
            asked_s = time.monotonic()
            frame, t_capture_ns, t_unix_ns = next(self._arrivals)
            self._grabbed_s = t_capture_ns / 1e9
            if not paused or self._grabbed_s - asked_s > WAITED_S or self._grabbed_s - began_s > SKIP_S:
                return Shot(self._picture_of(frame), t_capture_ns, t_unix_ns)

    def close(self) -> None:
        """Close the connection."""
        self._arrivals.close()  # it refers to this grabber, whose decoder would keep its threads
        self._container.close()

    def _arriving(self) -> Generator[tuple[VideoFrame, int, int], None, None]:
        """Decoded frames and their times of arrival on the monotonic and the Unix clock, ns."""
        fault: type[Exception] = load_av("a stream").error.FFmpegError
        packets: Any = self._container.demux(self._stream)
        while not self._stop.is_set():
            packet = self._next_packet(packets)
            t_capture_ns, t_unix_ns = time.monotonic_ns(), time.time_ns()
            try:
                frames = self._stream.decode(packet)
            except fault:  # until the first key frame, and where packets were lost
                continue
            for frame in frames:
                yield frame, t_capture_ns, t_unix_ns
        raise EndOfSource

    def _next_packet(self, packets: Iterator[Any]) -> Any:
        asked_s = time.monotonic()
        with errors_as_source_error(self._name, "has stopped delivering frames"):
            packet = next(packets, None)
        if packet is None or packet.size == 0:
            raise SourceError(f"{self._name} has ended")
        if time.monotonic() - asked_s >= self._read_timeout_s:  # FFmpeg gives what it held back before it fails
            raise SourceError(f"{self._name} has stopped delivering frames (timed out)")
        return packet


class NetworkFilm:
    """A recording behind an address, as a `clip.Reader` that reads the open connection once."""

    def __init__(self, container: InputContainer, name: str, number: int | None = None) -> None:
        self.name = name
        self._container = container
        self._film = Film(container, name, number=number)

    @property
    def broken(self) -> int:
        """Frames that could not be decoded."""
        return self._film.broken

    def pictures(self) -> Generator[Picture, None, None]:
        """Upright images and their times since the first one, ns; closes the connection at the end."""
        with closing(self._container):
            yield from self._film.pictures()


def connect(
    address: str, name: str, stop: threading.Event, *, timeout_s: tuple[float, float], number: int | None = None
) -> NetworkGrabber | NetworkFilm:
    """The stream at an address: a recording if it declares a duration.  `timeout_s`: to connect and
    probe, and to wait for data; `number` as for `film_stream`.  Raises SourceError; its text contains
    `name` but not the address."""
    container = open_address(address, name, timeout_s=timeout_s)
    try:
        if container.duration:
            return NetworkFilm(container, name, number)
        return NetworkGrabber(container, name, stop, timeout_s[1], number)
    except BaseException:
        container.close()
        raise
