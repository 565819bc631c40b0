"""MOT, OpenSim's table of joint angles over time ("Motion (.mot) Files" and "Storage (.sto)
Files", OpenSim documentation, https://opensimconfluence.atlassian.net/wiki/spaces/OpenSim/
pages/53089415 and /53089996).

Degrees, as `joint_angles.py` defines them and with OpenSim's names, and pelvis_tx, _ty, _tz
in metres: where the pelvis is, the camera at the origin, in the axes of our TRC files.
Frames in which not all joints are known have no row: OpenSim's tools interpolate over a
hole in the times, and stop at a number that is none.  Joints cannot be had back.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import FormatError, RecordError
from ..kinematics import joint_angles_deg
from ..motion import Floats, Motion3D, to_y_up
from ..runtime.new_files import write_text
from ..skeleton import H36M17
from .safe.text import read_text_file

_PLACE = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def write_mot(path: Path, motion: Motion3D) -> None:
    """Write a new file.  RecordError if it is there already or cannot be written, or if
    there is no frame with all joints."""
    whole = motion.known.all(1)
    if motion.skeleton is not H36M17 or not whole.any():
        raise RecordError(f"{path}: joint angles want frames with all joints of {H36M17.name}, and there is none")
    angles = joint_angles_deg(motion.joints[whole].astype(np.float64), motion.skeleton)
    pelvis = to_y_up(motion.placed[whole, motion.skeleton.index("pelvis")])
    columns = angles | dict(zip(_PLACE, pelvis.T, strict=True))
    table = np.column_stack([motion.times_s[whole], *columns.values()])
    header = [
        " ".join(path.stem.split()) or "motion",
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={table.shape[1]}",
        "inDegrees=yes",
        "endheader",
        "\t".join(("time", *columns)),
    ]
    rows = ("\t".join(f"{number:.6f}" for number in row) for row in table)
    write_text(path, "\n".join([*header, *rows, ""]))


def read_mot(path: Path) -> tuple[Floats, dict[str, Floats]]:
    """Times (T,) s and columns (T,) by name of a file in degrees (FormatError otherwise)."""
    lines = [line.strip() for line in read_text_file(path).splitlines()]
    try:
        end = lines.index("endheader")
        names, table = _table(lines[end + 1 :])
    except (IndexError, ValueError) as error:
        raise FormatError(f"{path} is not a whole .mot file ({error})"[:300]) from error
    if "inDegrees=yes" not in lines[:end]:
        raise FormatError(f"{path} does not say inDegrees=yes")
    return table[:, 0], {name: table[:, i] for i, name in enumerate(names) if i}


def _table(lines: list[str]) -> tuple[list[str], Floats]:
    names = lines[0].split()
    table = np.array([[float(cell) for cell in line.split()] for line in lines[1:] if line])
    if names[0] != "time" or table.ndim != 2 or table.shape[1] != len(names):
        raise ValueError(f"a table of {table.shape} for the columns {', '.join(names)}"[:200])
    return names, table
