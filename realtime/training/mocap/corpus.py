"""What a folder of motion capture is to training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...formats.rig_motion import Array


@dataclass(frozen=True)
class Corpus:
    """One folder of data.  `weight` is its share of the training samples; `subject`
    tells the person from a file's path inside the folder; `held_out` are people kept out of
    training."""

    folder: str
    licence: str
    weight: float
    read: Callable[[Path], Iterator[tuple[Path, Array, float]]]
    subject: Callable[[Path], str]
    held_out: tuple[str, ...] = ()
