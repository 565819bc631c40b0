"""The interface of grabbers, which read one device: a camera, a stream, a paced recording."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..pose import Image


class Shot(NamedTuple):
    """A captured image (BGR) and its capture time on the monotonic and the Unix clock, ns."""

    image: Image
    t_capture_ns: int
    t_unix_ns: int


class Grabber(Protocol):
    """A blocking reader of one device; created, used and closed in one thread.

    `recorded`: it reads a recording, which may pause and is not reopened.
    """

    recorded: bool

    def grab(self) -> Shot:
        """The next new image.

        Raises EndOfSource at the end, SourceError if the device has failed.
        """

    def close(self) -> None:
        """Free the device."""


# Opens the device, or raises SourceError.  The event is set to stop the grabber: anything in it
# that waits must wait on the event.
OpenGrabber = Callable[[threading.Event], Grabber]
