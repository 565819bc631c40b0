"""Text for people: counts with their noun, durations, and text that keeps to one line of a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_GAP = "  "  # between the fields of a line
_TEXT_SHARE = 0.7  # of a line: fields leave this much to the text, if it needs it
_TAIL_SHARE = 1 / 3  # of a shortened text: what is kept of its end
_LONGEST_REASON, _LONGEST_NAME, _LONGEST_LIST = 110, 40, 150  # columns in a message
# What faults mean that Python tells in a word, or not at all.
_MEANT = {
    KeyError: "{} is missing",
    IndexError: "a part is missing",
    AttributeError: "a part is of another kind",
    RecursionError: "it is nested too deeply",
    MemoryError: "it asks for more memory than there is",
}
_EMOJI_STYLE = "\ufe0f"  # widens the character before it
_SYMBOLS_FROM = "\u2600"  # where those begin that are wide in some terminals, or in a later Unicode


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 frame", "2 frames"; `plural` where it is not formed with -s."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def duration(seconds: float) -> str:
    """How long something lasts: "8.3 s", "12 min 05 s", "2 h 07 min"."""
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    hours, rest_min = divmod(minutes, 60)
    return f"{hours} h {rest_min:02} min" if hours else f"{minutes} min {rest_s:02} s"


def printable(text: str) -> str:
    """`text` on one line: other control characters, and what is not Unicode, are replaced."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def reason(fault: BaseException, longest: int = _LONGEST_REASON) -> str:
    """What a library says is wrong, on one line of at most so many columns; the kind of the fault where it says
    nothing."""
    meant = next((text.format(fault) for kind, text in _MEANT.items() if isinstance(fault, kind)), str(fault))
    return shortened(printable(meant.strip() or type(fault).__name__), longest)


def listed(names: Iterable[str], columns: int = _LONGEST_LIST) -> str:
    """The first of the names, each once and shortened, that fit into so many columns, and how many there are if that
    is not all; "nothing" where there is none."""
    different = list(dict.fromkeys(names))
    shown = [shortened(printable(name), _LONGEST_NAME) for name in different[: columns // 2]]
    while len(shown) > 1 and columns_of(", ".join(shown)) > columns:
        shown.pop()
    text = ", ".join(shown) or "nothing"
    return f"{text} … ({len(different)} in all)" if len(shown) < len(different) else text


class Field(NamedTuple):
    """A part of a line that is shown whole or not at all.  Where there is no room for `long`, `short` is
    shown if there is one; the field with the lowest `keep` is left out first."""

    long: str
    short: str = ""
    keep: int = 0


def fitted(text: str, fields: Sequence[Field], columns: int) -> str:
    """A line of at most `columns` columns: `text` first, shortened if need be, then the fields.

    The fields leave `text` 70 % of the line if it is as long as that.  For it, and to fit at
    all, they take their short forms from the right, and are then left out by their `keep`.
    """
    text = printable(text)
    wanted = min(columns_of(text), int(columns * _TEXT_SHARE))
    for shown in _ever_shorter(fields):
        line = _GAP.join(shown)
        room = columns - columns_of(line) - (len(_GAP) if text and line else 0)
        if room >= wanted:
            return _GAP.join(filter(None, (shortened(text, room), line)))
    return shortened(text, columns)


def _ever_shorter(fields: Sequence[Field]) -> Sequence[list[str]]:
    """What is shown of the fields: all in full first, none at last."""
    long, short = [field.long for field in fields], [field.short or field.long for field in fields]
    lines = [long[:place] + short[place:] for place in range(len(fields), -1, -1)]
    by_keep = sorted(range(len(fields)), key=lambda place: fields[place].keep)
    for count in range(1, len(fields) + 1):
        left_out = by_keep[:count]
        lines.append([text for place, text in enumerate(short) if place not in left_out])
    return lines


def shortened(text: str, columns: int) -> str:
    """`text` within so many columns of a terminal.  Of a longer one the middle is left out, by whole
    words where they are not too long: the end of a path or a fault says as much as its beginning."""
    if columns_of(text) <= columns:
        return text
    if columns < 1:
        return ""
    room = columns - 1  # of the ellipsis
    tail = _end_of(text, int(room * _TAIL_SHARE))
    return f"{_start_of(text, room - columns_of(tail))}…{tail}"


def columns_of(text: str) -> int:
    """The width of printable text in columns of a terminal, or a little more: terminals differ in
    symbols, and in whether they join characters (flags, skin tones)."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character == _EMOJI_STYLE:
        return 1
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):  # drawn over the character before
        return 0
    is_symbol = category == "So" and character >= _SYMBOLS_FROM
    return 2 if is_symbol or unicodedata.east_asian_width(character) in "WF" else 1


def _start_of(text: str, columns: int) -> str:
    """As much of the beginning as fits, up to the end of a word where that costs less than half of it."""
    length = used = 0
    for character in text:
        used += _width(character)
        if used > columns:
            break
        length += 1
    word_end = length if text[length : length + 1] == " " else text.rfind(" ", 0, length)
    return text[: word_end if word_end > length // 2 else length].rstrip()


def _end_of(text: str, columns: int) -> str:
    """As much of the end as fits, from the beginning of a word where that costs less than half of it."""
    start, used = len(text), 0
    for place in range(len(text) - 1, -1, -1):
        used += _width(text[place])
        if used > columns:
            break
        if _width(text[place]):  # a mark stays with its character
            start = place
    word_start = start if text[start - 1] == " " else text.find(" ", start) + 1
    return text[word_start if start <= word_start <= (start + len(text)) // 2 else start :].lstrip()
