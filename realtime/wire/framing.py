"""Frames on a stream: four bytes of length, little-endian, then the content."""

from __future__ import annotations

import socket as system
from collections import deque
from contextlib import suppress

_LENGTH_BYTES = 4


def framed(content: bytes) -> bytes:
    """The content with its length before it."""
    return len(content).to_bytes(_LENGTH_BYTES, "little") + content


class FrameWriter:
    """Frames that wait for a stream that does not block: at most `room`, the oldest is dropped.

    `dropped` counts these.  What the stream has taken in part is completed before another frame.
    """

    def __init__(self, room: int) -> None:
        self.dropped = 0
        self._waiting: deque[bytes] = deque(maxlen=room)
        self._partial = b""

    def put(self, content: bytes) -> None:
        """Add a frame."""
        self.dropped += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(framed(content))

    def begin_anew(self, content: bytes) -> None:
        """The stream is a new one: this frame comes first, then those that wait."""
        self._partial = framed(content)

    def flush(self, stream: system.socket) -> None:
        """Write what the stream takes now."""
        with suppress(OSError):  # it is full, or closed at the other end, which its reader finds
            while self._partial or self._waiting:
                self._partial = self._partial or self._waiting.popleft()
                self._partial = self._partial[stream.send(self._partial) :]


class FrameReader:
    """Cuts a stream into frames, however its bytes arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._frames: deque[bytes] = deque()

    @property
    def complete(self) -> bool:
        """Whether a frame can be taken."""
        return bool(self._frames)

    def feed(self, data: bytes) -> None:
        """Add what has arrived."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(self._buffer[:_LENGTH_BYTES], "little")
            if len(self._buffer) < end:
                return
            self._frames.append(bytes(self._buffer[_LENGTH_BYTES:end]))
            del self._buffer[:end]

    def take(self) -> bytes:
        """The oldest complete frame."""
        return self._frames.popleft()

    def take_newest(self) -> bytes:
        """The newest complete frame; those before it are discarded."""
        newest = self._frames.pop()
        self._frames.clear()
        return newest
