"""Pictures as a player shows them: display matrix, mirrors, pixel aspect."""

import gc
from fractions import Fraction

import numpy as np
import pytest
from av import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from realtime.sources.demo import clip_path
from realtime.sources.streams.upright import square_size, turned
from realtime.sources.video import VideoFile

ONE = 1 << 16
IMAGE = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
# (a, b, c, d) as FFmpeg stores them, and what a player shows.
SHOWN = {
    (1, 0, 0, 1): [[0, 1, 2], [3, 4, 5]],
    (-1, 0, 0, 1): [[2, 1, 0], [5, 4, 3]],
    (1, 0, 0, -1): [[3, 4, 5], [0, 1, 2]],
    (-1, 0, 0, -1): [[5, 4, 3], [2, 1, 0]],
    (0, 1, -1, 0): [[3, 0], [4, 1], [5, 2]],  # a quarter turn clockwise
    (0, -1, 1, 0): [[2, 5], [1, 4], [0, 3]],
    (0, 1, 1, 0): [[0, 3], [1, 4], [2, 5]],
    (0, -1, -1, 0): [[5, 2], [4, 1], [3, 0]],
}


@pytest.mark.parametrize("matrix", SHOWN)
def test_the_eight_ways_a_picture_can_stand(matrix):
    shown = turned(IMAGE, tuple(ONE * number for number in matrix))
    assert shown[..., 0].tolist() == SHOWN[matrix]


@pytest.mark.parametrize("matrix", SHOWN)
def test_every_pixel_goes_where_the_matrix_says(matrix):
    """x' = a x + c y, y' = b x + d y, moved so that the picture begins at 0 (libavutil/display.h)."""
    a, b, c, d = matrix
    shown = turned(IMAGE, tuple(ONE * number for number in matrix))[..., 0]
    places = {(a * x + c * y, b * x + d * y): IMAGE[y, x, 0] for y in range(2) for x in range(3)}
    left, top = (min(place[i] for place in places) for i in (0, 1))
    for (x, y), value in places.items():
        assert shown[y - top, x - left] == value


def test_a_slightly_turned_picture_goes_to_the_nearest_quarter_turn():
    sine, cosine = round(0.05 * ONE), round(0.99 * ONE)
    assert turned(IMAGE, (cosine, sine, -sine, cosine)) is IMAGE
    assert turned(IMAGE, (sine, cosine, -cosine, sine)).shape == (3, 2, 1)


def test_no_matrix_and_an_empty_one_leave_the_picture():
    assert turned(IMAGE, None) is IMAGE
    assert turned(IMAGE, (0, 0, 0, 0)) is IMAGE


@pytest.mark.parametrize(
    ("size_wh", "aspect", "square_wh"),
    [
        ((480, 360), Fraction(4, 3), (640, 360)),
        ((720, 576), Fraction(16, 15), (768, 576)),  # DV, PAL
        ((720, 480), Fraction(8, 9), (720, 540)),  # DV, NTSC
        ((640, 360), Fraction(1), (640, 360)),
        ((640, 360), Fraction(1000), (640, 360)),  # cannot be true
        ((8192, 8192), Fraction(2), (8192, 8192)),  # would exceed the limit
    ],
)
def test_pixels_become_square_and_nothing_is_lost(size_wh, aspect, square_wh):
    assert square_size(*size_wh, aspect) == square_wh


@given(st.integers(16, 4000), st.integers(16, 2000), st.fractions(Fraction(1, 8), Fraction(8)))
def test_the_proportions_are_those_that_are_shown(width, height, aspect):
    wide, high = square_size(width, height, aspect)
    assert wide >= width
    assert high >= height
    assert wide / high == pytest.approx(width * aspect / height, rel=0.06)


def test_a_frame_that_was_read_is_freed_at_once():
    """PyAV's frames and their side data hold each other, if they are asked for them: of a film in 4K, 12 MB a frame."""
    pictures = VideoFile(clip_path()).pictures()
    gc.disable()
    try:
        for _ in range(50):
            next(pictures)
        assert sum(type(one) is VideoFrame for one in gc.get_objects()) < 10
    finally:
        gc.enable()
        pictures.close()
