"""Command lines: a parser with one-line errors, and parsers of single values (readers).

A reader converts a text to a value; its ValueError names the accepted values ("a number from
1 to 5").  Flags of a command (`flag_type`), settings and configuration files share them.
"""

from __future__ import annotations

import argparse
import difflib
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..errors import UsageError

Reader = Callable[[str], Any]

_INPUT = "--source"  # takes what is live or a file; a word without a flag is probably one


class Parser(argparse.ArgumentParser):
    """argparse whose errors are one line and suggest the nearest flag."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the usage and exiting."""
        raise UsageError(f"{message}; see --help")

    def parse_strictly(self, argv: Sequence[str] | None) -> argparse.Namespace:
        """As parse_args, but the UsageError for an unknown flag suggests the nearest known one."""
        known, unknown = self.parse_known_args(argv)
        if unknown:
            flags = [flag for action in self._actions for flag in action.option_strings]
            raise UsageError(f"unknown argument {unknown[0]!r}{_meant(unknown[0], flags)}; see --help")
        return known


def _meant(word: str, flags: Sequence[str]) -> str:
    """A suggestion for an unknown argument: the nearest flag, or the flag that takes an input."""
    if word.startswith("-") or _INPUT not in flags:
        return nearest(word, flags)
    return f" (did you mean {_INPUT} {word}?)"


def flag_type(read: Reader) -> Reader:
    """A reader as argparse's `type`; its error also quotes the given text."""

    def read_flag(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"takes {error}, not {text[:40]!r}") from error

    return read_flag


def number(kind: type, low: float, high: float = math.inf, *, above: bool = False, below: bool = False) -> Reader:
    """A reader of numbers in low..high; `above` and `below` exclude that end."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (
            (low < value if above else low <= value) and (value < high if below or high == math.inf else value <= high)
        ):
            raise ValueError(accepted)
        return value

    if high == math.inf:
        bounds = f"above {low:.12g}" if above else f"of at least {low:.12g}"
    else:
        bounds = f"{'above' if above else 'from'} {low:.12g} to {'below ' if below else ''}{high:.12g}"
    accepted = f"a {'whole ' if kind is int else ''}number {bounds}"
    return read


def size_px(low: int, high: int) -> Reader:
    """A reader of width and height in pixels, each in low..high, written like 1280x720."""

    def read(text: str) -> tuple[int, int]:
        width, _, height = text.lower().partition("x")
        if not (width.isdecimal() and height.isdecimal()) or not all(low <= int(n) <= high for n in (width, height)):
            raise ValueError(f"a size like 1280x720, each side from {low} to {high}")
        return int(width), int(height)

    return read


def choice(*names: str) -> Reader:
    """A reader that accepts one of `names`."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


def nearest(word: str, known: Sequence[str]) -> str:
    """A suggestion like " (did you mean --window?)", '' if no known word is similar."""
    close = difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
