"""Which of the people in view is the one: following by overlap.

Rules, in order:

1. Nobody is followed yet: `person` says who is taken.  "largest": the largest box,
   weighted by its score, as the subject of a picture is the one nearest to the camera.
   "centre": the box whose middle is nearest to the middle of the picture.  A number N: the
   N-th from the left, counted from 1, in the first picture that shows so many; until then
   nobody.
2. Somebody is followed: the box that overlaps most with where the last one would have
   moved to (its centre at its recent velocity) is the same person.  The movement is what
   keeps two people who cross from being swapped.
3. No box overlaps enough: the person is away, and nobody else is taken for `patience_s`.
4. After that, whoever is chosen by rule 1 counts as another person: `person` rises.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import numpy as np

from ..pose import Array

MIN_OVERLAP = 0.1
PATIENCE_S = 1.0

LARGEST, CENTRE = "largest", "centre"

_log = logging.getLogger("realtime.detectors")

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


def _largest(boxes: Array, scores: Array, _size_wh: tuple[int, int]) -> int | None:
    return int(np.argmax(_area(boxes) * scores))


def _most_central(boxes: Array, _scores: Array, size_wh: tuple[int, int]) -> int | None:
    distances = np.hypot(*(boxes.reshape(-1, 2, 2).mean(1) - np.divide(size_wh, 2)).T)
    return int(np.argmin(np.nan_to_num(distances, nan=np.inf)))


def _from_left(number: int, boxes: Array, _scores: Array, _size_wh: tuple[int, int]) -> int | None:
    if len(boxes) < number:
        return None
    return int(np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")[number - 1])


# Boxes (N, 4), scores (N,) and the picture's size → the index of who is taken, if anybody.
FirstSight = Callable[[Array, Array, tuple[int, int]], int | None]
_FIRST_SIGHT: dict[str, FirstSight] = {LARGEST: _largest, CENTRE: _most_central}


class PersonFollower:
    """Chooses the followed person among the boxes of each frame, by the rules above.

    `person` is "largest", "centre" or a number in text.  `loyal=False` skips the waiting of
    rule 3, for detectors that give one person anyway.  Times are those of the frames, so
    that it works at any rate.
    """

    def __init__(
        self,
        person: str = LARGEST,
        *,
        patience_s: float = PATIENCE_S,
        min_overlap: float = MIN_OVERLAP,
        loyal: bool = True,
    ) -> None:
        self.person = 0
        self._first = _FIRST_SIGHT[person] if person in _FIRST_SIGHT else partial(_from_left, int(person))
        self._waits = False
        self._patience_s = patience_s if loyal else 0.0
        self._memory_s = patience_s
        self._min_overlap = min_overlap
        self._box: Array | None = None
        self._velocity = np.zeros(2, np.float32)  # of the centre, px/s
        self._seen_ns = 0

    def choose(self, boxes: Array, scores: Array, t_ns: int, size_wh: tuple[int, int]) -> int | None:
        """Index of the followed person among `boxes` (N, 4) px with `scores` (N,), seen at
        `t_ns` in a picture of this size; None if that person is not among them."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        if not len(boxes):
            return None
        away_s = (t_ns - self._seen_ns) * _NS
        index = self._same(boxes, away_s)
        if index is None:
            if self._box is not None and 0 <= away_s < self._patience_s:
                return None
            index = self._first(boxes, scores, size_wh)
            if index is None:
                self._tell_waiting(len(boxes))
                return None
            self.person += self._box is not None
            self._box = None
        self._remember(boxes[index], t_ns)
        return index

    def _tell_waiting(self, seen: int) -> None:
        if not self._waits:
            self._waits = True
            _log.info("--person waits for a picture with more people: %d in view", seen)

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
