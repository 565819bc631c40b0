"""The interface of films, and opening one by file extension."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

from ..errors import UsageError
from ..pose import Image
from .files import check_output
from .film_file import FilmFile
from .gif import Gif
from .mp4 import Mp4


class Film(Protocol):
    """Takes pictures (H, W, 4) uint8 RGBA with timestamps; `close` completes the file."""

    @property
    def frames(self) -> int:
        """Pictures written so far."""

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture at time `t_s`, which must increase."""

    def close(self) -> None:
        """Complete the file; may be called twice."""


class FilmInFile(Film, Protocol):
    """A film whose file can be taken back."""

    def discard(self) -> None:
        """Delete what has been recorded, whatever went wrong with it; a film that was to be replaced is kept."""


_Kind = Callable[[Path, float, Path], Film]  # the file, its rate, and the name it will have
_KINDS: dict[str, _Kind] = {".mp4": lambda path, fps, _name: Mp4(path, fps), ".gif": Gif}


def open_film(path: Path, fps: float, *, force: bool = False, staged: bool = False) -> FilmInFile:
    """A new film in the format given by the extension of `path`: .mp4 or .gif.

    `fps` is the nominal frame rate; every frame keeps its own timestamp.  `force` replaces an
    earlier film when this one is complete; a `staged` film has a temporary name until then
    (`FilmFile`).  Raises UsageError for another extension, RecordError if the file exists or
    cannot be written.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"unsupported film format {path.name!r}: use .mp4 or .gif")
    check_output(path, force=force)
    return _FilmInFile(kind, FilmFile(path, force=force, staged=staged), fps, path)


class _FilmInFile:
    """A film and the file that is held for it."""

    def __init__(self, kind: _Kind, file: FilmFile, fps: float, name: Path) -> None:
        self._file = file
        self._complete = True
        with ExitStack() as held:
            held.callback(file.close, complete=False)
            self._film = kind(file.path, fps, name)
            held.pop_all()

    @property
    def frames(self) -> int:
        """Pictures in the film."""
        return self._film.frames

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at time `t_s`, which must increase."""
        self._complete = False
        self._film.write(image, t_s)
        self._complete = True

    def close(self) -> None:
        """Complete the film and release the file; may be called twice."""
        complete, self._complete = self._complete, False
        try:
            self._film.close()
        except BaseException:
            complete = False
            raise
        finally:
            self._file.close(complete=complete)

    def discard(self) -> None:
        """Delete what has been recorded; may be called twice, and after `close`, when it does nothing."""
        self._complete = False
        with suppress(Exception):  # it may have failed already
            self._film.close()
        self._file.discard()
