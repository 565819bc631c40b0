"""A lock for one recorder per folder; the system releases it when the process ends, even if killed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from ..errors import FolderHeld, RecordError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    _HELD = PermissionError
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    _HELD = BlockingIOError


LOCK_NAME = ".recording.lock"
HELD = "another run is recording into"  # the start of FolderHeld's message


class FolderLock:
    """Held from construction to `close`.  Raises FolderHeld if another process holds it,
    RecordError if the folder cannot be locked; their advice is to change `flag`."""

    def __init__(self, folder: Path, flag: str = "--out") -> None:
        path = folder / LOCK_NAME
        try:
            self._file = path.open("ab")
        except OSError as fault:
            raise RecordError(f"cannot write to {folder}: {fault.strerror}; give another {flag}") from fault
        try:
            _lock(self._file)
        except OSError as fault:
            self._file.close()
            if isinstance(fault, _HELD):
                raise FolderHeld(f"{HELD} {folder}: stop it, or give another {flag}") from fault
            raise RecordError(f"cannot lock {path}: {fault.strerror}; give a local folder as {flag}") from fault

    def close(self) -> None:
        """Release the lock; may be called twice."""
        self._file.close()
