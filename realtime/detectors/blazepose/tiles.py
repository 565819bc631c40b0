"""Squares of the picture in which to look for small people.

The person detector sees 224 x 224 px: it finds a person whose height is at least about 23 % of the
side of the square that it looks at (measured on rendered people).  In a look at the whole of a wide
picture that is nobody at some distance.
"""

from __future__ import annotations

import math
from itertools import product

from .person_detector import Window

SMALLEST_PERSON_PX = 60
_FRACTION = 0.23  # of the side of the square
_MOST_COARSE, _MOST_FINE = 9, 36  # more are not looked at in half a second
_MUCH_FINER = 1.4  # where squares of the shorter side are smaller than that, they find everybody

# How much of a tile the next one repeats, so that a person of two fifths of its height, half as
# wide, is seen whole in one of them.
_OVERLAP_X, _OVERLAP_Y = 0.2, 0.4


def coarse_tiles(size_wh: tuple[int, int]) -> list[Window]:
    """Overlapping squares of the picture's shorter side; none for a square picture, and larger parts
    of one that is so long that they would be too many."""
    short, long = sorted(size_wh)
    return _at_most(_MOST_COARSE, size_wh, short) if long > short else []


def fine_tiles(size_wh: tuple[int, int]) -> list[Window]:
    """Overlapping squares in which a person of 60 px is found, larger ones in a picture in which
    those would be too many; none where the coarse ones are hardly larger."""
    side = math.ceil(SMALLEST_PERSON_PX / _FRACTION)
    return _at_most(_MOST_FINE, size_wh, side) if min(size_wh) > _MUCH_FINER * side else []


def _at_most(count: int, size_wh: tuple[int, int], side: int) -> list[Window]:
    """Tiles of this side, or of a larger one."""
    while len(grid := _grid(size_wh, side)) > count:
        side = math.ceil(1.1 * side)
    return grid


def _grid(size_wh: tuple[int, int], side: int) -> list[Window]:
    width, height = (min(side, length) for length in size_wh)
    lefts = _starts(size_wh[0], side, _OVERLAP_X)
    tops = _starts(size_wh[1], side, _OVERLAP_Y)
    return [(left, top, width, height) for top, left in product(tops, lefts)]


def _starts(length: int, side: int, overlap: float) -> list[int]:
    """Where tiles begin, evenly spaced, the last one at the end."""
    count = math.ceil(max(0, length - side) / (side * (1 - overlap)))
    return [round(i * (length - side) / count) for i in range(count + 1)] if count else [0]
