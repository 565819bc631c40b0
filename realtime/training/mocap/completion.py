"""Completion of the joints in a file to the canonical form of 25 points.

Points in the file are kept.  Missing points are estimated as for the built-in corpora
(`canonical25.assemble`): the pelvis between the hips, the spine between hips and shoulders,
the neck between shoulders and ears, the face from mean head proportions, with the head pose
derived from the head bone, from nose and ears, or from nose and head top, and heels and toes
from mean foot proportions below the ankle (`feet.py`).  Points that cannot be estimated are
NaN; training skips frames with such points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...formats.rig_motion import Array
from ...kinematics.vectors import unit
from .canonical25 import CANONICAL25, FACE_POINTS_M, NECK_ABOVE_SHOULDERS, Head
from .feet import with_feet

_THIGH_M = 0.15, 0.8  # plausible range: from a small child's to longer than any adult's


def complete(paths: Mapping[str, Array], head: Head | None = None) -> Array:
    """Points (T, 25, 3) from trajectories (T, 3) by joint, z up."""
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
    rise = 0 if head is None else NECK_ABOVE_SHOULDERS * (head.centre - shoulders)
    points.setdefault("neck", shoulders + rise)
    return np.stack([points.get(joint, np.full((frames, 3), np.nan)) for joint in CANONICAL25.joints], 1)


def head_of(points: Mapping[str, Array]) -> Head | None:
    """The head pose from the known face points, None if there are too few."""
    if {"nose", "left_ear", "right_ear"} <= points.keys():
        centre = (points["left_ear"] + points["right_ear"]) / 2
        left = points["left_ear"] - points["right_ear"]
        return _oriented_head(centre, points["nose"] - centre, left, _forward_up("nose"))
    if {"nose", "head_top", "left_shoulder", "right_shoulder"} <= points.keys():
        left = points["left_shoulder"] - points["right_shoulder"]
        return head_from_nose_and_top(points["nose"], points["head_top"], left)
    return None


def head_from_nose_and_top(nose: Array, top: Array, left: Array) -> Head:
    """A head pose from two points of its sagittal plane; `left` is the approximate left direction."""
    at_nose, at_top = _forward_up("nose"), _forward_up("head_top")
    head = _oriented_head((nose + top) / 2, top - nose, left, at_top - at_nose)
    ahead, rise = (at_nose + at_top) / 2
    return replace(head, centre=head.centre - ahead * head.forward - rise * head.up)


def _forward_up(point: str) -> Array:
    """Position (forward, up) of a point of the sagittal plane in the mean head, relative to the ears."""
    ahead, _, up = FACE_POINTS_M[point]
    return np.array([ahead, up])


def _oriented_head(centre: Array, along: Array, left: Array, mean: Array) -> Head:
    """A head oriented so that the direction `mean` = (a, b), forward and up in the sagittal
    plane of the mean head, points `along`, with the approximate left direction `left`.

    With d the unit vector along it and w = left x d, forward is (a d + b w) / |(a, b)|.
    """
    along = unit(along)
    left = unit(left - (left * along).sum(-1, keepdims=True) * along)
    ahead, rise = mean / np.hypot(*mean)
    forward = ahead * along + rise * np.cross(left, along)
    return Head(centre, forward, left, np.cross(forward, left))


def implausibility(points: Array) -> str:
    """A message about implausible points (T, 25, 3) of a person; empty if they are plausible."""
    at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
    thigh_m = _median(np.linalg.norm(at["left_knee"] - at["left_hip"], axis=-1))
    if not _THIGH_M[0] < thigh_m < _THIGH_M[1]:
        return f"a thigh is {thigh_m:.3g} m long; check the unit of length"
    left = at["left_hip"] - at["right_hip"] + at["left_shoulder"] - at["right_shoulder"]
    ahead = np.cross(left, at["neck"] - at["pelvis"])
    if _median((ahead * (at["nose"] - at["neck"])).sum(-1)) < 0:
        return "the nose is behind the body; check for swapped left and right, or a wrong vertical axis"
    return ""


def _median(values: Array) -> float:
    """The median of the finite values; without any, a plausible value."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else sum(_THIGH_M) / 2
