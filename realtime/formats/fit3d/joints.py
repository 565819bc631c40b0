"""Fit3D joints: `<subject>/joints3d_25/<action>.json`.

{"joints3d_25": (T, 25, 3)} in metres, 50 frames per second, in the room (Fieraru et al., "AIFit", CVPR 2021;
github.com/sminchisescu-research/imar_vision_datasets_tools).  The names of the 25 points are not published.  The
toolkit's list of limbs fixes the chains: 0-16 are those of Human3.6M-17, and two more points hang from each
ankle and wrist.  It does not fix the sides.  PerfectRep reads the first 17 in Human3.6M's order, where the right leg
comes first; users of the data (issue 6 of the toolkit) and its evaluation code, which takes joint 6 for a right
ankle, have the left leg first.  So each file decides: hips and shoulders of a person are on the same sides, and where
they are not, in most frames, the legs are exchanged.

The vertical axis is derived from the cameras, which are roughly level: the extrinsics in
`camera_parameters/<camera>/<action>.json` are x_camera = (x - T) R^T with y down.  Without
these files it is z.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...motion import to_z_up
from ...skeleton import FIT3D25, H36M17
from ..rig_motion import Array
from ..safe.damage import parsing
from ..safe.gz_text import read_text

RATE_HZ = 50.0
FOLDER = _KEY = "joints3d_25"  # of its files, and in them
_LEG = ("hip", "knee", "ankle", "foot_1", "foot_2")


def person_of(path: Path) -> str:
    """The subject whose joints a file contains, such as s03: the folder above joints3d_25."""
    folder = path.absolute().parent
    return folder.parent.name if folder.name == FOLDER else folder.name


def read_fit3d(path: Path, up: str = "") -> Array:
    """H36M-17 joints (T, 17, 3) in metres, z up (FormatError)."""
    joints = read_joints(path)
    cameras = sorted(path.parent.parent.glob(f"camera_parameters/*/{path.name}"))
    up = up or (camera_up(cameras[0]) if cameras else "z")
    return to_z_up(joints[:, FIT3D25.indices(H36M17.joints)], up)


def read_joints(path: Path) -> Array:
    """Joints (T, 25, 3) of FIT3D25 in metres, in the axes of the room (FormatError)."""
    with parsing(path, f"does not contain {_KEY}"):
        joints = np.array(json.loads(read_text(path))[_KEY], np.float64)
    if joints.ndim != 3 or joints.shape[1:] != (len(FIT3D25), 3) or not len(joints):
        raise FormatError(f"{path}: expected joints of shape (T, {len(FIT3D25)}, 3), got {joints.shape!s:.60}")
    if unknown := int((~np.isfinite(joints)).any((1, 2)).sum()):
        raise FormatError(f"{path}: {unknown} of {len(joints)} frames have joints that are no finite numbers")
    return exchange_legs(joints) if legs_are_exchanged(joints) else joints


def legs_are_exchanged(joints: NDArray[Any]) -> bool:
    """Whether joints (T, 17 or more, 3), with the shoulders in Human3.6M's order, have the left leg first."""
    left, right = (joints[:, H36M17.indices((f"{side}_hip", f"{side}_shoulder"))] for side in ("left", "right"))
    with np.errstate(over="ignore", invalid="ignore"):  # where nobody can be
        hips, shoulders = np.moveaxis(left - right, 1, 0)
        return bool(np.median((hips * shoulders).sum(-1)) < 0)


def exchange_legs(points: NDArray[Any]) -> NDArray[Any]:
    """Points (..., 17 or 25, N) with the left leg in place of the right one, and the right one of the left."""
    legs = [FIT3D25.index(f"{side}_{part}") for side in ("left", "right") for part in _LEG]
    there = [joint for joint in legs if joint < points.shape[-2]]
    exchanged = points.copy()
    exchanged[..., there, :] = points[..., [FIT3D25.mirror[joint] for joint in there], :]
    return exchanged


def camera_up(path: Path) -> str:
    """The world axis that points up for a level camera, such as "y" or "-z" (FormatError)."""
    with parsing(path, "does not contain the camera extrinsics R"):
        rotation = np.array(json.loads(read_text(path))["extrinsics"]["R"], np.float64).reshape(3, 3)
    axis = int(np.argmax(np.abs(rotation[1])))
    return f"{'' if rotation[1, axis] < 0 else '-'}{'xyz'[axis]}"
