"""Pictures of one source in the size of the first one."""

import numpy as np
import pytest

from realtime.sources.same_size import SameSize


def grey(height, width, value=200):
    return np.full((height, width, 3), value, np.uint8)


@pytest.fixture
def same_size():
    convert = SameSize("clip.ts")
    convert(grey(360, 640))
    return convert


def test_pictures_of_the_same_size_are_passed_on(same_size, caplog):
    image = grey(360, 640)
    assert same_size(image) is image
    assert caplog.records == []


@pytest.mark.parametrize("shape", [(180, 320), (720, 1280), (1, 1)])
def test_others_are_scaled(same_size, shape):
    assert same_size(grey(*shape)).shape == (360, 640, 3)


def test_it_is_told_once(same_size, caplog):
    same_size(grey(180, 320))
    same_size(grey(100, 100))
    assert [record.getMessage() for record in caplog.records] == [
        "clip.ts: the picture changes from 640x360 to 320x180 px: scaled to 640x360"
    ]


def test_a_turned_phone_keeps_its_proportions_between_black_bars(same_size):
    fitted = same_size(grey(640, 360))
    lit = np.flatnonzero(fitted[180, :, 0] > 100)
    assert len(lit) == pytest.approx(360 * 360 / 640, abs=2)
    assert (lit[0] + lit[-1]) / 2 == pytest.approx(319.5, abs=1)
    assert fitted[:, lit].min() > 100


def test_a_point_stays_at_its_place(same_size):
    """A bright spot at a quarter of the small picture is at a quarter of the large one."""
    small = grey(180, 320, 0)
    small[40:50, 75:85] = 255
    rows, columns = np.nonzero(same_size(small)[..., 0] > 128)
    assert rows.mean() == pytest.approx(90, abs=1)
    assert columns.mean() == pytest.approx(160, abs=1)
