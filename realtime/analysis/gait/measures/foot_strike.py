"""Which part of the foot lands first."""

from __future__ import annotations

import numpy as np

from ..result import Stride
from ..trial import Trial

LEAST_RATE_HZ = 60.0  # the foot turns by 8° in two hundredths of a second
REAR_DEG, FORE_DEG = 8.0, -1.6
SOURCE = (
    "Altman & Davis, A kinematic method for footstrike pattern detection in barefoot and shod runners, Gait & Posture "
    "35(2), 2012: above 8.0° rearfoot, below -1.6° forefoot, between them midfoot; Mo et al., Research in Sports "
    "Medicine 31(3), 2023, found 7.4° and -0.8°"
)


def foot_strike_angle(trial: Trial, stride: Stride) -> float:
    """Foot (heel to toe) against the ground at contact, in the sagittal plane, less the same angle while the foot lies
    flat at 30 to 50 % of stance; the toe up is positive: above 8.0° rearfoot, below -1.6° forefoot, between them
    midfoot."""
    if stride.toe_off_s is None:
        return float("nan")
    pitch = trial.signals.foot_pitch(stride.side)
    contact_s = stride.toe_off_s - stride.contact_s
    flat = trial.between(pitch, stride.contact_s + 0.3 * contact_s, stride.contact_s + 0.5 * contact_s)
    return trial.value(pitch, stride.contact_s) - float(np.mean(flat))


def pattern(angle_deg: float) -> str:
    """The pattern for a mean angle."""
    return "rearfoot" if angle_deg > REAR_DEG else "forefoot" if angle_deg < FORE_DEG else "midfoot"
