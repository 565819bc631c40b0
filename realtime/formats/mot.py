"""MOT, OpenSim's table of joint angles over time ("Motion (.mot) Files" and "Storage (.sto)
Files", OpenSim documentation, https://opensimconfluence.atlassian.net/wiki/spaces/OpenSim/
pages/53089415 and /53089996).

Angles in degrees, defined in `kinematics/opensim.py` and docs/angles.md, under OpenSim's coordinate names, those of
the ankles where the skeleton has heels and toes, and the pelvis position pelvis_tx, _ty, _tz in metres with the
camera at the origin, or the floor below it, in the axes of the TRC files.  Frames with missing joints are omitted:
OpenSim's tools interpolate over gaps in time, but fail on NaN.  Joint positions cannot be reconstructed from the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import FormatError, NotRepresentable
from ..kinematics.anatomy import body_points
from ..kinematics.opensim import coordinates_deg, missing_points
from ..motion import Floats, Motion3D, to_y_up
from ..runtime.new_files import write_text
from ..runtime.text import listed
from .clock import time_texts
from .safe.damage import parsing
from .safe.text import read_text_file

_PELVIS_POSITION = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def write_mot(path: Path, motion: Motion3D) -> None:
    """Write a new file.  RecordError if it exists already or cannot be written,
    NotRepresentable if no frame has all joints, or the skeleton lacks some that the angles are made from."""
    complete = motion.known.all(1)
    if missing := missing_points(motion.skeleton):
        raise NotRepresentable(f"{path}: {motion.skeleton.name} does not tell where {', '.join(missing)} is")
    if not complete.any():
        raise NotRepresentable(
            f"{path}: joint angles require frames with all joints of {motion.skeleton.name}, and there is none"
        )
    angles = coordinates_deg(motion.joints[complete].astype(np.float64), motion.skeleton)
    pelvis = to_y_up(body_points(motion.placed[complete], motion.skeleton)["pelvis"])
    columns = angles | dict(zip(_PELVIS_POSITION, pelvis.T, strict=True))
    times = time_texts(motion.times_s[complete])
    table = np.column_stack(list(columns.values()))
    header = [
        " ".join(path.stem.split()) or "motion",
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={1 + table.shape[1]}",
        "inDegrees=yes",
        "endheader",
        "\t".join(("time", *columns)),
    ]
    rows = ("\t".join((time, *(f"{x:.6f}" for x in row))) for time, row in zip(times, table, strict=True))
    write_text(path, "\n".join([*header, *rows, ""]))


def read_mot(path: Path) -> tuple[Floats, dict[str, Floats]]:
    """Times (T,) s and columns (T,) by name of a file in degrees.  Raises FormatError."""
    lines = [line.strip() for line in read_text_file(path).splitlines()]
    with parsing(path, "is not a .mot file, or is truncated"):
        end = lines.index("endheader")
        names, table = _table(lines[end + 1 :])
    if "inDegrees=yes" not in lines[:end]:
        raise FormatError(f"{path} does not declare inDegrees=yes; angles in degrees are required")
    return table[:, 0], {name: table[:, i] for i, name in enumerate(names) if i}


def _table(lines: list[str]) -> tuple[list[str], Floats]:
    names = lines[0].split()
    table = np.array([[float(cell) for cell in line.split()] for line in lines[1:] if line])
    if names[0] != "time" or table.ndim != 2 or table.shape[1] != len(names):
        raise ValueError(f"a table of shape {table.shape} for the columns {listed(names)}")
    return names, table
