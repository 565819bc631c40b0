"""3D motion as CSV for spreadsheets: comma-separated, one row per frame (RFC 4180).

Columns `frame` (from 0), `time_s`, then for each joint `<joint>_x`, `_y`, `_z` in metres
relative to the pelvis and `<joint>_score`, then `root_x`, `root_y`, `root_z`, the pelvis
position with the camera at the origin (with `--place room` the floor below it); axes x right, y
away, z up.  Where this program lifted the
motion, what was seen follows: `reason` (why a pose is what it is, as in the live message), `people` in the
picture, `height_px` (longer side of the box around the person's keypoints), `at_edge` (how many of 17 lie at the
picture's edge or outside); they are not read back.  Missing values are empty cells: all of a
pose in frames without a person, `people` where nobody looked.  A reader derives frame rate and
skeleton from the times and the column names; source and model are not in the file.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..motion import Floats, Motion3D, motion, named, rate_of
from ..pose import FrameNotes
from ..runtime.new_files import write_text
from ..runtime.text import reason
from ..skeleton import SKELETONS, Skeleton
from .clock import time_texts
from .safe.damage import parsing
from .safe.text import read_text_file

_XYZ = ("x", "y", "z")
_NOTES = ("reason", "people", "height_px", "at_edge")


def write_motion_csv(path: Path, motion: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be)."""
    frames = len(motion)
    score = np.where(motion.known, motion.score, np.nan)
    joints = np.concatenate([motion.joints, score[..., None]], -1).reshape(frames, -1)
    numbers = np.concatenate([joints, motion.root_m], -1).astype(np.float64)
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow([*_columns(motion.skeleton), *(_NOTES if motion.notes else ())])
    for i, (time, row) in enumerate(zip(time_texts(motion.times_s), numbers, strict=True)):
        cells = ("" if np.isnan(x) else f"{x:.6f}" for x in row)
        table.writerow([i, time, *cells, *(_noted(motion.notes, i) if motion.notes else ())])
    write_text(path, text.getvalue())


def read_motion_csv(path: Path) -> Motion3D:
    """Read such a file (FormatError in one line for any other file)."""
    with parsing(path, "is not a CSV file"):
        rows = list(csv.reader(io.StringIO(read_text_file(path), newline="")))
    header = tuple(rows[0]) if rows else ()
    width = len(header)
    if header[-len(_NOTES) :] == _NOTES:
        header = header[: -len(_NOTES)]
    skeleton = next((s for s in SKELETONS.values() if _columns(s) == header), None)
    if skeleton is None:
        raise FormatError(f"{path} does not have the columns frame, time_s, pelvis_x … of a known skeleton")
    table = _numbers(path, rows[1:], width, len(header))
    if not len(table):
        raise FormatError(f"{path} contains no frames, only column names")
    joints = table[:, 2:-3].reshape(len(table), -1, 4)
    with named(path):
        return motion(
            joints[..., :3],
            rate_of(table[:, 1]),
            times_s=table[:, 1],
            score=np.nan_to_num(joints[..., 3]),
            root_m=table[:, -3:],
            skeleton=skeleton,
        )


def _columns(skeleton: Skeleton) -> tuple[str, ...]:
    joints = (f"{joint}_{part}" for joint in skeleton.joints for part in (*_XYZ, "score"))
    return ("frame", "time_s", *joints, *(f"root_{axis}" for axis in _XYZ))


def _noted(notes: FrameNotes, i: int) -> list[str]:
    people, at_edge = (str(number) if number >= 0 else "" for number in (notes.people[i], notes.at_edge[i]))
    height_px = notes.height_px[i]
    return [notes.reason[i], people, "" if np.isnan(height_px) else f"{height_px:.1f}", at_edge]


def _numbers(path: Path, rows: list[list[str]], width: int, used: int) -> Floats:
    """The first `used` of `width` cells of the rows as numbers; spreadsheets may add empty rows, which
    are skipped."""
    table = []
    for number, row in enumerate(rows, 2):
        try:
            if any(row):
                table.append(_cells(row, width, used))
        except ValueError as error:
            raise FormatError(f"{path}, line {number}: {reason(error)}") from error
    return np.array(table, np.float64).reshape(-1, used)


def _cells(row: list[str], width: int, used: int) -> list[float]:
    """The first numbers of a row, NaN for empty cells."""
    if len(row) != width:
        raise ValueError(f"{len(row)} cells for {width} columns")
    return [float(cell) if cell.strip() else np.nan for cell in row[:used]]
