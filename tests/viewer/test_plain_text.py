"""Texts of any origin, drawn for real; the tests' warnings are errors."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from support.viewer_scenes import Picture, count

from realtime.viewer.controls.help import Help
from realtime.viewer.plain_text import LONGEST, FittedText, PlainFigure, drawable
from realtime.viewer.scene import Scene
from realtime.viewer.screen import open_offscreen
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View

DARK = THEMES["dark"]
HOSTILE = {
    "formula": r"$\frac{$",
    "one dollar": "5 $ a day",
    "escaped": r"\$x\$ \\",
    "control": "a\x00b\x1b[2Jc\r\td",
    "lines": "a\n" * 300,
    "half a pair": "a\ud800b\udfff",
    "turned around": "abc\u202edef\u2066ghi",
    "right to left": "שלום عليكم",
    "no glyph": "骨格 \N{MECHANICAL ARM} \U0010ffff",
    "long": "x" * 65536,
    "long line of formulas": "$a_b$ " * 10_000,
    "a file's name": os.fsdecode(b"walk\xff$.npy"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_message_says_is_drawn(text):
    picture = Picture()
    empty = picture.of(View())
    assert (picture.of(View(headline=text, details=text)) != empty).any()
    screen = open_offscreen((200, 60))
    screen.figure.text(0.1, 0.5, text)
    screen.canvas.draw()


def test_dollars_and_backslashes_stay_what_they_are():
    assert drawable(r"$\frac{$ \$ ^_") == r"$\frac{$ \$ ^_"
    picture, other = Picture(), Picture()
    formula, plain = picture.of(View(headline="$a$")), other.of(View(headline="a"))
    assert count(formula, DARK.accent) > count(plain, DARK.accent)


def test_what_cannot_be_drawn_is_shown_as_a_square():
    assert drawable("a骨\N{MECHANICAL ARM}é") == "a□□é"


def test_a_long_line_is_cut_and_lines_are_kept():
    first, second = drawable("x" * 1000 + "\nend").split("\n")
    assert (len(first), first[-1], second) == (LONGEST, "…", "end")


@given(st.text(max_size=30))
def test_no_control_character_is_left(text):
    assert all(c.isprintable() or c == "\n" for c in drawable(text))


@pytest.mark.parametrize("size_wh", [(300, 400), (500, 500), (1600, 300), (1920, 1080)])
def test_a_headline_fits_every_window(size_wh):
    screen = open_offscreen(size_wh)
    scene = Scene(screen.figure, DARK)
    scene.show(View(headline="waiting for publisher at tcp://127.0.0.1:5556"))
    (headline, *_), *_ = scene.layers
    headline.set_animated(False)
    screen.canvas.draw()
    box = headline.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= size_wh[0]


def test_texts_are_as_large_on_a_dense_screen():
    """Twice the pixels on the same window: the same shares of it."""
    shares = []
    for dpi in (100, 200):
        figure = PlainFigure(figsize=(8, 8), dpi=dpi)
        canvas = FigureCanvasAgg(figure)
        text = FittedText(0.1, 0.5, 12, transform=figure.transFigure)
        text.set_text("waiting for the first pose")
        helping = Help(figure, DARK)
        helping.set_rows([("q", "close the window")])
        helping.toggle()
        helping.show(0.0)
        for artist in (figure.add_artist(text), helping.panel):
            artist.set_animated(False)
        canvas.draw()
        shares.append([artist.get_window_extent().width / figure.bbox.width for artist in (text, helping.panel)])
    np.testing.assert_allclose(*shares, rtol=0.06)  # hinting rounds each letter to whole pixels
