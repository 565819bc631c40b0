"""The real network on the demo clip, and the suppression by hand."""

import cv2
import numpy as np
import pytest
from support.demo_clip import demo_frames, demo_limbs, demo_truth

from realtime.detectors.blazepose.person_detector import PersonDetector, _suppressed
from realtime.skeleton import LIMB_JOINTS

COUNT = 150
HIPS = [LIMB_JOINTS.index("left_hip"), LIMB_JOINTS.index("right_hip")]


@pytest.fixture(scope="module")
def detector():
    return PersonDetector(1)


def hips_px(index):
    return demo_limbs()[index, HIPS].mean(0)


def height_px(index):
    return demo_truth()[1][index]


def the_one(sightings):
    (sighting,) = sightings
    assert sighting.alignment.shape == (2, 2)
    assert sighting.alignment.dtype == np.float32
    assert 0.7 <= sighting.score <= 1
    return sighting.alignment


@pytest.mark.parametrize("index", range(0, COUNT, 15))
def test_the_person_of_the_clip(detector, index):
    """The hips within a tenth of the height (6.4 % was measured), the other point above them by about
    half the height."""
    hips, above = the_one(detector.look(demo_frames(COUNT)[index].image))
    assert np.hypot(*(hips - hips_px(index))) < 0.1 * height_px(index)
    assert 0.4 < np.hypot(*(above - hips)) / height_px(index) < 0.75
    assert above[1] < hips[1] - 0.35 * height_px(index)


@pytest.mark.parametrize("window", [(20, 30, 400, 440), (0, 0, 480, 480), (0, 60, 854, 420), (90, 0, 210, 480)])
def test_a_window_gives_the_place_in_the_picture(detector, window):
    """About the same place as a look at the whole, and just that of a look at the part by itself."""
    image = demo_frames(COUNT)[0].image
    left, top, width, height = window
    found = the_one(detector.look(image, window))
    assert found == pytest.approx(the_one(detector.look(image)), abs=0.06 * height_px(0))
    part = np.ascontiguousarray(image[top : top + height, left : left + width])
    assert found == pytest.approx(the_one(detector.look(part)) + np.array([left, top]), abs=0.01)


def test_a_wide_picture_is_seen_in_a_black_square(detector):
    image = demo_frames(COUNT)[0].image
    square = cv2.copyMakeBorder(image, 187, 187, 0, 0, cv2.BORDER_CONSTANT)
    assert square.shape == (854, 854, 3)
    (wide,), (padded,) = detector.look(image), detector.look(square)
    assert padded.alignment - np.array([0, 187]) == pytest.approx(wide.alignment, abs=0.5)
    assert padded.score == pytest.approx(wide.score, abs=1e-3)


def test_a_larger_picture_of_the_same(detector):
    image = demo_frames(COUNT)[0].image
    twice = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    small, large = the_one(detector.look(image)), the_one(detector.look(twice))
    assert large == pytest.approx(2 * small, abs=2 * 0.03 * height_px(0))


def test_a_turned_picture_shows_somebody_lying(detector):
    """A quarter turn: the pixel (x, y) comes to (479 - y, x)."""
    image = demo_frames(COUNT)[0].image
    hips, above = the_one(detector.look(np.ascontiguousarray(np.rot90(image, -1)), min_score=0.5))[:2]
    x, y = hips_px(0)
    assert np.hypot(*(hips - (479 - y, x))) < 0.15 * height_px(0)
    assert above[0] > hips[0] + 0.3 * height_px(0)  # the head is on the right


def test_a_window_without_anybody(detector):
    assert detector.look(demo_frames(COUNT)[0].image, (450, 0, 400, 480)) == []


@pytest.mark.parametrize("shape", [(480, 640), (1, 1), (16, 16), (7, 900), (900, 7), (3000, 4000)])
def test_nobody_in_a_black_picture_of_any_size(detector, shape):
    assert detector.look(np.zeros((*shape, 3), np.uint8)) == []


def test_a_higher_score_finds_no_more(detector):
    """Where two people are, the better comes first."""
    image = demo_frames(COUNT)[0].image
    both = np.concatenate([image[:, 40:340], cv2.GaussianBlur(image[:, 40:340], (0, 0), 4)], 1)
    counts = []
    for score in (0.1, 0.5, 0.9, 0.999):
        found = detector.look(both, min_score=score)
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True)
        assert all(one >= score for one in scores)
        counts.append(len(found))
    assert counts == sorted(counts, reverse=True)
    assert counts[1] == 2


# The suppression


def points_at(x, y):
    return [[x, y], [x, y - 10]]


def suppressed(*people):
    """Of (x, y of the hips; box; score) each."""
    points, boxes, scores = zip(*people, strict=True)
    return _suppressed(*(np.array(values, np.float32) for values in (points, boxes, scores)))


def test_overlapping_boxes_are_one_person_weighted_by_score():
    """Six tenths of one box are in the other: an overlap of 60 / 140."""
    merged = suppressed((points_at(5, 5), (0, 0, 10, 10), 0.6), (points_at(9, 5), (4, 0, 14, 10), 0.9))
    ((points, score),) = merged
    assert points == pytest.approx(np.array(points_at((5 * 0.6 + 9 * 0.9) / 1.5, 5)))
    assert score == pytest.approx(0.9)


def test_boxes_apart_or_hardly_overlapping_stay():
    """A quarter of one box is in the other: an overlap of 25 / 175."""
    first, second, third = suppressed(
        (points_at(5, 5), (0, 0, 10, 10), 0.7),
        (points_at(10, 10), (5, 5, 15, 15), 0.9),
        (points_at(95, 5), (90, 0, 100, 10), 0.8),
    )
    assert [round(score, 6) for _, score in (first, second, third)] == [0.9, 0.8, 0.7]
    assert first[0] == pytest.approx(np.array(points_at(10, 10)))
    assert second[0] == pytest.approx(np.array(points_at(95, 5)))
    assert third[0] == pytest.approx(np.array(points_at(5, 5)))


def test_only_what_overlaps_the_best_is_merged():
    """The third box overlaps the second, but not the first, which is the best."""
    found = suppressed(*((points_at(x + 5, 5), (x, 0, x + 10, 10), s) for x, s in ((0, 0.9), (4, 0.8), (8, 0.7))))
    assert len(found) == 2
    assert found[0][0][0, 0] == pytest.approx((5 * 0.9 + 9 * 0.8) / 1.7)
    assert found[1][0][0, 0] == pytest.approx(13)


def test_a_box_inside_another_of_nine_times_its_area():
    found = suppressed((points_at(15, 15), (0, 0, 30, 30), 0.9), (points_at(15, 15), (10, 10, 20, 20), 0.8))
    assert len(found) == 2


def test_boxes_without_area_are_people_of_their_own():
    flat, point, inside_out = (3, 3, 9, 3), (5, 5, 5, 5), (9, 9, 2, 2)
    around = points_at(5, 5), (0, 0, 9, 9), 0.7
    for box in (flat, point, inside_out):
        found = suppressed((points_at(5, 5), box, 0.9), (points_at(6, 5), box, 0.8), around)
        assert [round(score, 6) for _, score in found] == [0.9, 0.8, 0.7]
        assert np.isfinite([points for points, _ in found]).all()


def test_nobody_is_nobody():
    empty = np.zeros((0, 2, 2), np.float32), np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    assert _suppressed(*empty) == []
