"""The frame of a recording that a single picture shows."""

from __future__ import annotations

import math

import numpy as np

from ..pose import Estimate

_MOST = 8  # pictures kept meanwhile: 50 MB of 1920 x 1080


class BestFrame:
    """Finds the frame with the best scores near the middle of a recording whose length nobody knows
    before its end.

    Of every block of frames in a row the best one is kept.  When there are too many blocks, each is
    joined with the next one, so that in the end there are five to eight.
    """

    def __init__(self) -> None:
        self._count = 0
        self._block = 1  # frames in each
        self._best: list[tuple[float, int, Estimate]] = []  # score, number and estimate, by block

    def add(self, estimate: Estimate) -> None:
        """Take in the next frame."""
        entry = _score(estimate), self._count, estimate
        block = self._count // self._block
        self._count += 1
        if block < len(self._best):
            self._best[block] = _better(self._best[block], entry)
            return
        self._best.append(entry)
        if len(self._best) > _MOST:
            pairs = [self._best[place : place + 2] for place in range(0, len(self._best), 2)]
            self._best = [_better(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
            self._block *= 2

    def chosen(self) -> Estimate:
        """The best frame of the middle half, of all where nobody was seen there.  Raises ValueError without a frame."""
        early, late = 0.25 * (self._count - 1), 0.75 * (self._count - 1)
        middle = [entry for entry in self._best if early <= entry[1] <= late and entry[0] >= 0]
        return max(middle or self._best, key=lambda entry: (entry[0], -abs(entry[1] - self._count / 2)))[2]


def _better(one: tuple[float, int, Estimate], other: tuple[float, int, Estimate]) -> tuple[float, int, Estimate]:
    return other if other[0] > one[0] else one


def _score(estimate: Estimate) -> float:
    """Mean score of the joints, -1 where nobody was seen."""
    pose = estimate.pose
    score = float(np.mean(pose.score)) if pose.valid else -1.0
    return score if math.isfinite(score) else -1.0
