"""Which parts of a body have changed sides: what the detector takes for left is right.

It happens to the arms, the legs or the whole of a person seen from the side or from behind,
mostly for a frame or three.  The detector's scores say nothing of it: they go over to the
wrong side with the points, as high as before.  How bodies move does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..skeleton import COCO17

Points = NDArray[np.complex128]  # (17,) px, COCO-17, x + iy: the length of a step is its absolute value

ARMS, LEGS, BODY = range(3)
_ENDS = {"elbow": ARMS, "wrist": ARMS, "knee": LEGS, "ankle": LEGS}
PART = np.array([_ENDS.get(name.rpartition("_")[2], BODY) for name in COCO17.joints])

_LEFT, _RIGHT = np.array(COCO17.left), np.array(COCO17.right)
# (4, pairs): the mean over the pairs of the arms, of the legs, of the rest, and over all.
_MEANS = np.stack([*(PART[_LEFT] == part for part in (ARMS, LEGS, BODY)), np.ones(len(_LEFT), bool)]).astype(float)
_MEANS /= _MEANS.sum(1, keepdims=True)


@dataclass(frozen=True)
class SideSwapLimits:
    """When a part counts as exchanged; docs/decisions/0004-guard.md has the trials.

    Lengths are in body sizes, the RMS distance of the 17 keypoints from their mean: 0.28 of
    the height of a person who stands.
    """

    fit: float = 0.4  # exchanged it is off by less than this times what it is off as it is
    margin: float = 0.3  # and by so many sizes a pair less
    max_accel: float = 100.0  # and sizes per second squared: in long steps limbs come to each other's places
    ambiguity: float = 0.1  # off by so many sizes more as it is than exchanged
    min_stable_s: tuple[float, float, float] = (1.0, 0.2, 1.0)  # after so long without a ambiguity: arms, legs, body
    max_hold_s: float = 0.07  # and for no longer, rounded up to whole frames


class SideSwapFilter:
    """Points of one frame after the other → which parts have changed sides.

    A part has changed sides where it fits what was expected clearly better so, after it went
    on without a ambiguity for a while, and for a moment only: whether a longer exchange is the
    fault or the end of one, motion does not tell.  Where neither is clear, as where legs
    cross, the detector has its way, too.
    """

    def __init__(self, limits: SideSwapLimits | None = None) -> None:
        self._limits = limits or SideSwapLimits()
        self.reset()

    def reset(self) -> None:
        """Forget how the parts moved."""
        self._stable_s = [0.0] * 3

    def __call__(self, points: Points, expected: Points, size_px: float, dt_s: float) -> tuple[bool, bool, bool]:
        """Whether ARMS, LEGS and the rest of the BODY have changed sides in `points`, `dt_s`
        after the last.  `expected`: where they were to be, sides in order."""
        left, right, left_ahead, right_ahead = points[_LEFT], points[_RIGHT], expected[_LEFT], expected[_RIGHT]
        off = (_MEANS @ (np.abs(left - left_ahead) + np.abs(right - right_ahead)) / size_px).tolist()
        crossed = (_MEANS @ (np.abs(right - left_ahead) + np.abs(left - right_ahead)) / size_px).tolist()
        agreed = all(with_it < without for without, with_it in zip(off, crossed, strict=True))
        whole = self._exchanged(BODY, off[-1], crossed[-1] if agreed else math.inf, dt_s)
        if whole:
            off, crossed = crossed, off
        elif agreed and off[-1] - crossed[-1] > self._limits.ambiguity:
            self.reset()
        arms, legs = (self._exchanged(part, off[part], crossed[part], dt_s) for part in (ARMS, LEGS))
        return arms != whole, legs != whole, whole

    def _exchanged(self, part: int, off: float, crossed: float, dt_s: float) -> bool:
        """By how far a pair is off where it was expected, in sizes, as it is and exchanged."""
        limits, min_stable_s, stable_s = self._limits, self._limits.min_stable_s[part], self._stable_s[part]
        better = off - crossed
        if better <= limits.ambiguity:
            self._stable_s[part] = min(stable_s + (dt_s if better <= 0 else 0), min_stable_s + limits.max_hold_s)
            return False
        clear = crossed < limits.fit * off and better > limits.margin + limits.max_accel * dt_s**2
        believed = clear and stable_s > min_stable_s
        self._stable_s[part] = stable_s - dt_s if believed else 0.0
        return believed
