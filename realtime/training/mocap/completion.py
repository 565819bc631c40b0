"""From the joints that a file has to the common form of 25 points.

What the file has is kept.  What it lacks is placed as for the project's own corpora
(`body.assemble`): the pelvis between the hips, the spine between hips and shoulders, the
neck between shoulders and ears, the face by mean head measures about a head whose place
and turn are told by its bone, by nose and ears, or by nose and head top, heels and toes by
mean foot measures below an ankle (`feet.py`).  What cannot be told is NaN; training passes
over frames with such points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...formats.rig_motion import Array, unit
from .canonical25 import CANONICAL25, FACE_POINTS_M, NECK_ABOVE_SHOULDERS, Head
from .feet import with_feet

_THIGH_M = 0.15, 0.8  # from a small child's to more than anybody's


def complete(paths: Mapping[str, Array], head: Head | None = None) -> Array:
    """Points (T, 25, 3) from paths (T, 3) by joint, z up."""
    points = with_feet(paths)
    frames = len(next(iter(points.values())))

    def middle(*joints: str) -> Array:
        unknown = np.full((frames, 3), np.nan)
        mean: Array = np.mean([points.get(joint, unknown) for joint in joints], axis=0)
        return mean

    shoulders, hips = middle("left_shoulder", "right_shoulder"), middle("left_hip", "right_hip")
    head = head or head_of(points)
    if head is not None:
        points = head.points() | points
    points.setdefault("pelvis", hips)
    points.setdefault("spine", (hips + shoulders) / 2)
    raised = 0 if head is None else NECK_ABOVE_SHOULDERS * (head.centre - shoulders)
    points.setdefault("neck", shoulders + raised)
    return np.stack([points.get(joint, np.full((frames, 3), np.nan)) for joint in CANONICAL25.joints], 1)


def head_of(points: Mapping[str, Array]) -> Head | None:
    """The head that the known points of a face tell, None if they are too few."""
    if {"nose", "left_ear", "right_ear"} <= points.keys():
        centre = (points["left_ear"] + points["right_ear"]) / 2
        left = points["left_ear"] - points["right_ear"]
        return _turned(centre, points["nose"] - centre, left, _ahead_and_up("nose"))
    if {"nose", "head_top", "left_shoulder", "right_shoulder"} <= points.keys():
        left = points["left_shoulder"] - points["right_shoulder"]
        return head_from_nose_and_top(points["nose"], points["head_top"], left)
    return None


def head_from_nose_and_top(nose: Array, top: Array, left: Array) -> Head:
    """A head from two points of its middle plane; `left` says roughly where left is."""
    at_nose, at_top = _ahead_and_up("nose"), _ahead_and_up("head_top")
    head = _turned((nose + top) / 2, top - nose, left, at_top - at_nose)
    ahead, rise = (at_nose + at_top) / 2
    return replace(head, centre=head.centre - ahead * head.forward - rise * head.up)


def _ahead_and_up(point: str) -> Array:
    """Where a point of the middle plane is in the mean head, forward and up of the ears."""
    ahead, _, up = FACE_POINTS_M[point]
    return np.array([ahead, up])


def _turned(centre: Array, along: Array, left: Array, mean: Array) -> Head:
    """A head turned so that a direction of its middle plane, in the mean head `mean` =
    (a, b) forward and up, is `along`, and left is roughly `left`.

    With d the unit vector along it and w = left x d, forward is (a d + b w) / |(a, b)|.
    """
    along = unit(along)
    left = unit(left - (left * along).sum(-1, keepdims=True) * along)
    ahead, rise = mean / np.hypot(*mean)
    forward = ahead * along + rise * np.cross(left, along)
    return Head(centre, forward, left, np.cross(forward, left))


def complaint(points: Array) -> str:
    """What cannot be right about points (T, 25, 3) of a person; empty where nothing is found."""
    at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
    thigh_m = _median(np.linalg.norm(at["left_knee"] - at["left_hip"], axis=-1))
    if not _THIGH_M[0] < thigh_m < _THIGH_M[1]:
        return f"a thigh is {thigh_m:.3g} m long; is the unit mistaken?"
    left = at["left_hip"] - at["right_hip"] + at["left_shoulder"] - at["right_shoulder"]
    ahead = np.cross(left, at["neck"] - at["pelvis"])
    if _median((ahead * (at["nose"] - at["neck"])).sum(-1)) < 0:
        return "the nose is behind the body; are left and right, or the axis that is up, mistaken?"
    return ""


def _median(values: Array) -> float:
    """The median of the known values; where there is none, one that nobody complains of."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else sum(_THIGH_M) / 2
