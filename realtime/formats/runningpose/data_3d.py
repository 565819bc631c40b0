"""`data_3d_<name>.npz`, the 3D set of RunningPose's prepare_data_3d.

`positions_3d` {recording: (T, 18, 3)} in mm, in the axes of a Qualisys camera: x right, y up, z backwards; an object
array, which `safe/npz.py` parses without executing it.  Sets of RunningPose may hold the number of the table's row
as a first joint of 19, which is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...motion import Floats, Motion3D, about_pelvis, motion, named
from ...runtime.new_files import new_files
from ...skeleton import RUNNER18
from ..qualisys.cameras import FLIPPED
from ..safe.damage import parsing
from ..safe.npz import read_npz, save_npz
from .names import RATE_HZ

_WITH_ROW_NUMBER = len(RUNNER18) + 1
# From a Qualisys camera's axes to x right, y away from the camera, z up.
_TO_PUBLISHED = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


def write_runner_3d(path: Path, recordings: Mapping[str, Floats]) -> None:
    """Write a new file from joints (T, 18, 3) m of RUNNER18 in the axes of a camera here, y down and z forward.
    Raises RecordError."""
    positions = {name: points @ FLIPPED * 1000 for name, points in recordings.items()}
    with new_files(path) as (part,):
        save_npz(part, positions_3d=np.array(positions, object))


def read_runner_3d(path: Path) -> dict[str, Motion3D]:
    """The recordings of a set, as their camera saw them, at 85 frames a second: x right, y away from the camera, z up
    as it held it.  Raises FormatError."""
    data = read_npz(path, ("positions_3d",))
    with parsing(path, "is not a 3D set of RunningPose: no positions_3d by recording"):
        recordings = dict(data["positions_3d"].item())
    if not recordings:
        raise FormatError(f"{path} does not contain any recording")
    with named(path):
        return {str(name): _motion(str(name), points) for name, points in recordings.items()}


def _motion(name: str, value: Any) -> Motion3D:
    with parsing(name, "is not an array of joints"):
        points: NDArray[Any] = np.asarray(value)
    if points.ndim == 3 and points.shape[1] == _WITH_ROW_NUMBER:
        points = points[:, 1:]
    if points.dtype.kind != "f" or points.ndim != 3 or points.shape[1:] != (len(RUNNER18), 3):
        found = f"{points.dtype!s:.30} of shape {points.shape!s:.60}"
        raise FormatError(f"{name!r:.60} is {found}, not (frames, {len(RUNNER18)} joints, 3)")
    joints, root = about_pelvis(points.astype(np.float64) / 1000 @ _TO_PUBLISHED.T, RUNNER18)
    return motion(joints, RATE_HZ, root_m=root, skeleton=RUNNER18, source=name)
