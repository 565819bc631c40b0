"""Curves, bars, bodies and photographs as they stand in a page."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest
from support.html_pages import Page
from support.poses import pose_2d

from realtime.report.curves import CycleCurve, by_order, cycle_chart, repeated_chart
from realtime.report.photographs import SIZE_WH, cut_around, photograph
from realtime.report.signal_lines import MarkedStretch, signal_line
from realtime.report.stick_figures import side_views
from realtime.report.timeline import timeline, wrapped
from realtime.skeleton import COCO17, COCO_FEET21, H36M17

RAMP = np.linspace(0, 60, 101)


def points(attributes):
    return np.array([[float(number) for number in pair.split(",")] for pair in attributes["points"].split()])


def test_a_curve_is_over_the_whole_width_and_its_band_around_it():
    chart = Page(cycle_chart([CycleCurve("left", RAMP, np.full(101, 5.0), 60.0)], "a ramp"))
    line, band = points(chart.all("polyline")[0]), points(chart.all("polygon")[0])
    assert (np.diff(line[:, 0]) > 0).all()
    assert (np.diff(line[:, 1]) < 0).all()  # up
    px_a_degree = (line[0, 1] - line[-1, 1]) / 60
    assert line[:, 1] - band[:101, 1] == pytest.approx(5 * px_a_degree, abs=0.11)
    assert band[:100:-1, 1] - line[:, 1] == pytest.approx(5 * px_a_degree, abs=0.11)
    mark = next(a for a in chart.all("line") if a["class"] == "left mark")
    assert float(mark["x1"]) == pytest.approx(line[60, 0], abs=0.06)
    assert "a ramp" in chart.all("svg")[0]["aria-label"]


def test_one_stride_has_no_band_and_unknown_points_are_left_out():
    holes = RAMP.copy()
    holes[40:50] = np.nan
    chart = Page(cycle_chart([CycleCurve("right", holes, np.full(101, np.nan))], ""))
    assert chart.all("polygon") == []
    assert len(points(chart.all("polyline")[0])) == 91


def test_bars_lie_where_they_last():
    drawn = Page(timeline({"left": [(0.5, 1.0), (9.0, 11.0)], "right": [(1.0, 2.0)]}, [(0.9, 1.1)], 0, 10, "steps"))
    rects = [(a["class"], float(a["x"]), float(a["width"])) for a in drawn.all("rect")]
    px_s = next(width for kind, _, width in rects if kind == "right bar")
    assert [kind for kind, _, _ in rects] == ["shade", "left bar", "left bar", "right bar"]
    assert rects[1][2] == pytest.approx(0.5 * px_s, abs=0.1)
    assert rects[2][2] == pytest.approx(1.0 * px_s, abs=0.1)  # the second one is cut at 10 s
    assert "left" in drawn.text
    assert "right" in drawn.text


def test_long_times_are_wrapped_and_cut():
    assert wrapped(2.0, 5.0, 5, 4) == [(2.0, 5.0)]
    assert wrapped(0, 8, 5, 4) == [(0, 4), (4, 8)]
    assert len(wrapped(0, 600, 5, 4)) == 4


def test_bodies_go_to_the_right_whatever_their_direction():
    body = np.zeros((17, 3))
    body[:, 2] = np.linspace(0, 1.7, 17)
    body[H36M17.index("left_ankle")] = (0, -0.5, 0)  # ahead, of who goes along -y
    (drawn,) = side_views([body], H36M17, -90.0)
    left = [a for a in Page(drawn).all("line") if a["class"] == "left limb"]
    xs = [float(a[end]) for a in left for end in ("x1", "x2")]
    middle = [float(a["x1"]) for a in Page(drawn).all("line") if a["class"] == "middle limb"]
    assert max(xs) > max(middle) + 20


def test_a_joint_that_is_not_known_leaves_its_limbs_out():
    body = np.random.default_rng(0).normal(size=(17, 3))
    whole = len(Page(side_views([body], H36M17, 0.0)[0]).all("line"))
    body[H36M17.index("left_wrist")] = np.nan
    assert len(Page(side_views([body], H36M17, 0.0)[0]).all("line")) == whole - 1


def person(left, top, width, height, skeleton=COCO17):
    rng = np.random.default_rng(3)
    xy = np.array([left, top]) + rng.uniform(0, 1, (len(skeleton), 2)) * (width, height)
    xy[0], xy[1] = (left, top), (left + width, top + height)
    return pose_2d(xy, skeleton=skeleton, score=0.9, size_wh=(640, 480))


def picture_of(markup):
    (image,) = Page(markup).all("img")
    data = base64.b64decode(image["src"].removeprefix("data:image/jpeg;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("skeleton", [COCO17, COCO_FEET21])
def test_a_photograph_shows_the_part_around_the_person(skeleton):
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, :320] = (0, 0, 200)
    keypoints = person(100, 100, 80, 200, skeleton)
    left, top, width, height = cut_around(keypoints)
    assert left < 100
    assert top < 100
    assert left + width > 180
    assert top + height > 300
    assert width / height == pytest.approx(SIZE_WH[0] / SIZE_WH[1], rel=0.02)
    shown = picture_of(photograph(image, keypoints, "somebody"))
    assert shown.shape == (SIZE_WH[1], SIZE_WH[0], 3)
    assert np.median(shown[:, :, 2]) > 150  # red


def test_a_part_at_the_edge_is_moved_into_the_picture_and_a_large_one_reaches_beyond():
    left, top, width, height = cut_around(person(600, 250, 60, 220))
    assert (left + width, top + height) == (640, 480)
    left, top, width, height = cut_around(person(100, 10, 100, 460))
    assert height > 480
    assert top < 0


@pytest.mark.parametrize("left", [-100, 600, 2000])
def test_a_person_at_the_edge_or_outside_has_a_photograph(left):
    image = np.full((480, 640, 3), 90, np.uint8)
    assert picture_of(photograph(image, person(left, 400, 60, 200), "")).shape == (480, 360, 3)


def test_keypoints_are_drawn_in_the_colours_of_their_sides():
    image = np.full((480, 640, 3), 128, np.uint8)
    shown = picture_of(photograph(image, person(200, 100, 100, 300, COCO_FEET21), "")).astype(int)
    blue, red = shown[..., 0] - shown[..., 2] > 60, shown[..., 2] - shown[..., 0] > 60
    assert blue.sum() > 500
    assert red.sum() > 500


def test_repeated_curves_share_their_axes_and_the_best_one_is_drawn_last():
    chart = Page(repeated_chart([RAMP, RAMP / 2, RAMP - 5], "ramps", best=1))
    lines = chart.all("polyline")
    assert [a["class"] for a in lines] == ["repeated curve", "repeated curve", "best repeated curve"]
    assert [a["style"] for a in lines] == [by_order(place, 3) for place in (0, 2, 1)]
    first, last, best = map(points, lines)
    px_a_degree = (first[0, 1] - first[-1, 1]) / 60
    assert last[:, 1] - first[:, 1] == pytest.approx(5 * px_a_degree, abs=0.11)
    assert first[-1, 1] - best[-1, 1] == pytest.approx(-30 * px_a_degree, abs=0.11)


def test_a_repeated_curve_has_gaps_where_it_is_not_known():
    holes = RAMP.copy()
    holes[30:60] = np.nan
    (line,) = Page(repeated_chart([holes], "a ramp")).all("polyline")
    assert len(points(line)) == 71


def test_a_signal_is_over_its_own_time_and_its_stretches_stand_where_they_are():
    times_s = np.arange(0, 20, 0.1)
    stretches = [MarkedStretch(2.0, 4.0, "1", "counted"), MarkedStretch(9.0, 12.0, "2", "counted")]
    chart = Page(signal_line(times_s, times_s, stretches, 0.0, 10.0, "a set"))
    line = points(chart.all("polyline")[0])
    assert (np.diff(line[:, 1]) < 0).all()  # up
    px_a_second = np.ptp(line[:, 0]) / 10
    first, second = chart.all("rect")
    assert float(first["x"]) == pytest.approx(line[20, 0], abs=0.11)
    assert float(first["width"]) == pytest.approx(2 * px_a_second, abs=0.11)
    assert float(second["x"]) + float(second["width"]) == pytest.approx(line[-1, 0], abs=0.11)  # cut at the end
    assert "1" in chart.texts
    assert "2" not in chart.texts  # its middle is on the next line


def test_a_signal_has_gaps_and_a_long_one_fewer_points():
    times_s = np.arange(0, 60, 0.01)
    signal = np.sin(times_s)
    signal[2000:3000] = np.nan
    lines = Page(signal_line(times_s, signal, [], 0.0, 60.0, "a set")).all("polyline")
    assert len(lines) == 2
    assert sum(len(points(a)) for a in lines) < 500
    assert Page(signal_line(times_s, np.full(len(times_s), np.nan), [], 0.0, 60.0, "a set")).all("polyline") == []


def test_pictures_that_are_compared_are_cut_alike():
    tall = pose_2d([[100, 100], [200, 400]] * 8 + [[150, 250]], size_wh=(640, 480))
    low = pose_2d([[120, 280], [220, 400]] * 8 + [[150, 300]], size_wh=(640, 480))
    cut = cut_around(tall, low)
    left, top, width, height = cut
    for pose in (tall, low):
        assert left <= pose.xy[:, 0].min() < pose.xy[:, 0].max() <= left + width
        assert top <= pose.xy[:, 1].min() < pose.xy[:, 1].max() <= top + height
    assert cut_around(low) != cut
    assert photograph(np.zeros((480, 640, 3), np.uint8), low, "x", cut) != photograph(
        np.zeros((480, 640, 3), np.uint8), low, "x"
    )
