"""Joint angles as CSV for spreadsheets: one row per frame (RFC 4180).

Columns `time_s`, then one for each angle of `kinematics.angles.JOINTS` that the skeleton has, such as
`knee_angle_l_deg` and `knee_angle_r_deg`, in degrees.  A cell is empty where nobody was seen or the joints do not
determine the angle.  Nothing is smoothed.  See docs/angles.md.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from ..errors import NotRepresentable
from ..kinematics.angles import joint_angles_deg
from ..motion import Motion3D
from ..runtime.new_files import write_text
from .clock import time_texts

_UNIT = "_deg"


def write_angles_csv(path: Path, motion: Motion3D) -> None:
    """Write a new file.  RecordError if it exists already or cannot be written, NotRepresentable if the skeleton
    has no angle."""
    angles = joint_angles_deg(motion.joints.astype(np.float64), motion.skeleton)
    if not angles:
        raise NotRepresentable(f"{path}: {motion.skeleton.name} does not have the joints of any angle")
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["time_s", *(f"{name}{_UNIT}" for name in angles)])
    for time, row in zip(time_texts(motion.times_s), np.column_stack(list(angles.values())), strict=True):
        table.writerow([time, *("" if np.isnan(degrees) else f"{degrees:.3f}" for degrees in row)])
    write_text(path, text.getvalue())
