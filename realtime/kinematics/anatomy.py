"""Points of the body by their anatomical names, whatever skeleton they come in.

The points of a runner lie on the skin.  Joint centres follow from them by shares of the lengths between them, which
hold for a person of any size: fitted to the joint centres of two runs of RunningPose's runner, and of the people for
training with a runner's skin (training/mocap/runner.py), each corpus counting alike.  Of her third run, and of the
people who are held out (corpus by corpus), hips are 25 and 15 to 26 mm off, spine 27 and 16 to 40, shoulders 1 and 5
to 10, neck 6 and 4 to 15, nose 17 and 10 to 33, head top 25 and 13 to 45 mm.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion import Floats
from ..skeleton import H36M17, Skeleton
from .vectors import cross, unit

# From the greater trochanter a quarter of the way to the other one (Weinhandl & O'Connor, "Assessment of a greater
# trochanter-based method of locating the hip joint center", J. Biomech. 43(13), 2010), which is what the fit finds
# too; and along the thigh and to its front, by its length: the marker is on the thigh, and before the joint.
HIP_INWARDS, _HIP_ALONG, _HIP_AHEAD = 0.25, -0.03, -0.08
# From the acromion towards the lower end of the thorax, here T12 from T2.
SHOULDER_DOWN = 0.145
# From between the shoulders towards T2 and the forehead.
_NECK = 0.1, 0.19
# The middle of the trunk is before T12: along and across the line from the waist to T2.
_SPINE = -0.034, 0.35
# From the forehead, along and across the line from T2 to it.
_RUNNER_NOSE, _RUNNER_HEAD_TOP = (0.03, 0.37), (-0.12, -0.43)
# From between the ears, along and across the line to the nose: the mean head of training/mocap/canonical25.py,
# where the neck is found too, between shoulders (0) and ears (1).
_HEAD_TOP = -0.136, -1.055
_NECK_ABOVE_SHOULDERS = 0.3


def body_points(joints: NDArray[np.floating[Any]], skeleton: Skeleton) -> dict[str, Floats]:
    """Trajectories (..., 3) of the points of joints (..., J, 3): those of the skeleton by their names, but with
    hips and shoulders at the joint centres, and with pelvis, spine, neck, nose and head top where the
    skeleton does not have them and they can be told.  A point is NaN where one that it is made from is.

    `left_heel` is the back of the heel and `left_toe` the tip of the big toe; a runner's toe is the head
    of the second metatarsal.  They are in the skeletons that have them, and not estimated."""
    points = np.asarray(joints, np.float64)
    at = {name: points[..., i, :] for i, name in enumerate(skeleton.joints)}
    if "waist_back" in at:
        at |= _runner_centres(at)
    hips, shoulders, ears = (_middle(at, part) for part in ("hip", "shoulder", "ear"))
    if hips is not None:
        at.setdefault("pelvis", hips)
    if hips is not None and shoulders is not None:
        at.setdefault("spine", (hips + shoulders) / 2)
    if shoulders is not None and ears is not None:
        at.setdefault("neck", shoulders + _NECK_ABOVE_SHOULDERS * (ears - shoulders))
        at.setdefault("head_top", _beside(ears, at["nose"] - ears, at["left_ear"] - at["right_ear"], _HEAD_TOP))
    return at


def h36m_joints(joints: NDArray[np.floating[Any]], skeleton: Skeleton) -> NDArray[np.floating[Any]]:
    """The 17 joints (..., 17, 3) of Human3.6M of joints (..., J, 3): those that the skeleton has under their
    names as they are, the others from `body_points`.  For pictures, and for formats with a fixed body.  The
    pelvis is not the origin if it is not the skeleton's root.  Raises ValueError if one cannot be told."""
    if set(H36M17.joints) <= set(skeleton.joints):
        return joints if skeleton is H36M17 else joints[..., skeleton.indices(H36M17.joints), :]
    at = body_points(joints, skeleton)
    if missing := [name for name in H36M17.joints if name not in at]:
        raise ValueError(f"{skeleton.name} does not tell where {', '.join(missing)} is")
    return np.stack([at[name] for name in H36M17.joints], -2)


def _runner_centres(at: dict[str, Floats]) -> dict[str, Floats]:
    """Joint centres and points of the middle from the surface points of a runner."""
    found = {}
    across = at["left_hip"] - at["right_hip"]
    for side, inwards in (("left", -HIP_INWARDS), ("right", HIP_INWARDS)):
        thigh = at[f"{side}_knee"] - at[f"{side}_hip"]
        length = np.linalg.norm(thigh, axis=-1, keepdims=True)
        away = _HIP_ALONG * thigh + _HIP_AHEAD * length * unit(cross(thigh, across))
        found[f"{side}_hip"] = at[f"{side}_hip"] + inwards * across + away

    thorax = at["spine_t12"] - at["spine_t2"]
    for side in ("left", "right"):
        found[f"{side}_shoulder"] = at[f"{side}_shoulder"] + SHOULDER_DOWN * thorax
    shoulders = (found["left_shoulder"] + found["right_shoulder"]) / 2
    to_left = found["left_shoulder"] - found["right_shoulder"]
    to_left_below = unit(to_left) + unit(found["left_hip"] - found["right_hip"])
    forehead = at["head_front"]
    found["spine"] = _beside(at["spine_t12"], at["spine_t2"] - at["waist_back"], to_left_below, _SPINE)
    found["neck"] = shoulders + _NECK[0] * (at["spine_t2"] - shoulders) + _NECK[1] * (forehead - shoulders)
    found["nose"] = _beside(forehead, forehead - at["spine_t2"], to_left, _RUNNER_NOSE)
    found["head_top"] = _beside(forehead, forehead - at["spine_t2"], to_left, _RUNNER_HEAD_TOP)
    return found


def _beside(start: Floats, along: Floats, to_left: Floats, shares: tuple[float, float]) -> Floats:
    """Points (..., 3) away from `start` in the sagittal plane: by the first share of `along`, and by the second
    across it, forwards if `along` is upwards."""
    point: Floats = start + shares[0] * along + shares[1] * cross(unit(to_left), along)
    return point


def _middle(at: dict[str, Floats], part: str) -> Floats | None:
    """Between the left and the right one of a part; None if there are none."""
    if f"left_{part}" not in at:
        return None
    middle: Floats = (at[f"left_{part}"] + at[f"right_{part}"]) / 2
    return middle
