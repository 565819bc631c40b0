"""The strip of footfalls, by its pixels."""

from __future__ import annotations

import numpy as np
import pytest
from support.viewer_scenes import where

from realtime.viewer.blit import Blitter
from realtime.viewer.gait.footfalls import FootfallStrip
from realtime.viewer.gait.gait_view import Footfalls
from realtime.viewer.screen import open_offscreen
from realtime.viewer.theme import THEMES

SPANS = {"left": ((-3.0, -1.5),), "right": ((-1.5, -0.2),)}


def drawn(footfalls, theme="dark", size_wh=(600, 600)):
    screen = open_offscreen(size_wh)
    screen.figure.set_facecolor(THEMES[theme].background)
    strip = FootfallStrip(screen.figure, THEMES[theme])
    blitter = Blitter(screen.canvas, (strip.label,), (strip,))
    strip.show(footfalls)
    blitter.update()
    return screen.image()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size_wh", [(600, 600), (200, 100), (900, 300)])
def test_left_is_above_right_and_time_goes_to_the_right(theme, size_wh):
    image = drawn(Footfalls(SPANS, -0.2, {"left": None, "right": None}), theme, size_wh)
    left, right = (where(image, THEMES[theme].side(side)) for side in ("left", "right"))
    assert len(left[0]) > 0
    assert left[0].max() < right[0].min()
    assert left[1].max() <= right[1].min() + 1


def test_a_dot_is_filled_while_the_foot_is_on_the_ground():
    def dots(**contact):
        image = drawn(Footfalls({"left": (), "right": ()}, -0.2, contact))
        return [len(where(image, THEMES["dark"].side(side))[0]) for side in ("left", "right")]

    filled, hollow = dots(left=True, right=False)
    assert filled > 2 * hollow > 0
    assert dots(left=None, right=None) == [0, 0]


def test_nothing_is_drawn_where_nothing_comes():
    empty = open_offscreen((600, 600))
    empty.figure.set_facecolor(THEMES["dark"].background)
    empty.canvas.draw()
    assert np.array_equal(drawn(None), empty.image())
