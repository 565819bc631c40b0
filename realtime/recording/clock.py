"""The clock of a recording: the wall clock at its start, continued by the monotonic clock."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class RecordingClock:
    """One fixed offset from the monotonic clock, in which frames are stamped, to seconds since 1970.

    Setting the wall clock during a recording changes neither its intervals nor its order.  The
    capture stamp of a row is `(t - started_unix_s) * 1e9 + started_monotonic_ns`.
    """

    started_unix_s: float
    started_monotonic_ns: int

    @classmethod
    def now(cls) -> RecordingClock:
        """The clock of a recording that starts now."""
        return cls(round(time.time(), 6), time.monotonic_ns())  # as exact as float64 and JSON hold it

    def unix_s(self, t_capture_ns: int) -> float:
        """Seconds since 1970 of a capture stamp (`Frame.t_capture_ns`), to 0.24 µs."""
        return self.started_unix_s + (t_capture_ns - self.started_monotonic_ns) / 1e9

    def about(self) -> dict[str, object]:
        """Its fields of joints.json."""
        return {"started_unix_s": self.started_unix_s, "started_monotonic_ns": self.started_monotonic_ns}
