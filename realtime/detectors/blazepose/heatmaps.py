"""Refines landmarks by the network's heatmaps; halves their error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...pose import Array

SHAPE = (1, 64, 64, 39)
_SIDE, _MAPS = SHAPE[1], SHAPE[3]

# refine_landmarks_from_heatmap_calculator.cc of MediaPipe 0.10.21.  Its graph asks for a kernel of
# 7, but keypoints agree with MediaPipe's only for 9 x 9: ten times closer.
_OFFSETS = np.arange(-4, 5)
_MIN_CONFIDENCE_LOGIT = 0.0  # sigmoid: 0.5


def refined(xy: Array, gather: Callable[[Any], Array]) -> Array:
    """Landmarks (K, 2) px of 256, each moved to the centre of mass of its heatmap around it.

    `gather` returns values of the heatmaps (logits) at flat indices of `SHAPE`.  A landmark stays
    where its heatmap is below 0.5 all around it.
    """
    to_cells = _SIDE / 256
    cells = (xy * to_cells).astype(int)  # towards nought, as in C
    columns, rows = cells[:, :1] + _OFFSETS, cells[:, 1:] + _OFFSETS
    inside = _inside(rows)[:, :, None] & _inside(columns)[:, None, :]
    flat = np.clip(rows, 0, _SIDE - 1)[:, :, None] * _SIDE + np.clip(columns, 0, _SIDE - 1)[:, None, :]
    logits = gather(flat * _MAPS + np.arange(len(xy))[:, None, None])
    # The networks' logits are below -100 at times, and exp(100) is no float32.
    weights = np.where(inside, 1 / (1 + np.exp(-np.maximum(logits, -80))), 0)
    sure = (np.where(inside, logits, -np.inf).max((1, 2)) >= _MIN_CONFIDENCE_LOGIT) & _inside(cells).all(1)
    total = np.where(sure, weights.sum((1, 2)), 1)
    x = (weights.sum(1) * columns).sum(1) / total
    y = (weights.sum(2) * rows).sum(1) / total
    return np.where(sure[:, None], np.stack([x, y], 1) / to_cells, xy).astype(np.float32)


def _inside(cells: Any) -> Any:
    return (cells >= 0) & (cells < _SIDE)
