"""The contract of whatever reads one device: a camera, an address, a recording that is played."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..pose import Image


class Shot(NamedTuple):
    """What a grabber gives: an image (BGR) and when it was taken, on both clocks."""

    image: Image
    t_capture_ns: int
    t_unix_ns: int


class Grabber(Protocol):
    """A blocking reader of one device; made, used and closed in one thread.

    `recorded`: it reads a recording, which may pause and is not opened again.
    """

    recorded: bool

    def grab(self) -> Shot:
        """The next new image.

        Raises EndOfSource if there are no more, SourceError if the device has failed.
        """

    def close(self) -> None:
        """Free the device."""


# Opens the device, or raises SourceError.  The event is set when nobody wants its frames any
# more: a grabber that waits, waits on it.
OpenGrabber = Callable[[threading.Event], Grabber]
