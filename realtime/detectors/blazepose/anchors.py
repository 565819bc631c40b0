"""The places at which the person detector looks for people."""

from __future__ import annotations

from functools import cache

import numpy as np

from ...pose import Array

SIDE_PX = 224  # of the detector's input

# Stride in px and anchors a place.  From pose_detection_gpu.pbtxt of MediaPipe 0.10.21, whose
# strides are 8, 16, 32, 32, 32 with two anchors each; layers of the same stride share their grid.
_LAYERS = ((8, 2), (16, 2), (32, 6))


@cache
def anchors() -> Array:
    """Centres (2254, 2) in fractions of the input's side, in the order of the network's answers:
    layer by layer, row by row."""
    return np.concatenate([_grid(SIDE_PX // stride, count) for stride, count in _LAYERS])


def _grid(side: int, count: int) -> Array:
    y, x = np.mgrid[:side, :side].astype(np.float32)
    centres = (np.stack([x, y], axis=-1) + np.float32(0.5)) / np.float32(side)
    repeated: Array = np.repeat(centres.reshape(-1, 2), count, axis=0)
    return repeated
