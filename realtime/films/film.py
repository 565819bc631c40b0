"""Films, whatever their kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..errors import RecordError, UsageError
from ..pose import Image
from .gif import Gif
from .mp4 import Mp4


class Film(Protocol):
    """Takes pictures (H, W, 4) uint8 RGBA with their times; `close` completes the file."""

    frames: int

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture; times rise."""

    def close(self) -> None:
        """Complete the file; may be called twice."""


def open_film(path: Path, fps: float) -> Film:
    """A film by the ending of `path`: .mp4 or .gif.

    `fps` is the rate to prepare for; frames are shown at their own times.  Raises
    UsageError for another ending, RecordError where the file cannot be written.
    """
    kinds: dict[str, Callable[[Path, float], Film]] = {".mp4": Mp4, ".gif": Gif}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"a film is written as .mp4 or .gif, not as {path.name!r}")
    if not path.parent.is_dir():
        raise RecordError(f"cannot write {path}: there is no folder {path.parent}")
    return kind(path, fps)
