"""The period of any repeated movement, by how alike the poses of a body are a while apart.

Affinity is the negative mean distance between the joints of two frames (Fieraru et al., "AIFit: Automatic 3D
human-interpretable feedback models for fitness training", CVPR 2021), of a body that is turned to where it faces.  Its
mean over all pairs of frames at some lag is highest where the lag is a period; the shortest such lag is the period,
since two, three … of them are as good.
"""

from __future__ import annotations

import numpy as np

from ....kinematics.vectors import unit
from ....motion import Floats
from ...body import SIDES, Body

_RATE_HZ = 10.0
_LAGS_S = 0.8, 8.0
_LONGEST_S = 300.0  # of a recording: what is looked at
_PARTS = "shoulder", "elbow", "wrist", "knee", "ankle"
_LEAST_LOSS_M = 0.03  # of affinity, between the best lag and the worst: less is swaying
_LEAST_RISE = 0.25  # of the loss of affinity: by so much it is higher at a period than between


def period_s(body: Body) -> float | None:
    """How often what the body does repeats, s; None where it does not."""
    step = max(1, round(body.fps / _RATE_HZ))
    points = _turned_ahead(body)[: int(_LONGEST_S * body.fps) : step]
    points = points[np.isfinite(points).all((1, 2))]
    rate_hz = body.fps / step
    last = min(int(_LAGS_S[1] * rate_hz), len(points) // 2)
    affinities = np.array([affinity(points, lag) for lag in range(last + 1)])
    return next((lag / rate_hz for lag in _peaks(affinities) if lag / rate_hz >= _LAGS_S[0]), None)


def affinity(points: Floats, lag: int) -> float:
    """Mean affinity, m, of frames of points (T, P, 3) that are `lag` frames apart; 0 at most, where all are alike."""
    return -float(np.linalg.norm(points[lag:] - points[: len(points) - lag], axis=2).mean())


def _peaks(values: Floats) -> list[int]:
    """Local maxima before and after which the values are lower by a share of their range."""
    least = _LEAST_RISE * float(np.ptp(values)) if len(values) else 0.0
    inside = range(1, len(values) - 1)
    local = [i for i in inside if values[i - 1] < values[i] >= values[i + 1]]
    if not local or np.ptp(values) < _LEAST_LOSS_M:
        return []
    return [i for i in local if min(values[i] - values[:i].min(), values[i] - values[i:].min()) >= least]


def _turned_ahead(body: Body) -> Floats:
    """Points (T, P, 3) about the hips, x to where the hips face."""
    left = unit((body.at["left_hip"] - body.at["right_hip"]) * (1, 1, 0))
    axes = np.stack([np.stack([left[:, 1], -left[:, 0], 0 * left[:, 0]], 1), left], 1)
    names = [f"{side}_{part}" for side in SIDES for part in _PARTS if body.has(part)]
    points = np.stack([body.at[name] for name in names], 1)
    level = np.einsum("tax,tpx->tpa", axes, points)
    return np.concatenate([level, points[..., 2:]], -1)
