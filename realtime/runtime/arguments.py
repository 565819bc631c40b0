"""Command lines: a parser that answers a mistake in one line, and readers of values.

A reader turns a text into a value and raises ValueError that says what it takes ("a number
from 1 to 5"); flags of a command (`flag_type`), settings and configuration files share them.
"""

from __future__ import annotations

import argparse
import difflib
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..errors import UsageError

Reader = Callable[[str], Any]


class Parser(argparse.ArgumentParser):
    """argparse that answers a mistake with one line, naming the nearest flag."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message}; see --help")

    def parse_strictly(self, argv: Sequence[str] | None) -> argparse.Namespace:
        """As parse_args, but an unknown flag is answered with the nearest known one."""
        known, unknown = self.parse_known_args(argv)
        if unknown:
            flags = [flag for action in self._actions for flag in action.option_strings]
            raise UsageError(f"unknown argument {unknown[0]!r}{nearest(unknown[0], flags)}; see --help")
        return known


def flag_type(read: Reader) -> Reader:
    """A reader as argparse's `type`: its fault names what it was given."""

    def read_flag(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"takes {error}, not {text[:40]!r}") from error

    return read_flag


def number(kind: type, low: float, high: float = math.inf, *, above: bool = False, below: bool = False) -> Reader:
    """Numbers in low..high; `above` and `below` leave out that end."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (
            (low < value if above else low <= value) and (value < high if below or high == math.inf else value <= high)
        ):
            raise ValueError(wanted)
        return value

    start = f"above {low:.12g}" if above else f"from {low:.12g}"
    end = " on" if high == math.inf else f" to below {high:.12g}" if below else f" to {high:.12g}"
    wanted = f"a {'whole ' if kind is int else ''}number {start}{'' if above and high == math.inf else end}"
    return read


def size_px(low: int, high: int) -> Reader:
    """Width and height in pixels, each in low..high, written like 1280x720."""

    def read(text: str) -> tuple[int, int]:
        width, _, height = text.lower().partition("x")
        if not (width.isdecimal() and height.isdecimal()) or not all(low <= int(n) <= high for n in (width, height)):
            raise ValueError(f"a size like 1280x720, each side from {low} to {high}")
        return int(width), int(height)

    return read


def choice(*names: str) -> Reader:
    """One of some words."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint at the known word that was probably meant, '' where none is near."""
    close = difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
