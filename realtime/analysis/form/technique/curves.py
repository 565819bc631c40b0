"""Signals of repetitions laid over each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ....motion import Floats
from ..result import Curve
from .movement import ARMS, Movement
from .sinking import knee_flexion_deg

POINTS = 101


@dataclass(frozen=True)
class _Signal:
    key: str
    label: str
    unit: str
    path: Callable[[Movement], Floats]
    definition: str


def _knees(movement: Movement) -> Floats:
    """As the measure at the turn has it."""
    mean: Floats = np.sum([share * knee_flexion_deg(movement, side) for side, share in movement.shares.items()], axis=0)
    return mean


_KNEES = _Signal("knee_flexion", "Knee flexion", "°", _knees, "Of the working leg, or both legs' mean.")
_HIPS = _Signal("hip_flexion", "Hip flexion", "°", lambda m: m.hip_deg(), "Of the working leg, or both legs' mean.")
_ELBOWS = _Signal("elbow_flexion", "Elbow flexion", "°", lambda m: m.elbow_deg(), "The mean of both arms.")
_LEAN = _Signal(
    "trunk_lean", "Trunk lean", "°", lambda m: m.lean_deg, "Against the vertical in the sagittal plane; forwards is +."
)
_HEIGHT = _Signal(
    "height", "Height", "cm", lambda m: 100 * (m.height_m - m.height_m[0]), "Of what is lifted, over its start."
)


def curves_of(movements: Sequence[Movement]) -> tuple[Curve, ...]:
    """The curves of the repetitions of an exercise."""
    if not movements:
        return ()
    signals = (_ELBOWS, _HEIGHT) if movements[0].exercise in ARMS else (_KNEES, _HIPS, _LEAN, _HEIGHT)
    return tuple(
        Curve(
            signal.key,
            signal.label,
            signal.unit,
            tuple(_resampled(signal.path(movement)) for movement in movements),
            signal.definition,
        )
        for signal in signals
    )


def _resampled(path: Floats) -> tuple[float, ...]:
    share = np.linspace(0, len(path) - 1, POINTS)
    return tuple(np.interp(share, np.arange(len(path)), path).tolist())
