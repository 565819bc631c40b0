"""Qualisys Track Manager's TSV export of marker positions.

Lines of a keyword and its values between tabs (NO_OF_MARKERS, FREQUENCY, MARKER_NAMES …),
perhaps a line of column names, then one row of x, y, z in millimetres for each frame,
perhaps after its number and time; z is up ("Motion data (.tsv)", QTM documentation,
https://docs.qualisys.com/qtm/content/processing_measurement/motion_data_tsv.htm).  A lost
marker has empty cells, NULL, or three zeros, as the export was set.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..motion import to_z_up
from .markers import Markers
from .safe.text import read_text_file

_KEYWORD = re.compile(r"[A-Z][A-Z_]+")
_LOST = ("", "NULL", "nan", "NaN")


def read_qualisys_tsv(path: Path, up: str = "z", rate_hz: float | None = None) -> Markers:
    """All markers of a file.  `rate_hz` for files whose FREQUENCY is no number (an external
    clock).  Raises FormatError."""
    lines = [line.rstrip("\r") for line in read_text_file(path).split("\n")]
    about, first = _header(lines)
    try:
        names = tuple(filter(None, (name.strip() for name in about["MARKER_NAMES"])))
        rate_hz = rate_hz or float(about["FREQUENCY"][0])
        rows = [line.split("\t") for line in lines[first:] if line.strip()]
        if rows and not _is_number(rows[0][0]):
            rows = rows[1:]
        points = np.array([_numbers(row, 3 * len(names)) for row in rows]).reshape(len(rows), -1, 3) / 1000
    except (KeyError, IndexError, ValueError) as error:
        raise FormatError(f"{path} is not a whole QTM export ({type(error).__name__}: {error})"[:300]) from error
    if not rows or not names or not rate_hz > 0:
        raise FormatError(f"{path} holds {len(rows)} frames of {len(names)} markers at {rate_hz:g} Hz")
    points[(points == 0).all(-1)] = np.nan
    return Markers(names, to_z_up(points, up), np.arange(len(rows)) / rate_hz, rate_hz)


def _header(lines: list[str]) -> tuple[dict[str, list[str]], int]:
    """Values by keyword, and the number of the first line after them."""
    about: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        key, *values = line.split("\t")
        if not _KEYWORD.fullmatch(key.strip()) or key.strip() in _LOST:
            return about, number
        about[key.strip()] = values
    return about, len(lines)


def _numbers(row: list[str], count: int) -> list[float]:
    """The last `count` cells; a frame's number and time may stand before them, a tab behind."""
    cells = [cell.strip() for cell in row]
    if len(cells) in (count + 1, count + 3) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) not in (count, count + 2):
        raise ValueError(f"a row of {len(cells)} cells for {count} coordinates")
    return [np.nan if cell in _LOST else float(cell) for cell in cells[-count:]]


def _is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return cell in _LOST
    return True
