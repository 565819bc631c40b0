"""People who walk by formula, as trials of motion capture."""

from __future__ import annotations

import numpy as np

from realtime.training.evaluation.gait.trials import Trial
from realtime.training.mocap.canonical25 import CANONICAL25

from .gait_walkers import Walker

RATE_HZ = 120.0


def trial_of(walker: Walker, seconds: float = 6.0, rate_hz: float = RATE_HZ, floor: float = 0.0) -> Trial:
    """A trial on a floor that rises by so much a metre."""
    points = walker.points(np.arange(int(seconds * rate_hz)) / rate_hz)
    stacked = np.stack([points[name] for name in CANONICAL25.joints], 1)
    stacked[..., 2] += floor * stacked[..., :1].mean(1)
    return Trial("walker", "nobody", held_out=True, points=stacked, rate_hz=rate_hz)
