"""Fit3D joints: `<subject>/joints3d_25/<action>.json`.

{"joints3d_25": (T, 25, 3)} in metres, Human3.6M-17 first, 50 frames per second (Fieraru et al.,
"AIFit", CVPR 2021; github.com/sminchisescu-research/imar_vision_datasets_tools).  The vertical
axis is derived from the cameras, which are roughly level: the extrinsics in
`camera_parameters/<camera>/<action>.json` are x_camera = (x - T) R^T with y down.  Without
these files it is z.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..motion import to_z_up
from ..skeleton import FIT3D25, H36M17
from .rig_motion import Array
from .safe.gz_text import read_text

RATE_HZ = 50.0
FOLDER = _KEY = "joints3d_25"  # of its files, and in them


def person_of(path: Path) -> str:
    """The subject whose joints a file contains, such as s03: the folder above joints3d_25."""
    folder = path.absolute().parent
    return folder.parent.name if folder.name == FOLDER else folder.name


def read_fit3d(path: Path, up: str = "") -> Array:
    """H36M-17 joints (T, 17, 3) in metres, z up (FormatError)."""
    try:
        joints = np.array(json.loads(read_text(path))[_KEY], np.float64)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FormatError(f"{path} does not contain {_KEY} ({type(error).__name__})") from error
    if joints.ndim != 3 or joints.shape[1:] != (len(FIT3D25), 3) or not len(joints):
        raise FormatError(f"{path}: expected joints of shape (T, {len(FIT3D25)}, 3), got {joints.shape}")
    cameras = sorted(path.parent.parent.glob(f"camera_parameters/*/{path.name}"))
    up = up or (camera_up(cameras[0]) if cameras else "z")
    return to_z_up(joints[:, FIT3D25.indices(H36M17.joints)], up)


def camera_up(path: Path) -> str:
    """The world axis that points up for a level camera, such as "y" or "-z" (FormatError)."""
    try:
        rotation = np.array(json.loads(read_text(path))["extrinsics"]["R"], np.float64).reshape(3, 3)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FormatError(f"{path} does not contain the camera extrinsics R ({type(error).__name__})") from error
    axis = int(np.argmax(np.abs(rotation[1])))
    return f"{'' if rotation[1, axis] < 0 else '-'}{'xyz'[axis]}"
