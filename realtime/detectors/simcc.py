"""Keypoints as two classifications, of the column and of the row (SimCC).

Y. Li et al., "SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation",
ECCV 2022; as in RTMPose (T. Jiang et al., 2023) a keypoint is at the bin with the largest value,
without refinement between bins.
"""

from __future__ import annotations

import numpy as np

from ..pose import Array


def decode(simcc_x: Array, simcc_y: Array, bins_per_px: float = 2.0) -> tuple[Array, Array]:
    """`simcc_x` (N, K, columns) and `simcc_y` (N, K, rows) → xy (N, K, 2) px of the network's input,
    where (0, 0) is the middle of its first pixel, and scores (N, K) in 0..1.

    The score is the smaller of the two maxima, as in MMPose (rtmlib takes their mean): a keypoint
    is known only if both its column and its row are.  The maxima are no probabilities and may
    exceed 1.  A keypoint whose score is not above 0 has no place: it is NaN.
    """
    xy = np.stack([simcc_x.argmax(-1), simcc_y.argmax(-1)], axis=-1) / np.float32(bins_per_px)
    score = np.minimum(simcc_x.max(-1), simcc_y.max(-1))
    found = score > 0  # false also for NaN
    return (
        np.where(found[..., None], xy, np.nan).astype(np.float32),
        np.where(found, np.minimum(score, 1), 0).astype(np.float32),
    )
