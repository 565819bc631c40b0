"""Human3.6M in the files of VideoPose3D: `data_3d_h36m.npz` and `data_2d_h36m_*.npz`.

`positions_3d` {subject: {action: (T, 32, 3)}} in metres, laboratory axes, z up, 50 frames per
second; `positions_2d` {subject: {action: [(T, J, 2) px per camera]}}.  Both contain pickles,
which `safe/npz.py` parses without executing them.  Complying with the licence of the data
set is the user's responsibility: academic use only, at the time of writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..skeleton import H36M17
from .rig_motion import Array
from .safe.damage import parsing
from .safe.npz import read_npz

RATE_HZ = 50.0
# Indices of the 17 H36M-17 joints among the 32 joints of the data set.
_H36M17_OF_32 = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
_JOINTS = 32


@dataclass(frozen=True, eq=False)
class Sequence2D:
    """Keypoints (T, J, 2) px of one action in one camera."""

    subject: str
    action: str
    camera: int
    xy: Array


def read_h36m_3d(path: Path) -> Iterator[tuple[str, str, Array]]:
    """Subject, action and joints (T, 17, 3) m, z up, of each recording (FormatError)."""
    for subject, action, positions in _recordings(path, "positions_3d"):
        joints = _array(path, positions, 3)
        if joints.shape[1] not in (_JOINTS, len(H36M17)):
            raise FormatError(f"{path}: {subject} {action} has {joints.shape[1]} joints, expected {_JOINTS}")
        yield subject, action, joints[:, _H36M17_OF_32] if joints.shape[1] == _JOINTS else joints


def read_h36m_2d(path: Path) -> Iterator[Sequence2D]:
    """The keypoints of each recording in each camera, with the joints of the file (FormatError)."""
    for subject, action, cameras in _recordings(path, "positions_2d"):
        if not isinstance(cameras, list | tuple):
            raise FormatError(f"{path}: {subject} {action} is not a list of cameras")
        for camera, xy in enumerate(cameras):
            yield Sequence2D(subject, action, camera, _array(path, xy, 2))


def _recordings(path: Path, name: str) -> Iterator[tuple[str, str, Any]]:
    data = read_npz(path, (name,))
    with parsing(path, f"is not a VideoPose3D data set: no {name} by subject and action"):
        subjects = data[name].item()
        found = [(str(s), str(action), value) for s, actions in subjects.items() for action, value in actions.items()]
    if not found:
        raise FormatError(f"{path} does not contain any recording")
    yield from found


def _array(path: Path, value: Any, width: int) -> Array:
    with parsing(path, "is not a VideoPose3D data set"):
        array: NDArray[Any] = np.asarray(value)
        numbers = array.astype(np.float64) if array.dtype.kind == "f" else np.empty(0)
    if array.dtype.kind != "f" or array.ndim != 3 or array.shape[2] != width or not len(array):
        found = f"{array.dtype!s:.30} {array.shape!s:.60}"
        raise FormatError(f"{path}: expected floats of shape (T, J, {width}), got {found}")
    return numbers
