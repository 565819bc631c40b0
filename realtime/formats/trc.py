"""TRC, Motion Analysis' table of marker positions, which OpenSim and Pose2Sim read.

Five header lines, a blank line, then frame number, time in seconds and x, y, z of each
marker, tab-separated ("Marker (.trc) Files", OpenSim documentation,
https://opensimconfluence.atlassian.net/wiki/spaces/OpenSim/pages/53089972; OpenSim's own
reader is OpenSim/Common/TRCFileAdapter.cpp of github.com/opensim-org/opensim-core).
Metres, y up, frames from 1, times of the recording (the part from 10 s on begins at 10), marker
names as in `markers.py`.  Positions are relative to the
camera, which is the origin, or to the floor below it (`Motion3D.placed`).  A missing joint (in a
frame without a person: every joint) has three empty cells.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..motion import FPS_LIMITS, Floats, Motion3D, to_y_up, to_z_up
from ..runtime.new_files import write_text
from .clock import time_texts
from .markers import Markers, as_motion, marker_names
from .safe.damage import parsing
from .safe.text import read_text_file

_KEYS = (
    "DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", "OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"
)  # fmt: skip
_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_HEADER_LINES = 5


def write_trc(path: Path, motion: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be)."""
    names = marker_names(motion.skeleton)
    frames, rate = len(motion), f"{motion.fps:.6g}"
    header = [
        f"PathFileType\t4\t(X/Y/Z)\t{' '.join(path.name.split())}",
        "\t".join(_KEYS),
        "\t".join(map(str, (rate, rate, frames, len(names), "m", rate, 1, frames))),
        "Frame#\tTime\t" + "".join(f"{name}\t\t\t" for name in names),
        "\t\t" + "".join(f"X{i}\tY{i}\tZ{i}\t" for i in range(1, len(names) + 1)),
        "",
    ]
    points = to_y_up(motion.placed).reshape(frames, -1)
    rows = (_row(i + 1, time, points[i]) for i, time in enumerate(time_texts(motion.times_s)))
    write_text(path, "\n".join([*header, *rows, ""]))


def read_trc(path: Path) -> Motion3D:
    """The motion in a file with all joints of H36M-17 (FormatError if one is missing)."""
    return as_motion(read_trc_markers(path), path)


def read_trc_markers(path: Path, up: str = "y") -> Markers:
    """All markers of a file, whatever their names.  The format does not define the vertical
    axis `up`; OpenSim uses y.  Raises FormatError."""
    lines = read_text_file(path).splitlines()
    with parsing(path, "is damaged or truncated"):
        if not lines[0].startswith("PathFileType"):
            raise FormatError(f"{path} does not start with PathFileType; it is not a TRC file")
        about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
        scale, rate_hz = _METRES[about["Units"].strip()], float(about["DataRate"])
        names = tuple(filter(None, (name.strip() for name in lines[3].split("\t")[2:])))
        rows = [line.split("\t") for line in lines[_HEADER_LINES:] if line.strip()]
        table = np.array([_cells(row, 2 + 3 * len(names)) for row in rows])
        times_s, points = table[:, 1], scale * table[:, 2:].reshape(len(rows), -1, 3)
    if not FPS_LIMITS[0] <= rate_hz <= FPS_LIMITS[1]:
        raise FormatError(
            f"{path} declares {rate_hz:g} frames per second, expected {FPS_LIMITS[0]:g} to {FPS_LIMITS[1]:g}"
        )
    points[~np.isfinite(points).all(-1)] = np.nan
    return Markers(names, to_z_up(points, up), times_s, rate_hz)


def _row(frame: int, time: str, numbers: Floats) -> str:
    # OpenSim ignores an empty string after the last tab, so an empty last cell needs one more
    # tab.  (Pose2Sim's tools would read a trailing tab in every row as a column.)
    cells = ["" if np.isnan(x) else f"{x:.6f}" for x in numbers]
    return "\t".join([str(frame), time, *cells]) + ("" if cells[-1] else "\t")


def _cells(row: list[str], count: int) -> list[float]:
    """The numbers of a row, NaN for empty cells; some programs end each row with a tab, others
    omit trailing empty cells."""
    row = [cell.strip() for cell in row]
    if len(row) > count and not any(row[count:]):
        row = row[:count]
    if len(row) > count:
        raise ValueError(f"a row of {len(row)} cells, expected {count}")
    return [float(cell) if cell else np.nan for cell in row] + [np.nan] * (count - len(row))
