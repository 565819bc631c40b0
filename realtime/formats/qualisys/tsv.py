"""Qualisys Track Manager's TSV export of marker positions.

Tab-separated header lines of a keyword and its values (NO_OF_MARKERS, FREQUENCY,
MARKER_NAMES …), optionally a line of column names, then one row per frame with x, y, z in
millimetres, optionally preceded by frame number and time; z is up ("Motion data (.tsv)", QTM
documentation, https://docs.qualisys.com/qtm/content/processing_measurement/motion_data_tsv.htm).
A missing marker has empty cells, NULL, or three zeros, depending on the export settings.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...motion import to_z_up
from ...runtime.text import counted
from ..markers import Markers
from ..safe.damage import parsing
from ..safe.text import read_text_file

_KEYWORD = re.compile(r"[A-Z][A-Z_]+")
_MISSING = ("", "NULL", "nan", "NaN")


def read_qualisys_tsv(path: Path, up: str = "z", rate_hz: float | None = None) -> Markers:
    """All markers of a file.  `rate_hz` overrides FREQUENCY, which is not a number in files
    recorded with an external clock.  Raises FormatError."""
    lines = [line.rstrip("\r") for line in read_text_file(path).split("\n")]
    about, first = _header(lines)
    with parsing(path, "is not a QTM export, or is truncated"):
        names = tuple(filter(None, (name.strip() for name in about["MARKER_NAMES"])))
        rate_hz = rate_hz or float(about["FREQUENCY"][0])
        rows = [line.split("\t") for line in lines[first:] if line.strip()]
        if rows and not _is_number(rows[0][0]):
            rows = rows[1:]
        points = np.array([_numbers(row, 3 * len(names)) for row in rows]).reshape(len(rows), -1, 3) / 1000
    if not rows or not names or not rate_hz > 0:
        frames, markers = counted(len(rows), "frame"), counted(len(names), "marker")
        raise FormatError(f"{path} is invalid: it has {frames} of {markers} at {rate_hz:g} Hz")
    points[(points == 0).all(-1) | ~np.isfinite(points).all(-1)] = np.nan
    return Markers(names, to_z_up(points, up), np.arange(len(rows)) / rate_hz, rate_hz)


def _header(lines: list[str]) -> tuple[dict[str, list[str]], int]:
    """Header values by keyword, and the index of the first line after the header."""
    about: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        key, *values = line.split("\t")
        if not _KEYWORD.fullmatch(key.strip()) or key.strip() in _MISSING:
            return about, number
        about[key.strip()] = values
    return about, len(lines)


def _numbers(row: list[str], count: int) -> list[float]:
    """The last `count` cells; frame number and time may precede them, a trailing tab may follow."""
    cells = [cell.strip() for cell in row]
    if len(cells) in (count + 1, count + 3) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) not in (count, count + 2):
        raise ValueError(f"a row of {len(cells)} cells for {count} coordinates")
    return [np.nan if cell in _MISSING else float(cell) for cell in cells[-count:]]


def _is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return cell in _MISSING
    return True
