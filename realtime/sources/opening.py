"""One connection to a device, which `LiveSource` replaces when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import PoseError


class Opening:
    """The state of one connection, and the thread that reads it."""

    def __init__(self, body: Callable[[Opening], None], name: str) -> None:
        self.stop = threading.Event()
        self.finished = False
        self.fault: Exception | None = None
        self.frames = 0
        self.last_frame_s = time.monotonic()  # or the start, before the first frame
        self.thread = threading.Thread(target=body, args=(self,), name=f"capture {name}", daemon=True)
        self._name = name

    @property
    def detail(self) -> str:
        """The fault in one line."""
        line = str(self.fault).partition("\n")[0]
        return line if self.bug is None else f"{self._name}: {': '.join(filter(None, (type(self.bug).__name__, line)))}"

    @property
    def bug(self) -> Exception | None:
        """The fault if it is none that a user can mend."""
        return None if isinstance(self.fault, PoseError) else self.fault
