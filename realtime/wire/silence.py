"""What the socket's process tells of a pipeline that says nothing any more.

Where native code in it holds Python's lock (GIL), or it was suspended, no thread of it can say so.  The process with
the socket goes on, and publishes the last status in its place, as invalid.
"""

from __future__ import annotations

import json
import time

SILENT_S = 1.4  # a status comes every second; with the wait for it that is told within 2 s
_EVERY_S = 1.0
_LONGEST_STEP_S = 0.6  # between two looks; after a longer one this process was suspended too
_STATUS = b"status "
_REASON = "stage_stalled"  # pose.STAGE_STALLED, without NumPy


class Silence:
    """Call `heard` with every message, and `due` twice a second."""

    def __init__(self) -> None:
        self._status = b""
        self._silent_s, self._due_s = 0.0, SILENT_S
        self._looked_s = time.monotonic()

    def heard(self, message: bytes) -> None:
        """The pipeline says something."""
        self._silent_s, self._due_s = 0.0, SILENT_S
        if message.startswith(_STATUS):
            self._status = message

    def due(self) -> bytes | None:
        """The status to publish, None as long as the pipeline tells it itself."""
        now_s = time.monotonic()
        self._silent_s += min(now_s - self._looked_s, _LONGEST_STEP_S)
        self._looked_s = now_s
        if not self._status or self._silent_s < self._due_s:
            return None
        self._due_s += _EVERY_S
        why = f"the program has said nothing for {self._silent_s:.0f} s: it was suspended, or a library in it is stuck"
        status = json.loads(self._status.removeprefix(_STATUS))
        status |= {"person": False, "valid": False, "reason": _REASON, "fps": 0.0, "fault": f"{why}; start it again"}
        status |= {"t_unix_ns": time.time_ns(), "t_publish_ns": time.monotonic_ns()}
        return _STATUS + json.dumps(status, separators=(",", ":")).encode()
