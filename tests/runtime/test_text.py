from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.runtime.text import Field, columns_of, counted, fitted, listed, printable, reason, shortened

# Characters with their widths in a terminal, typed from the Unicode tables.
NARROW, WIDE, MARKS = "ab 7/é", "人字ｗ😀한", "\u0301\u20dd"
CONTROL = "\x00\x07\b\t\n\r\x0b\x1b\x7f\x85\x9b\u2028\u202e\u200d\ud800"


def width(line):
    """As a terminal would count."""
    known = dict.fromkeys(NARROW + "…?!", 1) | dict.fromkeys(WIDE, 2) | dict.fromkeys(MARKS, 0)
    return sum(known[character] for character in line)


@pytest.mark.parametrize(
    ("count", "words", "text"),
    [
        (0, ["frame"], "0 frames"),
        (1, ["frame"], "1 frame"),
        (2, ["frame"], "2 frames"),
        (1, ["person", "people"], "1 person"),
        (3, ["person", "people"], "3 people"),
    ],
)
def test_a_count_agrees_with_its_noun(count, words, text):
    assert counted(count, *words) == text


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("walk.mp4", 8),
        ("人", 2),
        ("e\u0301", 1),
        ("🇫🇷", 4),
        ("1\ufe0f\u20e3", 2),
        ("😀👍🏽", 6),
        ("한국어", 6),
        ("ｗ", 2),
    ],
)
def test_columns_as_the_widest_terminal_counts(text, columns):
    assert columns_of(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("all is well", 11, "all is well"),
        ("recording into out_files is paused: free some space", 40, "recording into out_files is…some space"),
        ("/data/very/long/path/to/walk_of_anna.mp4", 24, "/data/very/long/…nna.mp4"),
        ("人人人人人人", 7, "人人…人"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
    ],
)
def test_the_middle_of_a_long_text_is_left_out(text, columns, line):
    assert shortened(text, columns) == line


@given(st.text(NARROW + WIDE + MARKS, max_size=120), st.integers(0, 60))
def test_a_shortened_text_fits_and_keeps_both_ends(text, columns):
    line = shortened(text, columns)
    assert width(line) <= columns
    if line != text and columns:
        head, tail = line.split("…")
        assert text.startswith(head)
        assert text.endswith(tail)


@given(st.text(NARROW + WIDE + MARKS + CONTROL, max_size=60))
def test_nothing_that_moves_the_cursor_is_printed(text):
    assert not set(printable(text)) & set(CONTROL)


FIELDS = [
    Field("29.9 fps", keep=3),
    Field("window 27/27", "27/27", keep=1),
    Field("28 poses recorded", "28 poses", keep=2),
]


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (41, "29.9 fps  window 27/27  28 poses recorded"),
        (40, "29.9 fps  window 27/27  28 poses"),
        (31, "29.9 fps  27/27  28 poses"),
        (24, "29.9 fps  28 poses"),
        (17, "29.9 fps"),
        (7, ""),
    ],
)
def test_fields_are_shortened_from_the_right_then_left_out_by_rank(columns, line):
    assert fitted("", FIELDS, columns) == line


def test_a_text_stands_first_and_takes_what_the_fields_leave():
    assert fitted("walk.mp4", FIELDS, 80).startswith("walk.mp4  29.9 fps  window 27/27")
    assert fitted("! " + "x" * 60, FIELDS, 80) == f"! {'x' * 38}…{'x' * 19}  29.9 fps  28 poses"
    assert fitted("! " + "x" * 600, FIELDS, 32) == f"! {'x' * 12}…{'x' * 7}  29.9 fps"
    assert fitted("walk.mp4", [], 80) == "walk.mp4"


def test_a_reason_is_short_and_says_what_python_does_not():
    assert reason(KeyError("Units")) == "'Units' is missing"
    assert reason(EOFError()) == "EOFError"
    assert reason(ValueError("a\nb" + "x" * 500)).startswith("a bxxx")
    assert columns_of(reason(ValueError("\x1b" * 500))) == 110


def test_names_are_listed_as_far_as_they_fit():
    assert listed([]) == "nothing"
    assert listed(["a", "b", "a"]) == "a, b"
    assert listed(map(str, range(100)), 10) == "0, 1, 2, 3 … (100 in all)"
    assert listed(["x" * 500]) == f"{'x' * 26}…{'x' * 13}"
    assert listed(["a\nb"]) == "a b"
