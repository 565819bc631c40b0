"""What one estimate tells of how far it can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ...pose import Estimate, Pose2D, Pose3D
from ...skeleton import COCO17, LIMB_JOINTS, Skeleton

_EDGE = 0.005  # of the picture's longer side; a keypoint is the middle of a joint, the body reaches further
_UPRIGHT_BEND_DEG = 40.0  # of either knee; in a step the swinging leg bends up to 60°
_FEET, _KNEES = ("left_ankle", "right_ankle"), ("left_knee", "right_knee")
_UPRIGHT_JOINTS = ("pelvis", "neck", "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle")

_Point = tuple[float, float, float]


@dataclass(frozen=True)
class Lean:
    """Of a body whose legs are nearly straight, in degrees against the published vertical: towards the
    camera, and to its right.  As far as both the trunk and the legs lean: somebody who bends forward
    has legs that lean the other way, or not at all; what a tilted camera sees leans as a whole."""

    towards_deg: float
    right_deg: float


@dataclass(frozen=True)
class FrameQuality:
    """`t_s`: when it was captured; `reason` as in Pose3D; `seen`: a person was detected in this very frame.

    `people` and `light` as in Estimate.  The rest is of the keypoints, None where nobody was seen:
    `height_px` is the longer side of the box around them, `at_edge` counts those of COCO-17 that lie
    at the picture's edge or outside, `outside` tells which of feet, knees and head are there, `score` is the
    mean of the limbs.  `lean` is None unless the person is upright.
    """

    t_s: float
    reason: str
    valid: bool
    seen: bool
    people: int | None = None
    light: float | None = None
    height_px: float | None = None
    at_edge: int | None = None
    outside: frozenset[str] = frozenset()
    score: float | None = None
    lean: Lean | None = None


def frame_quality(estimate: Estimate) -> FrameQuality:
    """Of one estimate."""
    pose, keypoints = estimate.pose, estimate.keypoints
    seen = keypoints is not None and not keypoints.bridged
    return FrameQuality(
        t_s=pose.t_capture_ns / 1e9,
        reason=pose.reason,
        valid=pose.valid,
        seen=seen,
        people=estimate.people,
        light=estimate.light,
        **(_of_keypoints(keypoints) if keypoints is not None and seen else {}),
        lean=_lean(pose) if pose.valid and seen else None,
    )


def _of_keypoints(keypoints: Pose2D) -> dict[str, Any]:
    body, parts, limbs = _indices(keypoints.skeleton)
    xy, size = keypoints.xy[body], np.array(keypoints.size_wh, np.float32)
    margin = _EDGE * max(keypoints.size_wh)
    out = np.any((xy < margin) | (xy > size - margin), axis=1).tolist()
    return {
        "height_px": float((xy.max(0) - xy.min(0)).max()),
        "at_edge": sum(out),
        "outside": frozenset(part for part, joints in parts.items() if all(out[joint] for joint in joints)),
        "score": float(keypoints.score[limbs].mean()),
    }


@cache
def _indices(skeleton: Skeleton) -> tuple[list[int], dict[str, list[int]], list[int]]:
    """Of COCO-17 in a skeleton of keypoints, as far as it has them, of the parts among these, and of the limbs."""
    body = [joint for joint in COCO17.joints if joint in skeleton.joints]
    parts = {"feet": _FEET, "knees": _KNEES, "head": ("nose",)}
    of_parts = {part: list(map(body.index, joints)) for part, joints in parts.items() if set(joints) <= set(body)}
    return skeleton.indices(body), of_parts, skeleton.indices(LIMB_JOINTS)


def _lean(pose: Pose3D) -> Lean | None:
    """None unless both knees are nearly straight, or where the skeleton lacks a joint."""
    order = _upright_joints(pose.skeleton)
    if order is None:
        return None
    pelvis, neck, *legs = pose.xyz[list(order)].tolist()
    left, right = legs[:3], legs[3:]
    if not (_bend_deg(*left) < _UPRIGHT_BEND_DEG and _bend_deg(*right) < _UPRIGHT_BEND_DEG):
        return None
    ankles = _between(left[2], right[2])
    trunk, whole_leg = _minus(neck, pelvis), _minus(pelvis, ankles)
    towards = [math.degrees(math.atan2(-y, z)) for _, y, z in (trunk, whole_leg)]
    to_right = [math.degrees(math.atan2(x, z)) for x, _, z in (trunk, whole_leg)]
    return Lean(_common(*towards), _common(*to_right))


@cache
def _upright_joints(skeleton: Skeleton) -> tuple[int, ...] | None:
    if not set(_UPRIGHT_JOINTS) <= set(skeleton.joints):
        return None
    return tuple(skeleton.indices(_UPRIGHT_JOINTS))


def _common(first: float, second: float) -> float:
    """The smaller of two angles on one side, 0 for angles on both sides."""
    return min(first, second, key=abs) if first * second > 0 else 0.0


def _bend_deg(hip: _Point, knee: _Point, ankle: _Point) -> float:
    """Degrees by which the shank leaves the line of the thigh."""
    thigh, shank = _minus(knee, hip), _minus(ankle, knee)
    length = math.hypot(*thigh) * math.hypot(*shank)
    if not length > 0:
        return math.inf
    cosine = sum(a * b for a, b in zip(thigh, shank, strict=True)) / length
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def _minus(end: _Point, start: _Point) -> _Point:
    return end[0] - start[0], end[1] - start[1], end[2] - start[2]


def _between(one: _Point, other: _Point) -> _Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2
