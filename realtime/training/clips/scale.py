"""The scale of clips: one for all people, exercises and cameras, so that nobody's size or place is lost.

PerfectRep scaled the pixels of a whole set so that the larger of their extents, over all its people and frames, is
-1..1, and the joints likewise; the test set by its own extents.  Here the training set's scale is that of the test
set too: a network answers in the units that it was trained with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import FormatError
from ...formats.perfectrep.preprocessed import Floats, SeenRecording
from ...skeleton import H36M17

_JOINTS = len(H36M17)  # the first of FIT3D25


@dataclass(frozen=True)
class Scale:
    """Where 0 is and how long 1 is, in pictures and in the axes of the cameras: x' = (x - centre) / unit."""

    centre_px: tuple[float, float]
    unit_px: float
    centre_m: tuple[float, float]
    unit_m: float

    @classmethod
    def of(cls, recordings: Sequence[SeenRecording]) -> Scale:
        """The scale of recordings, by all their points."""
        centre_px, unit_px = _extent(recording.pixels for recording in recordings)
        centre_m, unit_m = _extent(recording.joints_m for recording in recordings)
        return cls(centre_px, unit_px, centre_m, unit_m)

    def inputs(self, recording: SeenRecording) -> Floats:
        """(T, 17, 3): x and y of the picture, and a confidence of 1."""
        points = (recording.pixels[:, :_JOINTS] - np.array(self.centre_px, np.float32)) / np.float32(self.unit_px)
        return np.concatenate([points, np.ones_like(points[..., :1])], -1)

    def labels(self, recording: SeenRecording) -> Floats:
        """(T, 17, 3): joints in the camera's axes, z relative to the pelvis."""
        joints = recording.joints_m[:, :_JOINTS].copy()
        joints[..., :2] -= np.array(self.centre_m, np.float32)
        joints[..., 2] -= recording.joints_m[:, H36M17.root, None, 2]
        return joints / np.float32(self.unit_m)


def _extent(points: Iterable[Floats]) -> tuple[tuple[float, float], float]:
    """The middle of the first two coordinates, and half of the larger extent."""
    corners = np.array([(each[..., :2].min((0, 1)), each[..., :2].max((0, 1))) for each in points], np.float64)
    low, high = corners[:, 0].min(0), corners[:, 1].max(0)
    unit = float((high - low).max() / 2)
    if not unit > 0:
        raise FormatError("all points of the recordings are at one place: there is no scale")
    x, y = (low + high) / 2
    return (float(x), float(y)), unit
