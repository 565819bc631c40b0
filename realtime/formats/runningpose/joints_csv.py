"""`<recording>_3D_keypoints.csv`, the table of RunningPose's format_qtmdata.

A column for each of its 18 joints, and three rows for each frame: x, y and z in mm, in the room of the recording,
z up.  RunningPose wrote the number of the row in a column before them, which has no name and became a 19th joint
in its next step; it is not written here, and not read.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from ...motion import Floats, Motion3D, about_pelvis, motion, named
from ...pose import ROOM
from ...runtime.new_files import write_text
from ...skeleton import RUNNER18
from ..safe.damage import parsing
from ..safe.text import read_text_file
from .names import JOINT_NAMES, RATE_HZ, runner18_columns


def write_runner_csv(path: Path, points: Floats) -> None:
    """Write a new file from joints (T, 18, 3) m of RUNNER18 in the room.  Raises RecordError."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(JOINT_NAMES)
    for row in (points * 1000).transpose(0, 2, 1).reshape(-1, len(RUNNER18)):
        table.writerow(["" if np.isnan(x) else f"{x:.3f}" for x in row])
    write_text(path, text.getvalue())


def read_runner_csv(path: Path) -> Motion3D:
    """The motion of RUNNER18 in the room, at 85 frames a second.  Raises FormatError."""
    with parsing(path, "is not a CSV file"):
        names, *rows = list(csv.reader(io.StringIO(read_text_file(path), newline=""))) or [[]]
    with named(path):
        columns = runner18_columns(names)
        with parsing("the table", "is not three rows of numbers for each frame"):
            cells = [[float(row[column] or "nan") for column in columns] for row in rows]
            points = np.array(cells).reshape(-1, 3, len(RUNNER18)).transpose(0, 2, 1) / 1000
        joints, root = about_pelvis(points, RUNNER18)
        return motion(joints, RATE_HZ, root_m=root, skeleton=RUNNER18, source=path.name, place=ROOM)
