"""Qualisys recordings of a runner as a motion."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...motion import Motion3D, about_pelvis, motion, named
from ...pose import ROOM
from ...skeleton import RUNNER20
from ..qualisys_markers import runner20
from .text import read_qualisys_text
from .tsv import read_qualisys_tsv

_READERS = {".tsv": read_qualisys_tsv, ".txt": read_qualisys_text, ".txt.gz": read_qualisys_text}
ENDINGS = tuple(_READERS)


def is_qualisys(path: Path) -> bool:
    """Whether a name ends as those of these recordings do."""
    return path.name.lower().endswith(ENDINGS)


def read_qualisys(path: Path) -> Motion3D:
    """The joints of RUNNER20 where the person stands in the laboratory (z up, its floor at 0), at the rate of the
    recording: from QTM's export (.tsv), or from RunningPose's text layout (.txt, .txt.gz; see `text`).

    A joint is not known in frames in which one of its markers is lost; `missing` counts them.  Raises FormatError."""
    ending = next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)
    if ending is None:
        raise FormatError(f"{path} is not a Qualisys recording by its name: that ends in {', '.join(ENDINGS)}")
    markers = _READERS[ending](path)
    with named(path):
        joints, root = about_pelvis(runner20(markers.named()), RUNNER20)
        return motion(
            joints,
            markers.rate_hz,
            times_s=markers.times_s,
            root_m=root,
            skeleton=RUNNER20,
            source=path.name,
            place=ROOM,
        )


def missing(recording: Motion3D) -> dict[str, int]:
    """In how many frames each joint is not known, of the joints that are not known in all of them."""
    lost = np.logical_not(recording.known).sum(0)
    return {joint: int(count) for joint, count in zip(recording.skeleton.joints, lost, strict=True) if count}
