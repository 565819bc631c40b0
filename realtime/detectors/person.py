"""Which of the people in view is the one: following by overlap.

Rules, in order:

1. Nobody is followed yet: the largest box is taken, weighted by its score.  The subject
   of a picture is the one nearest to the camera.
2. Somebody is followed: the box that overlaps most with where the last one would have
   moved to (its centre at its recent velocity) is the same person.  The movement is what
   keeps two people who cross from being swapped.
3. No box overlaps enough: the person is away, and nobody else is taken for `patience_s`.
4. After that, whoever is chosen by rule 1 counts as another person: `person` rises.
"""

from __future__ import annotations

import numpy as np

from ..pose import Array

MIN_OVERLAP = 0.1
PATIENCE_S = 1.0

_NS = 1e-9
_SETTLE_S = 0.3  # over which the velocity is averaged; boxes tremble by pixels
_LONGEST_GUESS_S = 0.5  # people do not keep their velocity for longer


def overlap(box: Array, boxes: Array) -> Array:
    """Intersection over union, 0..1, of `box` (4,) with each of `boxes` (N, 4); boxes are
    left, top, right, bottom.  An empty box overlaps with nothing."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    union = _area(box[None]) + _area(boxes) - shared
    ratio: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def _area(boxes: Array) -> Array:
    area: Array = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    return area


class PersonFollower:
    """Chooses the followed person among the boxes of each frame, by the rules above.

    `loyal=False` skips the waiting of rule 3, for detectors that give one person anyway.
    Times are those of the frames, so that it works at any rate.
    """

    def __init__(self, patience_s: float = PATIENCE_S, min_overlap: float = MIN_OVERLAP, loyal: bool = True) -> None:
        self.person = 0
        self._patience_s = patience_s if loyal else 0.0
        self._memory_s = patience_s
        self._min_overlap = min_overlap
        self._box: Array | None = None
        self._velocity = np.zeros(2, np.float32)  # of the centre, px/s
        self._seen_ns = 0

    def choose(self, boxes: Array, scores: Array, t_ns: int) -> int | None:
        """Index of the followed person among `boxes` (N, 4) with `scores` (N,), seen at
        `t_ns`; None if that person is not among them."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        if not len(boxes):
            return None
        away_s = (t_ns - self._seen_ns) * _NS
        index = self._same(boxes, away_s)
        if index is None:
            if self._box is not None and 0 <= away_s < self._patience_s:
                return None
            index = int(np.argmax(_area(boxes) * scores))
            self.person += self._box is not None
            self._box = None
        self._remember(boxes[index], t_ns)
        return index

    def _same(self, boxes: Array, away_s: float) -> int | None:
        if self._box is None or not 0 <= away_s < self._memory_s:
            return None
        shift = np.tile(self._velocity * min(away_s, _LONGEST_GUESS_S), 2)
        for place in (self._box + shift, self._box):  # moved on, or stopped
            overlaps = overlap(place, boxes)
            if overlaps.max() >= self._min_overlap:
                return int(overlaps.argmax())
        return None

    def _remember(self, box: Array, t_ns: int) -> None:
        elapsed_s = (t_ns - self._seen_ns) * _NS
        if self._box is None:
            self._velocity = np.zeros(2, np.float32)
        elif elapsed_s > 0:
            velocity = (box - self._box).reshape(2, 2).mean(0) / np.float32(elapsed_s)
            self._velocity += (velocity - self._velocity) * np.float32(elapsed_s / (elapsed_s + _SETTLE_S))
        self._box, self._seen_ns = box, t_ns
