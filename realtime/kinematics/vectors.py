"""Vectors."""

from __future__ import annotations

import numpy as np

from ..motion import Floats


def unit(vectors: Floats) -> Floats:
    """Vectors (..., 3) of length 1; zero vectors stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = vectors / np.maximum(length, 1e-9)
    return scaled
