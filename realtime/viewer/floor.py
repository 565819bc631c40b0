"""Where the floor is under a person whose pelvis is the origin.

The lowest joint rests on the floor: a foot in standing, a hand in a handstand, the back
in lying.  Its height trembles with the pose and jumps with a bad one, so the median of
the last few goes through a smoother that is slow at rest and quick in a squat.  (The
minimum of whole seconds would be steadier, but would let a squatting person float.)
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ..smoothing import OneEuro
from .view import Floats

# Joint centres lie inside the body; an ankle's is higher, but the feet are not drawn.
JOINT_HEIGHT_M = 0.05
_MEDIAN_OF = 3  # one bad pose is left out; more would lag behind a squat
_GAP_S = 1.0
_MEAN_S = 0.3


def lowest_m(joints: Floats) -> Floats:
    """Height (...) of the lowest of the joints (..., J, 3), pelvis at 0."""
    heights: Floats = joints[..., 2].min(-1)
    return heights


class Floor:
    """The floor under a stream of poses; causal."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_MEDIAN_OF)
        self._smooth = OneEuro(min_cutoff_hz=0.5, beta=20.0, d_cutoff_hz=3.0)
        self._t_s = -np.inf

    def reset(self) -> None:
        """Forget the past: another person, or a long gap."""
        self._recent.clear()
        self._smooth.reset()

    def __call__(self, joints: Floats, t_s: float) -> Floats:
        """Joints (J, 3) with the pelvis at the origin → the same, standing on z = 0."""
        if not 0 <= t_s - self._t_s <= _GAP_S:
            self.reset()
        self._t_s = t_s
        self._recent.append(float(lowest_m(joints)))
        height = self._smooth(np.array([np.median(self._recent)], np.float32), t_s)
        standing: Floats = joints - np.array([0.0, 0.0, height[0] - JOINT_HEIGHT_M])
        return standing


def floor_heights(joints: Floats, rate_hz: float) -> Floats:
    """Height (T,) of the floor in every frame of a finished recording (T, J, 3): the same
    median, then a mean over 0.3 s around the frame, since here the future is known."""
    lowest = lowest_m(joints)
    lowest = np.median(_around(lowest, _MEDIAN_OF), axis=1)
    steps = max(1, round(_MEAN_S * rate_hz)) // 2 * 2 + 1
    heights: Floats = _around(lowest, steps).mean(1) - JOINT_HEIGHT_M
    return heights


def _around(x: Floats, count: int) -> Floats:
    """The `count` values (T, count) around each of `x` (T,); the ends are repeated."""
    padded = np.pad(x, count // 2, mode="edge")
    windows: Floats = np.lib.stride_tricks.sliding_window_view(padded, count)
    return windows
