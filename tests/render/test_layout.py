from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.render.layout import Layout


def overlap(a, b):
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    return across > 0 and min(a.top + a.height, b.top + b.height) > max(a.top, b.top)


@given(width=st.integers(1, 8192), height=st.integers(1, 8192))
def test_every_video_has_a_film_of_even_sides_and_sensible_size(width, height):
    layout = Layout((width, height))
    across, down = layout.film_wh
    assert across % 2 == down % 2 == 0
    assert 600 < across <= 1480
    assert 400 < down <= 1180
    boxes = layout.input, layout.scene, *layout.headings
    assert all(box.left >= 0 and box.left + box.width <= across for box in boxes)
    assert all(box.top >= 0 and box.top + box.height <= down for box in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


@given(width=st.integers(1, 8192), height=st.integers(1, 8192))
def test_the_reconstruction_is_at_least_as_large_as_the_input(width, height):
    layout = Layout((width, height))
    assert layout.scene.width >= layout.input.width
    assert layout.scene.height >= layout.input.height


@given(width=st.integers(1, 8192), height=st.integers(1, 8192))
def test_pictures_are_not_stretched_and_stay_in_their_panel(width, height):
    panel = Layout((width, height)).input
    box = panel.fit((width, height))
    assert panel.left <= box.left
    assert box.left + box.width <= panel.left + panel.width
    assert panel.top <= box.top
    assert box.top + box.height <= panel.top + panel.height
    zoom = min(panel.width / width, panel.height / height)
    assert abs(box.width - width * zoom) <= 1
    assert abs(box.height - height * zoom) <= 1


@pytest.mark.parametrize(
    ("size_wh", "shown_wh"),
    [
        ((640, 480), (640, 480)),  # its own size
        ((854, 480), (720, 404)),  # 405, made even
        ((3840, 2160), (720, 404)),
        ((1080, 1920), (404, 720)),
        ((2000, 2000), (720, 720)),
        ((160, 120), (480, 360)),  # enlarged, so that the text fits
        ((2000, 400), (1280, 256)),  # a panorama stands above the scene
        ((200, 40), (720, 144)),
        ((8000, 1), (1280, 2)),
    ],
)
def test_the_panel_of_usual_and_unusual_videos(size_wh, shown_wh):
    panel = Layout(size_wh).input
    assert (panel.width, panel.height) == shown_wh


def test_text_grows_with_the_film():
    scales = [Layout(size_wh).text_scale for size_wh in ((160, 120), (640, 480), (1920, 1080), (2000, 400))]
    assert scales == sorted(scales)
    assert scales[-1] > 1.2 * scales[0]
