"""When and where to look for people, so that the cost of a frame stays bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle, islice

from .person_detector import Window
from .regions import Region
from .tiles import coarse_tiles, fine_tiles

WHOLE: Window | None = None  # a look at the whole picture

_SCAN_FRAMES = 15  # in which all tiles are looked at while nobody is followed: half a second at 30 fps
_LOST_S = 2.0  # for which the place where somebody was lost is looked at first
_AROUND = 1.6  # times the side of that person's region


class Search:
    """Which parts of a frame to look at for newcomers; for pictures of one size.

    While nobody is followed, each frame gets a look at the whole picture and, until somebody is
    found in it, at the place where somebody was lost and at one to three tiles.

    While somebody is followed but more people are wanted, every second frame gets one look: at the
    whole picture, a coarse tile and a fine tile in turn.  For two seconds after somebody was lost,
    every other frame gets a look there.  A look costs about as much as the landmarks of one person.
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        coarse, fine = coarse_tiles(size_wh), fine_tiles(size_wh)
        self._size_wh = size_wh
        self._tiles = cycle(coarse + fine)
        self._tiles_a_frame = math.ceil(len(coarse + fine) / _SCAN_FRAMES)
        self._in_turn = _in_turn(coarse, fine)
        self._lost: tuple[Window, float] | None = None  # where, and until when
        self._frames = 0

    def lose(self, region: Region, t_s: float) -> None:
        """Remember where somebody was last seen."""
        half = _AROUND * region.side_px / 2
        width, height = self._size_wh
        x, y = min(max(region.x_px, 0), width - 1), min(max(region.y_px, 0), height - 1)
        left, top = max(0, round(x - half)), max(0, round(y - half))
        right, bottom = min(width, round(x + half)), min(height, round(y + half))
        self._lost = (left, top, max(1, right - left), max(1, bottom - top)), t_s + _LOST_S

    def everywhere(self, t_s: float) -> list[Window | None]:
        """What to look at in a frame in which nobody is followed, until somebody is found."""
        return [WHOLE, *self._lost_place(t_s), *islice(self._tiles, self._tiles_a_frame)]

    def beside_others(self, t_s: float) -> list[Window | None]:
        """What to look at in a frame in which others are followed: one place, or none."""
        self._frames += 1
        if self._frames % 2:
            return [next(self._in_turn)]
        return list(self._lost_place(t_s))

    def _lost_place(self, t_s: float) -> list[Window]:
        if self._lost is None or not 0 <= self._lost[1] - t_s <= _LOST_S:
            return []
        return [self._lost[0]]


def looks_in_turn(size_wh: tuple[int, int]) -> Iterator[Window | None]:
    """Endless: the coarse tiles in turn, or the whole of a square picture."""
    return cycle(coarse_tiles(size_wh) or [WHOLE])


def _in_turn(coarse: list[Window], fine: list[Window]) -> Iterator[Window | None]:
    """Endless."""
    kinds = [cycle(windows) for windows in ([WHOLE], coarse, fine) if windows]
    while True:
        yield from map(next, kinds)
