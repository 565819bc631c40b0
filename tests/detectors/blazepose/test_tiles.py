from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from realtime.detectors.blazepose.tiles import SMALLEST_PERSON_PX, coarse_tiles, fine_tiles

FRAMES = 15  # half a second at 30 fps
LOOKS = 3  # at tiles, a frame

SIDE = st.integers(1, 1300)
ANY_SIDE = st.one_of(SIDE, st.integers(1, 20_000))


def tiles(size_wh):
    return coarse_tiles(size_wh) + fine_tiles(size_wh)


@pytest.mark.parametrize(
    ("size_wh", "lefts"),
    [
        ((640, 480), [0, 160]),
        ((854, 480), [0, 374]),
        ((1280, 720), [0, 560]),
        ((1000, 250), [0, 188, 375, 562, 750]),  # a fifth of 250 px or more is shared: four steps of 200 or less
    ],
)
def test_coarse_tiles_by_hand(size_wh, lefts):
    height = size_wh[1]
    assert coarse_tiles(size_wh) == [(left, 0, height, height) for left in lefts]


def test_coarse_tiles_of_an_upright_picture():
    """Two fifths are shared from top to bottom, so that nobody who stands is cut: steps of 288 px or less."""
    assert coarse_tiles((480, 854)) == [(0, top, 480, 480) for top in (0, 187, 374)]


def test_fine_tiles_find_a_person_of_60_px():
    """60 px are 23 % of 260.9."""
    assert SMALLEST_PERSON_PX == 60
    found = fine_tiles((1280, 720))
    assert {tile[2:] for tile in found} == {(261, 261)}
    assert sorted({tile[0] for tile in found}) == [0, 204, 408, 611, 815, 1019]  # steps of 208.8 or less
    assert sorted({tile[1] for tile in found}) == [0, 153, 306, 459]  # of 156.6 or less
    assert len(found) == len(set(found)) == 24


@pytest.mark.parametrize("size_wh", [(1, 1), (16, 16), (240, 240), (300, 300)])
def test_a_small_square_picture_needs_none(size_wh):
    assert tiles(size_wh) == []


@given(width=SIDE, height=SIDE)
def test_tiles_cover_the_picture(width, height):
    for some in (coarse_tiles((width, height)), fine_tiles((width, height))):
        seen = np.zeros((height, width), bool)
        for left, top, tile_width, tile_height in some:
            seen[top : top + tile_height, left : left + tile_width] = True
        assert seen.all() or not some
    assert width == height or coarse_tiles((width, height))


@given(width=ANY_SIDE, height=ANY_SIDE)
def test_tiles_lie_in_the_picture_and_are_few(width, height):
    found = tiles((width, height))
    for left, top, tile_width, tile_height in found:
        assert 0 <= left < left + tile_width <= width
        assert 0 <= top < top + tile_height <= height
        assert all(isinstance(value, int) for value in (left, top, tile_width, tile_height))
    assert len(found) <= FRAMES * LOOKS
    assert len(found) == len(set(found)) or min(width, height) == 1


@pytest.mark.parametrize("size_wh", [(16384, 16), (16, 16384), (20_000, 1), (1, 20_000), (20_000, 20_000)])
def test_odd_sizes(size_wh):
    found = tiles(size_wh)
    assert 0 < len(found) <= FRAMES * LOOKS


def is_whole_in_one(found, left, top, tall):
    """An upright person, half as wide as tall."""
    right, bottom = left + tall / 2, top + tall
    return any(x <= left and right <= x + width and y <= top and bottom <= y + height for x, y, width, height in found)


def tallest(found):
    """Two fifths of the smallest tile's height, less 1 px as tiles begin at whole pixels."""
    return 0.4 * min(height for _, _, _, height in found) - 1


@given(data=st.data(), width=st.integers(150, 1280), height=st.integers(150, 1280))
def test_an_upright_person_is_whole_in_one_of_them(data, width, height):
    """In pictures up to 1280 x 720 and 720 x 1280, from 60 px on."""
    assume(min(width, height) <= 720)
    found = tiles((width, height)) or [(0, 0, width, height)]
    assume(tallest(found) >= SMALLEST_PERSON_PX)
    tall = data.draw(st.floats(SMALLEST_PERSON_PX, tallest(found)))
    left, top = data.draw(st.floats(0, width - tall / 2)), data.draw(st.floats(0, height - tall))
    assert is_whole_in_one(found, left, top, tall)


@pytest.mark.parametrize("wide", [True, False])
def test_who_begins_just_before_a_tile_is_whole_in_another(wide):
    """The worst places, for the tallest person, in pictures of many sizes."""
    for long in range(160, 1281, 16):
        for short in range(155, 721, 35):
            size_wh = (long, short) if wide else (short, long)
            found = tiles(size_wh) or [(0, 0, *size_wh)]
            tall = tallest(found)
            lefts = {max(0, x - 0.01) for x, _, _, _ in found} | {size_wh[0] - tall / 2}
            tops = {max(0, y - 0.01) for _, y, _, _ in found} | {size_wh[1] - tall}
            for left, top in product(lefts, tops):
                assert tall < SMALLEST_PERSON_PX or is_whole_in_one(found, left, top, tall), size_wh
