"""A causal smoother for joints."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

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


def _alpha(cutoff_hz: Array | float, dt_s: float) -> Array | float:
    """Weight of the newest value in exponential smoothing (eq. 5 of the paper)."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * dt_s))


# By the name of the setting; None leaves joints as they are.
SMOOTHERS: dict[str, Callable[[], OneEuro] | None] = {"off": None, "one-euro": OneEuro}
