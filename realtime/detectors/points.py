"""Points as networks give them, made fit to be used."""

from __future__ import annotations

import numpy as np

from ..pose import Array

# How far outside the image, in image sides, a network may place a joint that it guesses.
# A body of which only the head is seen reaches about that far.
_MAX_OUTSIDE = 4.0


def checked_points(xy: Array, score: Array, size_wh: tuple[int, int]) -> tuple[Array, Array]:
    """`xy` (..., J, 2) and `score` (..., J) as float32, scores cut to 0..1.

    A joint that is not finite, or absurdly far outside the image, becomes NaN with score
    0; `gap.GapBridge` finds a place for it before it goes on.
    """
    xy, score = np.asarray(xy, np.float32), np.asarray(score, np.float32)
    size = np.asarray(size_wh, np.float32)
    with np.errstate(invalid="ignore"):
        good = (np.abs(xy / size - 0.5) <= _MAX_OUTSIDE + 0.5).all(-1) & np.isfinite(score)
    return (
        np.where(good[..., None], xy, np.float32(np.nan)),
        np.where(good, np.clip(score, 0.0, 1.0), np.float32(0.0)),
    )


def box_around(xy: Array) -> Array:
    """(4,) left, top, right, bottom of the finite points among `xy` (J, 2)."""
    return np.concatenate([np.nanmin(xy, 0), np.nanmax(xy, 0)])
