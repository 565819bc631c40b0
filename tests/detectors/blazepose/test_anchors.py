import numpy as np
import pytest

from realtime.detectors.blazepose.anchors import SIDE_PX, anchors


def test_as_many_as_the_network_has_answers():
    """28 x 28 places of 8 px and 14 x 14 of 16 px with two anchors each, 7 x 7 of 32 px with six."""
    assert SIDE_PX == 224
    assert anchors().shape == (2254, 2)
    assert anchors().dtype == np.float32


@pytest.mark.parametrize(
    ("index", "x", "y"),
    [
        (0, 0.5 / 28, 0.5 / 28),
        (1, 0.5 / 28, 0.5 / 28),  # the second anchor of the place
        (2, 1.5 / 28, 0.5 / 28),  # to the right of it
        (55, 27.5 / 28, 0.5 / 28),
        (56, 0.5 / 28, 1.5 / 28),  # the next row
        (1567, 27.5 / 28, 27.5 / 28),
        (1568, 0.5 / 14, 0.5 / 14),  # the next layer
        (1959, 13.5 / 14, 13.5 / 14),
        (1960, 0.5 / 7, 0.5 / 7),
        (1965, 0.5 / 7, 0.5 / 7),  # the sixth of the place
        (1966, 1.5 / 7, 0.5 / 7),
        (2253, 6.5 / 7, 6.5 / 7),
    ],
)
def test_places_by_hand(index, x, y):
    assert anchors()[index] == pytest.approx([x, y], rel=1e-6)


def test_every_place_has_its_anchors():
    places, counts = np.unique(anchors(), axis=0, return_counts=True)
    assert len(places) == 28 * 28 + 14 * 14 + 7 * 7
    assert sorted(set(counts.tolist())) == [2, 6]
    assert (counts == 6).sum() == 49
