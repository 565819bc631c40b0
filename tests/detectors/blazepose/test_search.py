"""Which looks a frame gets.  What a look finds is not asked here."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.detectors.blazepose.regions import Region
from realtime.detectors.blazepose.search import WHOLE, Search
from realtime.detectors.blazepose.tiles import coarse_tiles, fine_tiles

SIZES = [(1, 1), (16, 16), (480, 480), (640, 480), (854, 480), (480, 854), (1280, 720), (3840, 2160), (16384, 16)]
SOMEWHERE = Region(300.0, 200.0, 100.0, 0.3)
FPS = 30


def tiles(size_wh):
    return coarse_tiles(size_wh) + fine_tiles(size_wh)


def inside(window, size_wh):
    left, top, width, height = window
    return 0 <= left < left + width <= size_wh[0] and 0 <= top < top + height <= size_wh[1]


@pytest.mark.parametrize("size_wh", SIZES)
def test_while_nobody_is_followed(size_wh):
    """The whole picture first, then at most three tiles; within half a second every tile."""
    search = Search(size_wh)
    for _ in range(4):
        seen = []
        for index in range(FPS // 2):
            first, *others = search.everywhere(index / FPS)
            assert first is WHOLE
            assert len(others) <= 3
            seen += others
        assert set(seen) == set(tiles(size_wh))


@pytest.mark.parametrize("size_wh", SIZES)
def test_while_others_are_followed(size_wh):
    """At most one look a frame, and one in two frames at least; the whole picture and every tile in turn."""
    search = Search(size_wh)
    coarse, fine = coarse_tiles(size_wh), fine_tiles(size_wh)
    frames = 2 * 3 * max(1, len(coarse), len(fine))
    looks = [search.beside_others(index / FPS) for index in range(frames)]
    assert all(len(one) <= 1 for one in looks)
    assert all(one or other for one, other in pairwise(looks))
    seen = [window for one in looks for window in one]
    assert set(seen) == {WHOLE, *coarse, *fine}
    assert seen.count(WHOLE) >= len(seen) // 3


@pytest.mark.parametrize("size_wh", [(640, 480), (1280, 720), (400, 400)])
@pytest.mark.parametrize("others", [False, True], ids=["nobody", "others"])
def test_the_place_where_somebody_was_lost_is_looked_at_for_a_while(size_wh, others):
    search, known = Search(size_wh), {WHOLE, *tiles(size_wh)}
    search.lose(SOMEWHERE, 10.0)

    def places(t_s):
        """Where, in two frames, other than without a loss."""
        looks = [search.beside_others(t_s) if others else search.everywhere(t_s) for _ in range(2)]
        assert all(len(one) <= (1 if others else 5) for one in looks)
        return {window for one in looks for window in one} - known

    (place,) = places(10.1)
    left, top, width, height = place
    assert inside(place, size_wh)
    assert left < 300 - 50
    assert left + width > 300 + 50
    assert top < 200 - 50
    assert top + height > 200 + 50
    assert max(width, height) < 300
    assert places(11.0) == {place}
    assert places(60.0) == set()


def test_a_clock_that_goes_back_forgets_the_place():
    search = Search((400, 400))
    search.lose(SOMEWHERE, 100.0)
    assert not set(search.everywhere(5.0)) - {WHOLE, *tiles((400, 400))}


def test_the_last_loss_counts():
    search = Search((1280, 720))
    search.lose(SOMEWHERE, 10.0)
    search.lose(Region(900.0, 500.0, 100.0, 0.0), 10.0)
    (place,) = set(search.everywhere(10.0)) - {WHOLE, *tiles((1280, 720))}
    assert place[0] > 700


FLOATS = st.floats(-1e6, 1e6)


@given(size_wh=st.sampled_from(SIZES), x=FLOATS, y=FLOATS, side=st.floats(1e-3, 1e6), angle=st.floats(-3, 3))
def test_a_loss_anywhere_gives_a_place_in_the_picture(size_wh, x, y, side, angle):
    search = Search(size_wh)
    search.lose(Region(x, y, side, angle), 1.0)
    windows = [window for window in search.everywhere(1.0) if window is not WHOLE]
    assert windows
    assert all(inside(window, size_wh) for window in windows)
