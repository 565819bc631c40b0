"""The chessboard, and how its size is written on a command line."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from ....pose import Array

FEWEST_CORNERS, MOST_CORNERS = 3, 50  # OpenCV finds no smaller board
_SQUARE_MM = 1.0, 1000.0
_UNITS_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?(mm|cm|m|in|)")


@dataclass(frozen=True)
class Board:
    """A chessboard of `columns` x `rows` inner corners, where four squares meet: one less than
    squares each way."""

    columns: int = 9
    rows: int = 6
    square_mm: float = 25.0

    def __str__(self) -> str:
        return f"{self.columns}x{self.rows}"

    @property
    def squares_wh(self) -> tuple[int, int]:
        """How many squares wide and high it is."""
        return self.columns + 1, self.rows + 1

    @property
    def size_mm(self) -> tuple[float, float]:
        """Its width and height without the margin."""
        wide, high = self.squares_wh
        return wide * self.square_mm, high * self.square_mm

    def points_mm(self) -> Array:
        """The inner corners (rows * columns, 3) on the board, row by row."""
        rows, columns = np.mgrid[0 : self.rows, 0 : self.columns]
        points = np.stack([columns, rows, np.zeros_like(rows)], -1).reshape(-1, 3)
        return (points * self.square_mm).astype(np.float32)


def inner_corners(text: str) -> tuple[int, int]:
    """A reader of "9x6".  Raises ValueError naming what is accepted."""
    columns, _, rows = text.lower().partition("x")
    if not all(n.isdecimal() and len(n) < 3 and FEWEST_CORNERS <= int(n) <= MOST_CORNERS for n in (columns, rows)):
        raise ValueError(
            "inner corners like 9x6 (where four squares meet: one less than squares each way), "
            f"each from {FEWEST_CORNERS} to {MOST_CORNERS}"
        )
    return int(columns), int(rows)


def length_mm(text: str) -> float:
    """A reader of "25mm", "2.5cm" or "1in"; a number alone is millimetres.  Raises ValueError naming what
    is accepted."""
    match = _LENGTH.fullmatch(text.strip().lower())
    length = float(match[1]) * _UNITS_MM[match[2]] if match else math.nan
    low, high = _SQUARE_MM
    if not low <= length <= high:
        raise ValueError("the side of a square like 25mm, 2.5cm or 1in, from 1 mm to 1 m")
    return length
