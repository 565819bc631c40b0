"""The interface of films, and opening one by file extension."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..errors import RecordError, UsageError
from ..pose import Image
from .gif import Gif
from .mp4 import Mp4


class Film(Protocol):
    """Takes pictures (H, W, 4) uint8 RGBA with timestamps; `close` completes the file."""

    frames: int

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture at time `t_s`, which must increase."""

    def close(self) -> None:
        """Complete the file; may be called twice."""


def open_film(path: Path, fps: float) -> Film:
    """A film in the format given by the extension of `path`: .mp4 or .gif.

    `fps` is the nominal frame rate; every frame keeps its own timestamp.  Raises UsageError
    for another extension, RecordError if the file cannot be written.
    """
    kinds: dict[str, Callable[[Path, float], Film]] = {".mp4": Mp4, ".gif": Gif}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"unsupported film format {path.name!r}: use .mp4 or .gif")
    if not path.parent.is_dir():
        raise RecordError(f"cannot write {path}: there is no folder {path.parent}")
    return kind(path, fps)
