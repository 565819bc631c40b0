"""Floor height estimation for a person whose pelvis is the origin.

The lowest part of the body is assumed to touch the floor: a foot when standing, a hand in a
handstand, the back when lying.  It is told by the points of `figure.answered`, not by feet that
are drawn without being answered.  Its height is noisy and jumps with an outlier, so a short
median filter is followed by a One Euro filter, which is slow at rest and fast in a squat.  (A
minimum over whole seconds would be steadier, but a squatting person would float.)
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ..skeleton import H36M17
from ..smoothing import OneEuro
from .figure.answered import FOOT_POINTS
from .figure.feet import ANKLE_HEIGHT_M, RADIUS_M
from .view import Floats

# Joint centres lie inside the body, the ankles of somebody who stands above a foot.
JOINT_HEIGHT_M = 0.05
_HEIGHTS_M = np.array(
    [ANKLE_HEIGHT_M if name.endswith("ankle") else JOINT_HEIGHT_M for name in H36M17.joints]
    + [RADIUS_M] * len(FOOT_POINTS)
)
_MEDIAN_OF = 3  # removes a single outlier; a longer median would lag behind a squat
_GAP_S = 1.0
_MEAN_S = 0.3


def lowest_m(joints: Floats) -> Floats:
    """Height (...) of the lowest part of bodies with the points (..., 17 or 21, 3)."""
    heights: Floats = (joints[..., 2] - _HEIGHTS_M[: joints.shape[-2]]).min(-1)
    return heights


class Floor:
    """Floor height under a stream of poses; causal."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_MEDIAN_OF)
        self._smooth = OneEuro(min_cutoff_hz=0.5, beta=20.0, d_cutoff_hz=3.0)
        self._t_s = -np.inf

    def reset(self) -> None:
        """Reset the filters, for another person or after a long gap."""
        self._recent.clear()
        self._smooth.reset()

    def __call__(self, joints: Floats, t_s: float) -> Floats:
        """Points (17 or 21, 3) about a root at the origin → the same, standing on z = 0."""
        if not 0 <= t_s - self._t_s <= _GAP_S:
            self.reset()
        self._t_s = t_s
        self._recent.append(float(lowest_m(joints)))
        height = self._smooth(np.array([np.median(self._recent)], np.float32), t_s)
        standing: Floats = joints - np.array([0.0, 0.0, height[0]])
        return standing


def floor_heights(joints: Floats, rate_hz: float) -> Floats:
    """Floor height (T,) in every frame of a finished recording (T, 17 or 21, 3): the same median,
    then a centred moving average over 0.3 s, since future frames are available."""
    lowest = lowest_m(joints)
    lowest = np.median(_around(lowest, _MEDIAN_OF), axis=1)
    steps = max(1, round(_MEAN_S * rate_hz)) // 2 * 2 + 1
    heights: Floats = _around(lowest, steps).mean(1)
    return heights


def _around(x: Floats, count: int) -> Floats:
    """Sliding windows (T, count) centred on each of `x` (T,); edge values are repeated."""
    padded = np.pad(x, count // 2, mode="edge")
    windows: Floats = np.lib.stride_tricks.sliding_window_view(padded, count)
    return windows
