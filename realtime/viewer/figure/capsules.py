"""Outlines of capsules in a plane: the hull of two circles, which need not be equal."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..view import Floats

_SHORTEST = 1e-9


def capsules(ends: Floats, radii: Floats, arc: int, rims: Floats | None = None) -> Floats:
    """Closed outlines (..., 2 arc + 1, 2), all with the same winding, of capsules with the centres
    `ends` (..., 2, 2) and the `radii` (..., 2); `arc` points on each end.  Where one circle
    contains the other, it is the outline.

    With `rims` (...), the outlines (..., 2, 2 arc + 1, 2) at that distance around each, and its own.
    """
    along = ends[..., 1, :] - ends[..., 0, :]
    length = np.maximum(np.sqrt((along * along).sum(-1, keepdims=True)), _SHORTEST)
    along = np.where(length > _SHORTEST, along / length, (1.0, 0.0))[..., None, :]
    # The straight sides touch both circles, so the larger one is more than half on the outline.
    lean = np.arcsin(np.clip((radii[..., :1] - radii[..., 1:]) / length, -1, 1))
    end_of, upright, leaning = _points(arc)
    angle = upright + lean * leaning
    outwards = np.cos(angle)[..., None] * along + np.sin(angle)[..., None] * (along[..., ::-1] * (-1.0, 1.0))
    outline = ends[..., end_of, :] + radii[..., end_of, None] * outwards
    if rims is not None:
        outline = np.stack([outline + rims[..., None, None] * outwards, outline], -3)
    return np.concatenate([outline, outline[..., :1, :]], -2)


@lru_cache
def _points(arc: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """For each point of an outline the end that it lies on, its angle there if the circles are equal,
    and by how much that changes with the lean of the sides."""
    turn = np.linspace(-1, 1, arc)
    upright = np.pi / 2 * np.concatenate([turn, 2 + turn])
    return np.repeat([1, 0], arc), upright, np.concatenate([-turn, turn])
