"""Vectors."""

from __future__ import annotations

import numpy as np

from ..motion import Floats


def unit(vectors: Floats) -> Floats:
    """Vectors (..., 3) of length 1; zero vectors stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = vectors / np.maximum(length, 1e-9)
    return scaled


def cross(a: Floats, b: Floats) -> Floats:
    """The cross product of vectors (..., 3); NumPy's own takes three times as long for few."""
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.stack([x, y, z], -1)
