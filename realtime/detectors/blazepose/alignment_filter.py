"""Steadies the two points from which the next region is cut."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...pose import Array

# Of MediaPipe 0.10.21, pose_landmark_filtering.pbtxt: the auxiliary landmarks are filtered also
# where the others are not.
_MIN_CUTOFF_HZ, _BETA, _DERIVATIVE_CUTOFF_HZ = 0.01, 10.0, 1.0
_LONGEST_STEP_S = 0.5  # after that, the speed says nothing any more


class AlignmentFilter:
    """A 1 euro filter (Casiez, Roussel and Vogel, CHI 2012) as MediaPipe computes it: each
    coordinate by itself, speeds from the unfiltered points and in body sizes a second.

    MediaPipe counts every frame as 1/30 s; here it is the time that has passed.
    """

    def __init__(self) -> None:
        self._points: Array | None = None
        self._t_s = 0.0

    def __call__(self, points: Array, t_s: float) -> Array:
        """Filtered alignment points for `points` (2, 2) px at a time."""
        if self._points is None or not 0 < t_s - self._t_s <= _LONGEST_STEP_S:
            self._points = self._raw = points
            self._speed = np.zeros_like(points)
        else:
            dt_s = t_s - self._t_s
            size = 2 * math.dist(*points.tolist()) or 1.0  # px; a body of no size has no speed either
            speed = (points - self._raw) / (size * dt_s)
            self._speed = self._speed + _weight(_DERIVATIVE_CUTOFF_HZ, dt_s) * (speed - self._speed)
            cutoff_hz = _MIN_CUTOFF_HZ + _BETA * np.abs(self._speed)
            self._points = self._points + _weight(cutoff_hz, dt_s) * (points - self._points)
            self._raw = points
        self._t_s = t_s
        filtered: Array = self._points
        return filtered


def _weight(cutoff_hz: Any, dt_s: float) -> Any:
    """Of the newest value in exponential smoothing (eq. 5 of the paper)."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * dt_s))
