import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.render.layout import Layout


@given(width=st.integers(1, 8192), height=st.integers(1, 8192))
def test_every_video_has_a_film_of_even_sides_and_sensible_size(width, height):
    layout = Layout((width, height))
    across, down = layout.film_wh
    assert across % 2 == down % 2 == 0
    assert 600 < across <= 2032
    assert 400 < down <= 780
    panel, scene = layout.input, layout.scene
    assert scene.width == scene.height
    assert panel.left + panel.width <= scene.left
    assert scene.left + scene.width == across
    assert scene.top + scene.height == down


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
        ((854, 480), (854, 480)),  # its own size
        ((3840, 2160), (1280, 720)),
        ((1080, 1920), (404, 720)),  # 405, made even
        ((2000, 2000), (720, 720)),
        ((160, 120), (480, 360)),  # enlarged, so that the text fits
        ((4000, 250), (1280, 360)),  # a panorama stands in the middle
    ],
)
def test_the_panel_of_usual_and_unusual_videos(size_wh, shown_wh):
    panel = Layout(size_wh).input
    assert (panel.width, panel.height) == shown_wh
