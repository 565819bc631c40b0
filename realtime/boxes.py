"""Bounding boxes (4,): left, top, right, bottom, in px."""

from __future__ import annotations

import numpy as np

from .pose import Array


def box_around(xy: Array) -> Array:
    """Bounding box (4,) of the finite points of `xy` (J, 2)."""
    return np.concatenate([np.nanmin(xy, 0), np.nanmax(xy, 0)])


def overlap(box: Array, boxes: Array) -> Array:
    """Intersection over union, 0..1, of `box` (4,) with each of `boxes` (N, 4).  An empty box has
    overlap 0."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    union = areas(box[None]) + areas(boxes) - shared
    ratio: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def areas(boxes: Array) -> Array:
    """Areas (N,) of `boxes` (N, 4); 0 where right is left of left, or bottom above top."""
    area: Array = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    return area
