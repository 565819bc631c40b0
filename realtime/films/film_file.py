"""The file of a film while it is being recorded: taken, so that two programs never write the same one."""

from __future__ import annotations

import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import RecordError
from ..runtime.new_files import exists_already, give_name, os_errors_as_record_error
from .files import OVERWRITE, film_errors

if sys.platform == "win32":

    def _lock(file: BinaryIO) -> None:
        """Not needed: Windows does not let a file be replaced or deleted while it is open."""
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        with suppress(OSError):  # a disk without locks
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise RecordError(f"another program is recording {file.name}: stop it, or give another name") from fault


class FilmFile:
    """An empty new file at `path`, held from construction to `close`.

    It has the film's own name from the start, so that what a killed program has recorded is where
    it was asked for (an mp4 can be played at any moment), and is created exclusively, so that a
    second program is refused.  Only where the name may not change hands before the film is complete
    is it beside it, as walk.part.mp4: if `staged`, and if `force` is about to replace an earlier film.

    Raises RecordError if there is a film already (unless `force`), if another program is recording
    it, or if it cannot be written.
    """

    def __init__(self, path: Path, *, force: bool = False, staged: bool = False) -> None:
        self._final, self._force = path, force
        self._closed = False
        replaces = force and path.is_file()
        self.path = path.with_suffix(f".part{path.suffix}") if staged or replaces else path
        with film_errors(path), ExitStack() as held:
            if replaces and sys.platform != "win32":  # there the open file could not be replaced
                _lock(held.enter_context(path.open("ab")))
            _lock(held.enter_context(self._created()))
            self._held = held.pop_all()

    def _created(self) -> BinaryIO:
        try:
            return self.path.open("xb")
        except FileExistsError as fault:
            if self.path == self._final:
                raise exists_already(self.path, OVERWRITE) from fault
            raise RecordError(
                f"{self.path} exists already: another program is recording it, or left it when it was killed; "
                "move it, or give another name"
            ) from fault

    def close(self, *, complete: bool) -> None:
        """Give a complete film its name; delete an empty one.  May be called twice."""
        self._held.close()
        if self._closed or not self.path.exists():
            return
        self._closed = True  # from now on the name may be another program's
        with os_errors_as_record_error(self._final, f"; the film is {self.path}"):
            if not self.path.stat().st_size:
                self.path.unlink()
            elif complete and self.path != self._final:
                self._give_name()

    def discard(self) -> None:
        """Delete what has been recorded; a film that was to be replaced is kept.  May be called twice."""
        self._held.close()
        if not self._closed:
            self._closed = True
            self.path.unlink(missing_ok=True)

    def _give_name(self) -> None:
        if self._force:
            self.path.replace(self._final)
            return
        try:
            give_name(self.path, self._final)
        except RecordError as fault:
            raise RecordError(f"{fault}; the film is {self.path}") from fault
