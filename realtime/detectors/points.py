"""Validation of keypoints as networks return them."""

from __future__ import annotations

import numpy as np

from ..pose import Array

# How far outside the image, in multiples of its size, an extrapolated joint may lie.
# A body of which only the head is visible extends about that far.
_MAX_OUTSIDE = 4.0


def checked_points(xy: Array, score: Array, size_wh: tuple[int, int]) -> tuple[Array, Array]:
    """`xy` (..., J, 2) px and `score` (..., J) as float32, scores clipped to 0..1.

    A joint that is not finite, or implausibly far outside the image, becomes NaN with score
    0; `tracking.gaps.GapBridge` fills it in later.
    """
    xy, score = np.asarray(xy, np.float32), np.asarray(score, np.float32)
    size = np.asarray(size_wh, np.float32)
    with np.errstate(invalid="ignore"):
        good = (np.abs(xy / size - 0.5) <= _MAX_OUTSIDE + 0.5).all(-1) & np.isfinite(score)
    return (
        np.where(good[..., None], xy, np.float32(np.nan)),
        np.where(good, np.clip(score, 0.0, 1.0), np.float32(0.0)),
    )
