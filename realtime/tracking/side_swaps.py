"""Detection of left/right swaps: the detector labels left joints as right and vice versa.

It happens to the arms, the legs or the whole body, mostly in side and back views and for one to
three frames.  The detector's scores do not reveal it: they are swapped with the points and stay
as high as before.  The motion does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..skeleton import COCO17

Points = NDArray[np.complex128]  # (17,) px, COCO-17, x + iy: the absolute value of a difference is a distance

ARMS, LEGS, BODY = range(3)
_ENDS = {"elbow": ARMS, "wrist": ARMS, "knee": LEGS, "ankle": LEGS}
PART = np.array([_ENDS.get(name.rpartition("_")[2], BODY) for name in COCO17.joints])

_LEFT, _RIGHT = np.array(COCO17.left), np.array(COCO17.right)
# (4, pairs): weights of the mean over the pairs of the arms, the legs, the rest, and all.
_MEANS = np.stack([*(PART[_LEFT] == part for part in (ARMS, LEGS, BODY)), np.ones(len(_LEFT), bool)]).astype(float)
_MEANS /= _MEANS.sum(1, keepdims=True)


@dataclass(frozen=True)
class SideSwapLimits:
    """Thresholds for a swap; docs/decisions/0004-guard.md documents the trials.

    Errors are distances from the expected positions in body sizes.  A body size is the RMS
    distance of the 17 keypoints from their mean: 0.28 of a standing person's height.  Three values
    are those of arms, legs, body.
    """

    fit: float = 0.4  # the error when swapped is below this fraction of the error as detected
    margin: tuple[float, float, float] = (0.3, 0.3, 0.5)  # and lower by at least this, in sizes per pair ...
    max_accel: float = 100.0  # ... plus this, sizes/s², times dt²: limbs may cross between frames
    ambiguity: float = 0.1  # sizes; a frame is ambiguous if swapping lowers the error by more than this
    min_stable_s: tuple[float, float, float] = (1.0, 0.2, 1.4)  # unambiguous time before a swap
    max_hold_s: tuple[float, float, float] = (0.07, 0.07, 0.8)  # longest swap that is corrected


class SideSwapFilter:
    """Points of consecutive frames → which parts have their sides swapped.

    A part is reported as swapped if swapping it fits the expected positions clearly better,
    after a period without ambiguity, and for a limited time: motion cannot tell whether a longer
    swap is an error or the end of one.  In ambiguous cases, such as crossing legs, the
    detection is trusted as well.  `released` are the parts that were swapped back in the frame before and
    still jump to the other side, but for too long.
    """

    def __init__(self, limits: SideSwapLimits | None = None) -> None:
        self._limits = limits or SideSwapLimits()
        self.reset()

    def reset(self) -> None:
        """Reset the history."""
        self._stable_s = [0.0] * 3
        self._swapped = [False] * 3
        self.released = [False] * 3

    def __call__(self, points: Points, expected: Points, size_px: float, dt_s: float) -> tuple[bool, bool, bool]:
        """Whether ARMS, LEGS and the rest of the BODY are swapped in `points` (17,), `dt_s`
        after the previous ones.  `expected`: predicted positions (17,), not swapped."""
        left, right, expected_left, expected_right = points[_LEFT], points[_RIGHT], expected[_LEFT], expected[_RIGHT]
        error = (_MEANS @ (np.abs(left - expected_left) + np.abs(right - expected_right)) / size_px).tolist()
        swapped = (_MEANS @ (np.abs(right - expected_left) + np.abs(left - expected_right)) / size_px).tolist()
        all_better = all(after < before for before, after in zip(error, swapped, strict=True))
        whole = self._is_swapped(BODY, error[-1], swapped[-1] if all_better else math.inf, dt_s)
        if whole:
            error, swapped = swapped, error
        elif all_better and error[-1] - swapped[-1] > self._limits.ambiguity:
            self.reset()
        arms, legs = (self._is_swapped(part, error[part], swapped[part], dt_s) for part in (ARMS, LEGS))
        return arms != whole, legs != whole, whole

    def _is_swapped(self, part: int, error: float, swapped: float, dt_s: float) -> bool:
        """`error`, `swapped`: mean error of a pair as detected and when swapped, in sizes."""
        limits, min_stable_s, stable_s = self._limits, self._limits.min_stable_s[part], self._stable_s[part]
        gain, margin = error - swapped, limits.margin[part] + limits.max_accel * dt_s**2
        clear = gain > margin and swapped < limits.fit * error
        accepted = clear and stable_s > min_stable_s
        self.released[part] = clear and self._swapped[part] and not accepted
        self._swapped[part] = accepted
        if accepted:
            self._stable_s[part] = stable_s - dt_s
        elif gain > limits.ambiguity or (part == BODY and error > margin):  # a whole body does not jump
            self._stable_s[part] = 0.0
        else:
            self._stable_s[part] = min(stable_s + (dt_s if gain <= 0 else 0), min_stable_s + limits.max_hold_s[part])
        return accepted
