"""Command lines: a parser with one-line errors, and parsers of single values (readers).

A reader converts a text to a value; its ValueError names the accepted values ("a number from
1 to 5").  Flags (runtime/flags.py), configuration files and the Python API share them.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Reader = Callable[[str], Any]

# int() and float() also take other scripts' digits and 1_000, which nobody means here.
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(inf|nan)", re.ASCII | re.IGNORECASE)


def number(kind: type, low: float, high: float = math.inf, *, above: bool = False, below: bool = False) -> Reader:
    """A reader of numbers in low..high; `above` and `below` exclude that end."""

    def read(text: str) -> Any:
        try:
            value = kind(text) if _NUMBER.fullmatch(text.strip()) else math.nan
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


def or_word(word: str, other: Reader) -> Reader:
    """A reader that accepts `word`, or what another reader accepts."""

    def read(text: str) -> Any:
        if text.strip().lower() == word:
            return word
        try:
            return other(text)
        except ValueError as error:
            raise ValueError(f"{error}, or {word}") from None

    return read


def size_px(low: int, high: int) -> Reader:
    """A reader of width and height in pixels, each in low..high, written like 1280x720."""

    def read(text: str) -> tuple[int, int]:
        sides = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text.strip().lower(), re.ASCII)
        if not sides or not all(low <= int(side) <= high for side in sides.groups()):
            raise ValueError(f"a size like 1280x720, each side from {low} to {high}")
        return int(sides[1]), int(sides[2])

    return read


def choice(*names: str) -> Reader:
    """A reader that accepts one of `names`."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}{nearest(text, names)}")
        return text

    return read


def switch(text: str) -> bool:
    """A reader of true and false.  On a command line such a flag takes no value."""
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


def some_text(text: str) -> str:
    """A reader of anything but nothing."""
    if not text.strip() or "\0" in text:
        raise ValueError("some text")
    return text


def file_path(text: str) -> Path:
    """A reader of paths of files and folders."""
    if not text.strip() or "\0" in text:
        raise ValueError("the path of a file or folder")
    return Path(text)


def file_ending(*endings: str) -> Reader:
    """A reader of paths of files of one of these endings."""

    def read(text: str) -> Path:
        path = file_path(text)
        if path.suffix not in endings:
            raise ValueError(f"a name that ends in {' or '.join(endings)}")
        return path

    return read


def name_list(known: Sequence[str] = ()) -> Reader:
    """A reader of names between commas; of `known` names, if there are any."""

    def read(text: str) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
        if known and (unknown := [name for name in names if name not in known]):
            raise ValueError(f"one or more of {', '.join(known)} between commas{nearest(unknown[0], known)}")
        if not all(names):
            raise ValueError("names between commas")
        return names

    return read


def nearest(word: str, known: Sequence[str]) -> str:
    """A suggestion like " (did you mean --window?)", '' if no known word is similar."""
    word = word.partition("=")[0]
    close = [name for name in known if len(word) > 2 and name.startswith(word)]
    close = close or difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
