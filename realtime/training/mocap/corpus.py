"""The description of a motion-capture corpus for training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...formats.rig_motion import Array


@dataclass(frozen=True)
class Corpus:
    """One folder of data.  `weight` is its relative share of the training samples; `subject`
    returns the person for a file path relative to the folder; `held_out` are the subjects
    excluded from training."""

    folder: str
    licence: str
    weight: float
    read: Callable[[Path], Iterator[tuple[Path, Array, float]]]
    subject: Callable[[Path], str]
    held_out: tuple[str, ...] = ()
