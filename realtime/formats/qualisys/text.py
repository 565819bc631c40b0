"""The text layout of RunningPose's Qualisys recordings, written with MATLAB.

A row for each marker, and in it x, y, z of one frame after the other, in mm, separated by commas; 170 frames a
second, z up.  The names of the rows are in a file beside it, `updated_labels.txt` or `qtm_labels.txt`, one a line.
A marker that was lost is NaN, or three zeros.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...runtime.text import counted
from ..markers import Markers
from ..safe.gz_text import number_rows, read_text

RATE_HZ = 170.0
LABEL_FILES = "updated_labels.txt", "qtm_labels.txt"

# Where no file names them: the markers in the order of qtm_labels.txt.
_LABELS = """
HeadL HeadR HeadFront Chest SpineThoracic2 SpineThoracic12
LShoulderTop LArm LElbowOut LElbowIn LWristIn LWristOut LHand2
RShoulderTop RArm RElbowOut RElbowIn RWristIn RWristOut RHand2
WaistLFront WaistL WaistBack WaistR WaistRFront
LTrochanterMajor LThighFrontLow LKneeOut LKneeIn LShinFrontHigh LAnkleOut LAnkleIn LHeelBack LForefoot LForefoot5
RTrochanterMajor RThighFrontLow RKneeOut RKneeIn RShinFrontHigh RAnkleOut RAnkleIn RHeelBack RForefoot RForefoot5
"""


def read_qualisys_text(path: Path) -> Markers:
    """All markers of a file, .txt or .txt.gz.  Raises FormatError."""
    rows = number_rows(read_text(path), delimiter=",", name=str(path), gaps=True)
    labels = _labels(path.parent)
    if len(rows) != len(labels) or rows.shape[1] % 3:
        raise FormatError(
            f"{path} is not a Qualisys text file of {counted(len(labels), 'marker')}: a row of x, y, z for each is "
            f"wanted, and it has {counted(len(rows), 'row')} of {counted(rows.shape[1], 'number')}"
        )
    points = rows.reshape(len(labels), -1, 3).transpose(1, 0, 2) / 1000
    points[(points == 0).all(-1)] = np.nan
    return Markers(tuple(labels), points, np.arange(len(points)) / RATE_HZ, RATE_HZ)


def _labels(folder: Path) -> list[str]:
    """The names of the rows: from the folder or, as RunningPose keeps one of its files, from the one above it."""
    for place in (folder / name for folder in (folder, folder.parent) for name in LABEL_FILES):
        if place.is_file():
            return read_text(place).split()
    return _LABELS.split()
