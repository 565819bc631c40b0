"""Outlines of capsules in a plane: the hull of two circles, which need not be equal."""

from __future__ import annotations

import numpy as np

from ..view import Floats

_SHORTEST = 1e-9


def capsules(ends: Floats, radii: Floats, arc: int) -> Floats:
    """Closed outlines (..., 2 arc + 1, 2), all with the same winding, of capsules with the centres
    `ends` (..., 2, 2) and the `radii` (..., 2); `arc` points on each end.  Where one circle
    contains the other, it is the outline."""
    along = ends[..., 1, :] - ends[..., 0, :]
    length = np.maximum(np.sqrt((along * along).sum(-1, keepdims=True)), _SHORTEST)
    along = np.where(length > _SHORTEST, along / length, (1.0, 0.0))
    across = along[..., ::-1] * (-1.0, 1.0)
    # The straight sides touch both circles, so the larger one is more than half on the outline.
    lean = np.arcsin(np.clip((radii[..., :1] - radii[..., 1:]) / length, -1, 1))
    turn = np.linspace(-1, 1, arc)
    angle = np.concatenate([turn * (np.pi / 2 - lean), np.pi + turn * (np.pi / 2 + lean)], -1)[..., None]
    rim = np.cos(angle) * along[..., None, :] + np.sin(angle) * across[..., None, :]
    centre, radius = np.repeat(ends[..., ::-1, :], arc, -2), np.repeat(radii[..., ::-1], arc, -1)
    outline = centre + radius[..., None] * rim
    return np.concatenate([outline, outline[..., :1, :]], -2)
