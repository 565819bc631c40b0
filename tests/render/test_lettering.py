import numpy as np
import pytest

from realtime.render.lettering import LEFT, MIDDLE, RIGHT, Lettering

WHITE = 255, 255, 255


def drawn(text, x, y=10, held=LEFT, size_wh=(200, 60)):
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    Lettering(24).draw(picture, text, x, y, WHITE, held)
    return picture[..., 0]


def columns(picture):
    return np.flatnonzero(picture.max(0) > 60)


@pytest.mark.parametrize("text", ["118°", "↓ 1.4 s", "↑", "lock-out"])
def test_a_text_is_drawn_from_where_it_is_held(text):
    width = Lettering(24).width_px(text)
    for held, x in ((LEFT, 40), (MIDDLE, 40 + width / 2), (RIGHT, 40 + width)):
        found = columns(drawn(text, x, held=held))
        assert len(found)
        assert found[0] >= 38
        assert found[-1] <= 42 + width


def test_signs_that_opencv_lacks_have_their_own_shapes():
    shapes = {sign: drawn(sign, 10).tobytes() for sign in "°↓↑?\ufffd"}
    assert len(set(shapes.values())) == len(shapes)


@pytest.mark.parametrize(("x", "y"), [(-500, 10), (500, 10), (10, -500), (10, 500), (-12, 5), (190, 50)])
def test_what_is_outside_the_picture_is_left_out(x, y):
    drawn("lock-out", x, y)


def test_the_ground_shows_through():
    picture = np.full((60, 200, 3), 100, np.uint8)
    Lettering(24).draw(picture, "m", 10, 10, (0, 0, 200))
    assert picture[:, 100:].min() == picture[:, 100:].max() == 100
    assert picture[..., 2].max() == 200
    assert picture[..., 0].min() == 0


def test_lines_are_broken_between_words_and_end_with_an_ellipsis():
    letters = Lettering(24)
    text = "The knees go in on the way up: they are nearer to each other than the ankles."
    lines = letters.wrapped(text, 300, 9)
    assert " ".join(lines) == text
    assert max(map(letters.width_px, lines)) <= 300
    assert letters.wrapped(text, 300, 2) == [lines[0], f"{lines[1]}…"]
    assert letters.wrapped("", 300, 2) == []
