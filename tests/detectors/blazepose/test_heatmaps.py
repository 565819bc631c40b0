import math

import numpy as np
import pytest

from realtime.detectors.blazepose.heatmaps import SHAPE, refined

NOTHING = -50.0  # logit of a cell where the landmark surely is not


def logit(share):
    return math.log(share / (1 - share))


def empty():
    """Heatmaps (64, 64, 39): row, column, landmark."""
    return np.full(SHAPE[1:], NOTHING, np.float32)


def of(xy, maps):
    return refined(np.array(xy, np.float32), lambda flat: maps.reshape(-1)[flat])


def slowly(xy, maps):
    """Cell by cell, as MediaPipe's calculator goes: around the landmark's cell, four to each side."""
    found = []
    for number, (x, y) in enumerate(xy.tolist()):
        column, row = math.trunc(x / 4), math.trunc(y / 4)
        total = in_x = in_y = most = 0.0
        if 0 <= column < 64 and 0 <= row < 64:
            for r in range(max(0, row - 4), min(64, row + 5)):
                for c in range(max(0, column - 4), min(64, column + 5)):
                    share = 1 / (1 + math.exp(-float(maps[r, c, number])))
                    total, most = total + share, max(most, share)
                    in_x, in_y = in_x + share * c, in_y + share * r
        found.append((4 * in_x / total, 4 * in_y / total) if most >= 0.5 else (x, y))
    return np.array(found)


def test_a_landmark_moves_to_the_centre_of_mass():
    """Columns 33 and 34 weigh 0.5 and 0.75, rows 16 and 17 too; a cell has 4 px."""
    maps = empty()
    maps[16, 33, 0], maps[17, 34, 0] = logit(0.5), logit(0.75)
    x, y = (33 * 0.5 + 34 * 0.75) / 1.25, (16 * 0.5 + 17 * 0.75) / 1.25
    found = of([(128, 64)], maps)
    assert found[0] == pytest.approx((4 * x, 4 * y), abs=1e-3)
    assert (4 * x, 4 * y) == pytest.approx((134.4, 66.4))
    assert found.dtype == np.float32


def test_each_landmark_has_a_heatmap_of_its_own():
    maps = empty()
    maps[16, 33, 0] = maps[20, 30, 2] = 5
    assert of([(128, 64)] * 3, maps) == pytest.approx(np.array([(132, 64), (128, 64), (120, 80)]), abs=1e-3)


@pytest.mark.parametrize(("far", "counts"), [(4, True), (5, False)])
@pytest.mark.parametrize("way", [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_only_cells_nearby_count(far, counts, way):
    maps = empty()
    column, row = 32 + far * way[0], 16 + far * way[1]
    maps[row, column, 0] = 5
    assert of([(130, 67)], maps)[0] == pytest.approx((4 * column, 4 * row) if counts else (130, 67), abs=1e-3)


def test_a_landmark_with_a_weak_heatmap_stays():
    maps = empty()
    maps[14:19, 33:36, 0] = logit(0.499)
    assert of([(128.3, 64.7)], maps)[0] == pytest.approx((128.3, 64.7))
    maps[16, 35, 0] = logit(0.501)
    assert of([(128.3, 64.7)], maps)[0, 0] > 132


@pytest.mark.parametrize(
    ("xy", "cell"),
    [
        ((0, 0), (1, 2)),
        ((-3.9, 2), (2, 1)),  # its cell is the first: fractions are cut towards nought
        ((255.9, 255.9), (62, 61)),
        ((255.9, 0), (61, 3)),
    ],
)
def test_landmarks_at_the_edges(xy, cell):
    maps = empty()
    maps[cell[1], cell[0], 0] = 5
    assert of([xy], maps)[0] == pytest.approx((4 * cell[0], 4 * cell[1]), abs=1e-3)


def test_what_is_beyond_an_edge_has_no_weight():
    """Everywhere the same: the mean of columns 0 to 4 and of rows 59 to 63."""
    assert of([(0, 255)], np.full(SHAPE[1:], 3, np.float32))[0] == pytest.approx((4 * 2, 4 * 61), abs=1e-3)


@pytest.mark.parametrize("xy", [(-4.1, 50), (50, -4.1), (256, 50), (50, 256), (-1000, -1000), (1e6, 30)])
def test_landmarks_outside_stay(xy):
    assert of([xy], np.full(SHAPE[1:], 3, np.float32))[0] == pytest.approx(xy)


@pytest.mark.parametrize("spread", [1, 5, 30])
def test_all_landmarks_as_the_slow_way(rng, spread):
    maps = rng.normal(-spread, spread, SHAPE[1:]).astype(np.float32)
    xy = rng.uniform(-20, 276, (39, 2)).astype(np.float32)
    assert of(xy, maps) == pytest.approx(slowly(xy, maps), abs=2e-3)


def test_logits_of_any_size():
    """The networks' are below -100 at times, whose exponential is no float32 any more."""
    maps = np.full(SHAPE[1:], -1000, np.float32)
    maps[16, 34, 0] = 1000
    assert of([(128, 64)], maps)[0] == pytest.approx((136, 64), abs=1e-3)
