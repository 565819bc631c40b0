"""Angles of lifted joints against those of the markers, frame by frame, and of BlazePose's world landmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ....analysis.gait.result import SIDES
from ....kinematics.anatomy import body_points
from ....kinematics.segments import bend, dorsiflexion
from ....kinematics.vectors import unit
from ....motion import Floats, Motion3D
from ..intervals import interval, shown
from ..text_table import text_table

Points = Mapping[str, Floats]

_UP = np.array([0.0, 0.0, 1.0])


def knee(at: Points, side: str) -> Floats:
    """Flexion: by how much the shank leaves the line of the thigh."""
    return bend(*(at[f"{side}_{part}"] for part in ("hip", "knee", "ankle")))


def elbow(at: Points, side: str) -> Floats:
    """Flexion: by how much the forearm leaves the line of the upper arm."""
    return bend(*(at[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist")))


def ankle(at: Points, side: str) -> Floats:
    """Dorsiflexion: by how much the line from heel to toe rises from square to the shank."""
    return dorsiflexion(at[f"{side}_toe"] - at[f"{side}_heel"], at[f"{side}_knee"] - at[f"{side}_ankle"])


def hip(at: Points, side: str) -> Floats:
    """Flexion of the thigh against the trunk, in the plane across the line through the hips."""
    return _turned(-_trunk(at), at[f"{side}_knee"] - at[f"{side}_hip"], at["right_hip"] - at["left_hip"])


def trunk(at: Points, _side: str) -> Floats:
    """Lean of the trunk forwards from the vertical, in the plane across the line through the hips."""
    line = _trunk(at)
    return _turned(np.broadcast_to(_UP, line.shape), line, at["left_hip"] - at["right_hip"])


ANGLES: dict[str, Callable[[Points, str], Floats]] = {
    "knee": knee,
    "hip": hip,
    "ankle": ankle,
    "elbow": elbow,
    "trunk": trunk,
}


def _trunk(at: Points) -> Floats:
    line: Floats = (at["left_shoulder"] + at["right_shoulder"] - at["left_hip"] - at["right_hip"]) / 2
    return line


def _turned(first: Floats, second: Floats, axis: Floats) -> Floats:
    """By how many degrees `second` is turned from `first` about an axis, all (T, 3)."""
    axis = unit(axis)
    first, second = (vector - (vector * axis).sum(-1, keepdims=True) * axis for vector in (first, second))
    sine = (np.cross(first, second) * axis).sum(-1)
    angle: Floats = np.degrees(np.arctan2(sine, (first * second).sum(-1)))
    return angle


def angles_of(motion: Motion3D, name: str) -> Floats:
    """An angle (T, 2) of both sides, NaN where it cannot be told."""
    at = body_points(motion.joints.astype(np.float64), motion.skeleton)
    try:
        return np.stack([ANGLES[name](at, side) for side in SIDES], 1)
    except KeyError:  # a skeleton without feet
        return np.full((len(motion), len(SIDES)), np.nan)


def angle_errors(found: Motion3D, true: Motion3D, name: str) -> Floats:
    """Found less true angle (n,) of both sides in the frames of `found`, in degrees; NaN left out."""
    wanted, got = angles_of(true, name), angles_of(found, name)
    errors = got - np.stack([np.interp(found.times_s, true.times_s, side) for side in wanted.T], 1)
    known: Floats = errors[np.isfinite(errors)]
    return known


@dataclass(frozen=True, eq=False)
class AngleErrors:
    """The errors (n,) of one `angle` in one recording; `unit` is what is resampled, such as the trial."""

    angle: str
    unit: str
    errors: Floats


def by_unit(parts: Sequence[AngleErrors]) -> list[AngleErrors]:
    """The errors of one angle, those of each unit together."""
    units = {part.unit: part.angle for part in parts}
    return [
        AngleErrors(angle, unit, np.concatenate([part.errors for part in parts if part.unit == unit]))
        for unit, angle in units.items()
    ]


def bias_deg(parts: Sequence[AngleErrors]) -> float:
    """The mean error."""
    return float(np.mean(np.concatenate([part.errors for part in parts])))


def rmse_deg(parts: Sequence[AngleErrors], bias: float = 0.0) -> float:
    """The root mean square error after a bias was subtracted."""
    return float(np.sqrt(np.mean((np.concatenate([part.errors for part in parts]) - bias) ** 2)))


def angle_table(groups: Mapping[str, tuple[Sequence[AngleErrors], Sequence[AngleErrors]]]) -> str:
    """For each group, of (held-out, training) errors, and each angle: the bias of the training people, and the errors
    of the held-out ones before and after it was subtracted, with intervals over trials."""
    heads = ("", "angle", "trials", "frames", "bias of others", "RMSE", "RMSE less bias", "residual bias")
    rows = []
    for group, (held_out, training) in groups.items():
        for name in ANGLES:
            ours, others = (by_unit([part for part in parts if part.angle == name]) for parts in (held_out, training))
            if not sum(len(part.errors) for part in ours) or not sum(len(part.errors) for part in others):
                continue
            bias = bias_deg(others)
            rows.append(
                (
                    group,
                    name,
                    str(len(ours)),
                    str(sum(len(part.errors) for part in ours) // 2),
                    f"{bias:+.1f}",
                    f"{rmse_deg(ours):.1f}",
                    shown(interval(ours, partial(rmse_deg, bias=bias)), 1),
                    f"{bias_deg(ours) - bias:+.1f}",
                )
            )
    return text_table(heads, rows, labels=2)
