"""Angles at events, their peaks, and over the cycle, by the functions of `posture`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ....motion import Floats
from .. import posture
from ..result import CYCLE_POINTS, SIDES, AngleCycle, Curve, Stride
from ..trial import Trial

_GEOMETRY = "plain geometry"
_KNEE = (
    "after Grood & Suntay, A joint coordinate system for the clinical description of three-dimensional motions, "
    "J. Biomech. Eng. 105(2), 1983: flexion, by joint centres, not split into planes"
)
_ANKLE = (
    "after Wu et al., ISB recommendation on definitions of joint coordinate system of various joints, J. Biomech. "
    "35(4), 2002: ankle, by points of the foot, not split into planes"
)
_ELBOW = (
    "after Wu et al., ISB recommendation on definitions of joint coordinate systems of various joints, part II, "
    "J. Biomech. 38(5), 2005: elbow, by joint centres, not split into planes"
)


@dataclass(frozen=True)
class Angle:
    """An angle of one side, its path (T,) from a trial, and the parts of the body that it needs."""

    key: str
    label: str
    path: Callable[[Trial, str], Floats]
    function: Callable[..., Floats]
    parts: tuple[str, ...]
    source: str
    gravity: bool = False  # whether it is measured against the vertical

    @property
    def definition(self) -> str:
        """The first sentence of the function's docstring."""
        return first_sentence(self.function)


def first_sentence(function: Callable[..., object]) -> str:
    """Of a docstring, on one line."""
    text = " ".join((inspect.getdoc(function) or "").split())
    return text.split(". ")[0].removesuffix(".") + "."


ANGLES = {
    angle.key: angle
    for angle in (
        Angle(
            "knee_flexion",
            "Knee flexion",
            lambda t, side: posture.knee_flexion(t.body, side),
            posture.knee_flexion,
            ("hip", "knee", "ankle"),
            _KNEE,
        ),
        Angle(
            "hip_flexion",
            "Hip flexion",
            lambda t, side: posture.hip_flexion(t.body, side, t.ahead),
            posture.hip_flexion,
            ("hip", "knee", "shoulder"),
            _GEOMETRY,  # the ISB's is against the pelvis
        ),
        Angle(
            "ankle_dorsiflexion",
            "Ankle dorsiflexion",
            lambda t, side: posture.ankle_dorsiflexion(t.body, side),
            posture.ankle_dorsiflexion,
            ("knee", "ankle", "heel", "toe"),
            _ANKLE,
        ),
        Angle(
            "shank_angle",
            "Shank against the vertical",
            lambda t, side: posture.shank_angle(t.body, side, t.ahead),
            posture.shank_angle,
            ("knee", "ankle"),
            _GEOMETRY,
            gravity=True,
        ),
        Angle(
            "elbow_flexion",
            "Elbow flexion",
            lambda t, side: posture.elbow_flexion(t.body, side),
            posture.elbow_flexion,
            ("shoulder", "elbow", "wrist"),
            _ELBOW,
        ),
        Angle(
            "trunk_lean",
            "Trunk lean",
            lambda t, _side: posture.trunk_lean(t.body, t.ahead),
            posture.trunk_lean,
            ("shoulder",),
            _GEOMETRY,
            gravity=True,
        ),
    )
}

Pick = Callable[[Trial, Floats, Stride], float]


@dataclass(frozen=True)
class Moment:
    """When in a stride an angle is taken, in words, and whether the toe-off must be known."""

    words: str
    pick: Pick
    toe_off: bool


def _at_contact(trial: Trial, path: Floats, stride: Stride) -> float:
    return trial.value(path, stride.contact_s)


def _at_mid_stance(trial: Trial, path: Floats, stride: Stride) -> float:
    if stride.toe_off_s is None:
        return float("nan")
    return trial.value(path, (stride.contact_s + stride.toe_off_s) / 2)


def _at_toe_off(trial: Trial, path: Floats, stride: Stride) -> float:
    return float("nan") if stride.toe_off_s is None else trial.value(path, stride.toe_off_s)


def _most(trial: Trial, path: Floats, stride: Stride) -> float:
    return float(np.max(trial.between(path, stride.contact_s, stride.next_contact_s)))


def _least(trial: Trial, path: Floats, stride: Stride) -> float:
    return float(np.min(trial.between(path, stride.contact_s, stride.next_contact_s)))


def _most_in_stance(trial: Trial, path: Floats, stride: Stride) -> float:
    return _nan_or_max(trial, path, stride, 1.0)


def _most_in_early_stance(trial: Trial, path: Floats, stride: Stride) -> float:
    return _nan_or_max(trial, path, stride, 0.6)


def _nan_or_max(trial: Trial, path: Floats, stride: Stride, share: float) -> float:
    if stride.toe_off_s is None:
        return float("nan")
    end = stride.contact_s + share * (stride.toe_off_s - stride.contact_s)
    return float(np.max(trial.between(path, stride.contact_s, end)))


def _mean(trial: Trial, path: Floats, stride: Stride) -> float:
    return float(np.mean(trial.between(path, stride.contact_s, stride.next_contact_s)))


def _range(trial: Trial, path: Floats, stride: Stride) -> float:
    return float(np.ptp(trial.between(path, stride.contact_s, stride.next_contact_s)))


MOMENTS = {
    "contact": Moment("at contact", _at_contact, toe_off=False),
    "mid_stance": Moment("half-way between contact and toe-off", _at_mid_stance, toe_off=True),
    "toe_off": Moment("at toe-off", _at_toe_off, toe_off=True),
    "peak": Moment("the highest in a stride", _most, toe_off=False),
    "lowest": Moment("the lowest in a stride", _least, toe_off=False),
    "stance_peak": Moment("the highest from contact to toe-off", _most_in_stance, toe_off=True),
    "loading_peak": Moment("the highest in the first 60 % of stance", _most_in_early_stance, toe_off=True),
    "mean": Moment("the mean of a stride", _mean, toe_off=False),
    "range": Moment("the highest less the lowest in a stride", _range, toe_off=False),
}
AT_EVENTS = {
    "knee_flexion": ("contact", "loading_peak", "mid_stance", "toe_off", "peak"),
    "hip_flexion": ("contact", "toe_off", "peak", "lowest"),
    "ankle_dorsiflexion": ("contact", "mid_stance", "toe_off", "stance_peak"),
    "shank_angle": ("contact",),
    "elbow_flexion": ("mean", "range"),
    "trunk_lean": ("contact", "mid_stance", "toe_off", "mean"),
}


def cycles_of(trial: Trial, tilt: str) -> tuple[AngleCycle, ...]:
    """Every angle whose points are there, over the cycle from a foot's contact to its next one; `tilt` says why the
    vertical is not certain, "" where it is."""
    found = []
    toe_offs = {side: _toe_off_percent(trial, side) for side in SIDES}
    toe_offs = {side: percent for side, percent in toe_offs.items() if np.isfinite(percent)}
    for angle in ANGLES.values():
        if trial.body.has(*angle.parts):
            left, right = (_curve(trial, angle.path(trial, side), side) for side in SIDES)
            if left or right:
                low = tilt if angle.gravity else ""
                found.append(AngleCycle(angle.key, angle.label, left, right, angle.definition, toe_offs, low))
    return tuple(found)


def _curve(trial: Trial, path: Floats, side: str) -> Curve | None:
    share = np.linspace(0, 1, CYCLE_POINTS)
    strides = [stride for stride in trial.strides if stride.side == side]
    rows = [np.interp(s.contact_s + share * s.duration_s, trial.body.times_s, path) for s in strides]
    rows = [row for row in rows if np.isfinite(row).all()]
    if not rows:
        return None
    sd = np.std(rows, axis=0, ddof=1) if len(rows) > 1 else np.full(CYCLE_POINTS, np.nan)
    return Curve(tuple(np.mean(rows, axis=0).tolist()), tuple(sd.tolist()), len(rows))


def _toe_off_percent(trial: Trial, side: str) -> float:
    shares = [
        100 * (stride.toe_off_s - stride.contact_s) / stride.duration_s
        for stride in trial.strides
        if stride.side == side and stride.toe_off_s is not None
    ]
    return float(np.mean(shares)) if shares else float("nan")
