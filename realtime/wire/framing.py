"""Frames on a stream: four bytes of length, little-endian, then the content."""

from __future__ import annotations

from collections import deque

_LENGTH_BYTES = 4


def framed(content: bytes) -> bytes:
    """The content with its length before it."""
    return len(content).to_bytes(_LENGTH_BYTES, "little") + content


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
