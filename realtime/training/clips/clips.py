"""Clips of a fixed number of frames, for networks that answer for all frames of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...formats.perfectrep.preprocessed import SPLITS, Floats, Recordings, SeenRecording
from .scale import Scale

CLIP_FRAMES = 243
STRIDES = {"train": 81, "test": CLIP_FRAMES}  # frames from the start of a clip to that of the next


@dataclass(frozen=True, eq=False)
class Clips:
    """Clips of one length: frames `inputs` (N, 17, 3), x, y and confidence, and `labels` (N, 17, 3), scaled to -1..1,
    joints of Human3.6M-17; `rows` (C, T), the frames of each clip; `sources` (C,), the recording that a clip is of."""

    inputs: Floats
    labels: Floats
    rows: NDArray[np.int64]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, which: NDArray[Any] | int) -> tuple[Floats, Floats]:
        """Inputs and labels (B, T, 17, 3) of some clips; (T, 17, 3) of one."""
        rows = self.rows[which]
        return self.inputs[rows], self.labels[rows]


@dataclass(frozen=True, eq=False)
class ClipSets:
    """Clips to train on and clips of other people, in one scale."""

    train: Clips
    test: Clips
    scale: Scale


def cut(frames: int, length: int, stride: int) -> NDArray[np.int64]:
    """The frames (C, length) of the clips of a recording.

    One begins every `stride` frames as long as it fits; what is left at the end is not used.  A recording that is
    shorter than a clip is stretched to one, by repeating frames evenly.
    """
    if frames < length:
        return np.arange(length)[None] * frames // length
    return np.arange(0, frames - length + 1, stride)[:, None] + np.arange(length)


def cut_recordings(recordings: Sequence[SeenRecording], scale: Scale, stride: int, length: int = CLIP_FRAMES) -> Clips:
    """The clips of recordings."""
    lengths = [len(recording.joints_m) for recording in recordings]
    firsts = np.cumsum([0, *lengths[:-1]])
    rows = [first + cut(frames, length, stride) for first, frames in zip(firsts, lengths, strict=True)]
    return Clips(
        np.concatenate([scale.inputs(recording) for recording in recordings]),
        np.concatenate([scale.labels(recording) for recording in recordings]),
        np.concatenate(rows),
        tuple(recording.name for recording, cuts in zip(recordings, rows, strict=True) for _ in cuts),
    )


def cut_sets(recordings: Recordings) -> ClipSets:
    """The clips of the recordings of both splits, in one scale."""
    scale = Scale.of(recordings["train"])
    train, test = (cut_recordings(recordings[split], scale, STRIDES[split]) for split in SPLITS)
    return ClipSets(train, test, scale)
