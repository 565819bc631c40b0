"""Smoothers for joints: a causal one, and one for joints whose future is known."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .motion import Floats
from .pose import Array


class OneEuro:
    """The 1 euro filter over an array: Casiez, Roussel and Vogel, "1€ Filter: A Simple
    Speed-based Low-pass Filter for Noisy Input in Interactive Systems", CHI 2012.

    `min_cutoff_hz` is the cut-off at rest; every unit of speed (here m/s, of each joint)
    raises it by `beta` Hz; the speed itself is smoothed with `d_cutoff_hz`.  Takes times,
    so the rate may vary.
    """

    def __init__(self, min_cutoff_hz: float = 2.0, beta: float = 6.0, d_cutoff_hz: float = 1.0) -> None:
        if min(min_cutoff_hz, d_cutoff_hz) <= 0 or beta < 0:
            raise ValueError("cut-offs must be above 0 Hz, and beta not below 0")
        self.min_cutoff_hz, self.beta, self.d_cutoff_hz = min_cutoff_hz, beta, d_cutoff_hz
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next pose passes unchanged."""
        self._t_s = -math.inf
        self._x: Array | None = None
        self._speed: Array | None = None

    def __call__(self, x: Array, t_s: float) -> Array:
        """Points (..., 3) at a time → smoothed points.  A time that has not advanced gives
        the former answer.  One with a number that is not finite passes and is forgotten."""
        if not np.isfinite(x).all():
            return x
        if self._x is None or self._speed is None:
            self._t_s, self._x, self._speed = t_s, x, np.zeros_like(x)
            return x
        dt_s = t_s - self._t_s
        if dt_s <= 0:
            return self._x
        speed = (x - self._x) / dt_s
        self._speed = self._speed + _alpha(self.d_cutoff_hz, dt_s) * (speed - self._speed)
        length = np.linalg.norm(self._speed, axis=-1, keepdims=True)
        self._x = self._x + _alpha(self.min_cutoff_hz + self.beta * length, dt_s) * (x - self._x)
        self._t_s = t_s
        return self._x.astype(np.float32)


class ZeroLag:
    """Smoothing without a delay, for joints whose future is known.

    A straight line is fitted to each joint's neighbours in time (Cleveland, "Robust Locally Weighted
    Regression and Smoothing Scatterplots", JASA 1979, without the robust weights), which are weighted by a
    Gaussian.  Its width follows the joint's speed as the cut-off of the 1 euro filter does: at rest it lets
    pass what is below `min_cutoff_hz`, and `beta` Hz more with every m/s.  Speed is the root of its mean square
    around the time in question, so that it is not zero where a kick turns round.  Times are seconds: the frame rate
    makes no difference, and may vary.

    The defaults were chosen on held-out motion capture, 30 fps: joints below 0.5 m/s tremble by 5.8 mm a
    frame instead of 7.7, and a kick of half a second loses 1 % of its height.  A Gaussian of 1.5 frames for
    every speed: 6.0 mm, and 8 %.
    """

    reach_s = 0.2  # of neighbours, on both sides

    def __init__(self, min_cutoff_hz: float = 1.5, beta: float = 2.0) -> None:
        if min_cutoff_hz <= 0 or beta < 0:
            raise ValueError("cut-offs must be above 0 Hz, and beta not below 0")
        self.min_cutoff_hz, self.beta = min_cutoff_hz, beta

    def __call__(self, x: Array, t_s: Floats) -> Array:
        """The smoothed points (J, 3) at time 0, from points (T, J, 3) at the rising times (T,) around it."""
        if len(t_s) < 2:
            only: Array = x[0]
            return only
        width_s = _HALF_POWER / (self.min_cutoff_hz + self.beta * _speed(x, t_s))
        weight = _gaussian(t_s[:, None], width_s)
        mean_t = (weight * t_s[:, None]).sum(0)
        mean_x = (weight[..., None] * x).sum(0)
        spread = weight * (t_s[:, None] - mean_t)
        variance = (spread * (t_s[:, None] - mean_t)).sum(0)
        slope = (spread[..., None] * x).sum(0) / np.maximum(variance, _LEAST_VARIANCE_S2)[:, None]
        smooth: Array = (mean_x - slope * mean_t[:, None]).astype(np.float32)
        return smooth


_HALF_POWER = math.sqrt(math.log(2)) / (2 * math.pi)  # width of a Gaussian × the frequency that it halves
_LEAST_VARIANCE_S2 = 1e-9  # with less there is one point only, and no slope
_POSITION_WIDTH_S, _SPEED_WIDTH_S = 0.04, 0.08  # of the Gaussians by which the speed is found
_SHORTEST_STEP_S = 1e-3


def _speed(x: Array, t_s: Floats) -> Floats:
    """Root mean square speeds (J,) around time 0 of points (T, J, 3), smoothed before."""
    positions = np.tensordot(_gaussian(t_s[:, None] - t_s, _POSITION_WIDTH_S), x, (0, 0))
    steps_s = np.maximum(np.diff(t_s), _SHORTEST_STEP_S)
    squares = (np.diff(positions, axis=0) ** 2).sum(-1) / steps_s[:, None] ** 2
    speed: Floats = np.sqrt(_gaussian((t_s[1:] + t_s[:-1]) / 2, _SPEED_WIDTH_S) @ squares)
    return speed


def _gaussian(t_s: Floats, width_s: Floats | float) -> Floats:
    """Weights along the first axis, with the sum 1."""
    weight = np.exp(-0.5 * (t_s / width_s) ** 2)
    normalised: Floats = weight / weight.sum(0)
    return normalised


def _alpha(cutoff_hz: Array | float, dt_s: float) -> Array | float:
    """Weight of the newest value in exponential smoothing (eq. 5 of the paper)."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * dt_s))


# By the name of the setting; None leaves joints as they are.
SMOOTHERS: dict[str, Callable[[], OneEuro] | None] = {"off": None, "one-euro": OneEuro}
ZERO_LAG = "zero-lag"  # for recordings, whose future is known
