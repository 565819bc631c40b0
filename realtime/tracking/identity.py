"""Following one person among several, by bounding box overlap (IoU).

Rules, in order:

1. Nobody is followed yet: `person` selects.  "largest": the largest bounding box, weighted by
   its score, since the subject is usually nearest to the camera.  "centre": the box whose
   centre is nearest to the image centre.  A number N: the N-th from the left, counted from 1,
   in the first frame with at least N people; nobody until then.
2. Somebody is followed: the box with the largest overlap with the predicted box (the last box
   moved at its recent velocity) is the same person.  The prediction keeps two people who
   cross from being swapped; and a box that overlaps somebody else's last box more than the
   predicted one is that other person, who may be hiding the followed one.
3. No box overlaps enough: the person is lost, and nobody else is selected for `patience_s`.
4. After that, rule 1 selects again; the result counts as another person: `person` increases.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import numpy as np

from ..boxes import areas, overlap
from ..pose import Array

MIN_OVERLAP = 0.1
_SAME_BOX = 0.7  # two boxes of one frame that overlap more are taken for one person's
PATIENCE_S = 1.0

LARGEST, CENTRE = "largest", "centre"

_log = logging.getLogger(__name__)

_NS = 1e-9
_VELOCITY_TAU_S = 0.3  # of the velocity average; boxes jitter by pixels
_MAX_EXTRAPOLATION_S = 0.5  # a constant velocity is no good prediction for longer


def _largest(boxes: Array, scores: Array, _size_wh: tuple[int, int]) -> int | None:
    return int(np.argmax(areas(boxes) * scores))


def _most_central(boxes: Array, _scores: Array, size_wh: tuple[int, int]) -> int | None:
    distances = np.hypot(*(boxes.reshape(-1, 2, 2).mean(1) - np.divide(size_wh, 2)).T)
    return int(np.argmin(np.nan_to_num(distances, nan=np.inf)))


def _from_left(number: int, boxes: Array, _scores: Array, _size_wh: tuple[int, int]) -> int | None:
    if len(boxes) < number:
        return None
    return int(np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")[number - 1])


# Boxes (N, 4), scores (N,) and the image size → index of the selected person, or None.
Selector = Callable[[Array, Array, tuple[int, int]], int | None]
_SELECTORS: dict[str, Selector] = {LARGEST: _largest, CENTRE: _most_central}


class PersonFollower:
    """Selects the followed person among the boxes of each frame, by the rules above.

    `person` is "largest", "centre" or a number as text.  `patient=False` skips the wait of
    rule 3, for detectors of a single person.  All durations are measured by the frames'
    timestamps, so any frame rate works.
    """

    def __init__(
        self,
        person: str = LARGEST,
        *,
        patience_s: float = PATIENCE_S,
        min_overlap: float = MIN_OVERLAP,
        patient: bool = True,
    ) -> None:
        self.person = 0
        self._select = _SELECTORS[person] if person in _SELECTORS else partial(_from_left, int(person))
        self._wait_logged = False
        self._patience_s = patience_s if patient else 0.0
        self._memory_s = patience_s
        self._min_overlap = min_overlap
        self._box: Array | None = None
        self._others: list[Array] = []  # the other boxes of the last frame
        self._velocity = np.zeros(2, np.float32)  # of the centre, px/s
        self._seen_ns = 0

    def choose(self, boxes: Array, scores: Array, t_ns: int, size_wh: tuple[int, int]) -> int | None:
        """Index of the followed person among `boxes` (N, 4) px with `scores` (N,), detected at
        `t_ns` in an image of this size; None if that person is not among them."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        if not len(boxes):
            return None
        # In an order of their own: which of two equal boxes is taken is not the detector's to say.
        order = np.lexsort((np.asarray(scores), *boxes.T))
        index = self._choose(boxes[order], np.asarray(scores)[order], t_ns, size_wh)
        index = None if index is None else int(order[index])
        self._others = list(boxes if index is None else boxes[overlap(boxes[index], boxes) < _SAME_BOX])
        return index

    def _choose(self, boxes: Array, scores: Array, t_ns: int, size_wh: tuple[int, int]) -> int | None:
        away_s = (t_ns - self._seen_ns) * _NS
        index = self._match(boxes, away_s)
        if index is None:
            if self._box is not None and 0 <= away_s < self._patience_s:
                return None
            index = self._select(boxes, scores, size_wh)
            if index is None:
                self._log_waiting(len(boxes))
                return None
            self.person += self._box is not None
            self._box = None
        self._update(boxes[index], t_ns)
        return index

    def _log_waiting(self, seen: int) -> None:
        if not self._wait_logged:
            self._wait_logged = True
            _log.info("--person: waiting for a frame with more people (%d in view)", seen)

    def _match(self, boxes: Array, away_s: float) -> int | None:
        if self._box is None or not 0 <= away_s < self._memory_s:
            return None
        shift = np.tile(self._velocity * min(away_s, _MAX_EXTRAPOLATION_S), 2)
        theirs = np.zeros(len(boxes), np.float32)
        for other in self._others:
            np.maximum(theirs, overlap(other, boxes), out=theirs)
        for place in (self._box + shift, self._box):  # kept its velocity, or stopped
            overlaps = overlap(place, boxes)
            overlaps = np.where(overlaps >= theirs, overlaps, 0)
            if overlaps.max() >= self._min_overlap:
                return int(overlaps.argmax())
        return None

    def _update(self, box: Array, t_ns: int) -> None:
        elapsed_s = (t_ns - self._seen_ns) * _NS
        if self._box is None:
            self._velocity = np.zeros(2, np.float32)
        elif elapsed_s > 0:
            velocity = (box - self._box).reshape(2, 2).mean(0) / np.float32(elapsed_s)
            self._velocity += (velocity - self._velocity) * np.float32(elapsed_s / (elapsed_s + _VELOCITY_TAU_S))
        self._box, self._seen_ns = box, t_ns
