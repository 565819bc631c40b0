"""The counter, by its pixels: large, beside the person, inside the figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.viewer_scenes import where

from realtime.viewer.blit import Blitter
from realtime.viewer.form.counter import Counter
from realtime.viewer.form.form_view import Board
from realtime.viewer.screen import open_offscreen
from realtime.viewer.theme import THEMES

SIZES = [(400, 400), (800, 800), (1280, 720), (400, 800), (2000, 400)]
FAULT = "The knees come in on the way up: push them out over the feet, as wide as they are."
BOARD = Board("12", "sit to stand", "lock-out", ("2 partials", "hips 12 ± 5 cm below knees", "x" * 90), FAULT)


def drawn(board, theme="dark", size_wh=(600, 600)):
    screen = open_offscreen(size_wh)
    screen.figure.set_facecolor(THEMES[theme].background)
    counter = Counter(screen.figure, THEMES[theme])
    blitter = Blitter(screen.canvas, counter.artists)
    counter.show(board)
    blitter.update()
    return screen.image()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size_wh", SIZES)
def test_digits_are_a_sixth_of_the_figure_and_nothing_reaches_its_edge(theme, size_wh):
    image = drawn(BOARD, theme, size_wh)
    digits = where(drawn(Board("12", "", "", (), ""), theme, size_wh), THEMES[theme].text)
    assert np.ptp(digits[0]) > min(size_wh) / 6
    changed = np.nonzero((image != image[0, 0]).any(-1))
    for axis, size in enumerate(image.shape[:2]):
        assert changed[axis].min() > 0
        assert changed[axis].max() < size - 1


@pytest.mark.parametrize("size_wh", SIZES)
def test_the_middle_is_the_person_s(size_wh):
    image = drawn(replace(BOARD, count="999+"), size_wh=size_wh)
    middle = image[:, round(0.5 * size_wh[0]) : round(0.65 * size_wh[0])]
    assert (middle == image[0, 0]).all()


def test_what_is_no_more_there_is_drawn_no_more():
    screen = open_offscreen((600, 600))
    counter = Counter(screen.figure, THEMES["dark"])
    blitter = Blitter(screen.canvas, counter.artists)
    blitter.update()
    empty = screen.image()
    counter.show(BOARD)
    assert blitter.update()
    assert not np.array_equal(screen.image(), empty)
    counter.show(BOARD)
    assert not blitter.update()
    counter.show(None)
    assert blitter.update()
    assert np.array_equal(screen.image(), empty)


def test_words_of_others_are_drawn_as_they_are():
    drawn(Board("7", "$x^2$ \u202e", "up", ("a\nb", "\ud800"), "$\\frac{1}$"))
