"""An account of the last seconds."""

from __future__ import annotations

from .account import Account
from .frame_quality import FrameQuality

SPAN_S = 15.0
SETTLED_S = 5.0  # earlier, somebody who steps in front of the camera would be an account's whole content


class RecentAccount:
    """Of the last 15 to 30 s, in constant memory: a new account begins every 15 s, and the one before
    it is the answer until the next begins."""

    def __init__(self) -> None:
        self.account, self._next = Account(), Account()
        self._started_s: float | None = None
        self._next_s = self._newest_s = 0.0

    @property
    def is_settled(self) -> bool:
        """Whether it is long enough to say something."""
        return self._started_s is not None and self._newest_s - self._started_s >= SETTLED_S

    def add(self, frame: FrameQuality) -> None:
        """Take in what the next estimate tells."""
        if self._started_s is None:
            self._started_s = self._next_s = frame.t_s
        self._newest_s = frame.t_s
        if frame.t_s - self._next_s >= SPAN_S:
            self.account, self._next, self._next_s = self._next, Account(), frame.t_s
        self.account.add(frame)
        self._next.add(frame)
