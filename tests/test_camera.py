from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.camera import Intrinsics, camera_to_published, distort, pitched, solve_root, undistort
from realtime.errors import UsageError


def test_a_level_camera_only_renames_the_axes():
    right, down, forward = np.eye(3)
    to_published = camera_to_published(0)
    assert np.allclose(to_published @ right, (1, 0, 0))
    assert np.allclose(to_published @ down, (0, 0, -1))
    assert np.allclose(to_published @ forward, (0, 1, 0))


def test_a_camera_that_looks_down_sees_the_upright_leaning():
    # Looking 30 degrees down, the optical axis drops by sin 30 and goes away by cos 30.
    forward = camera_to_published(30) @ (0, 0, 1)
    assert np.allclose(forward, (0, math.cos(math.radians(30)), -0.5), atol=1e-6)


@given(st.floats(-90, 90))
def test_it_is_a_rotation(pitch_deg):
    rotation = camera_to_published(pitch_deg).astype(float)
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-6)


@given(st.floats(-40, 40), st.floats(-40, 40))
def test_a_pitch_that_is_known_later_gives_the_same_axes(before_deg, more_deg):
    points = np.random.default_rng(3).normal(0, 1, (2, 5, 3))
    earlier, wanted = (points @ camera_to_published(deg).T for deg in (before_deg, before_deg + more_deg))
    assert np.allclose(pitched(earlier, np.full(2, more_deg)), wanted, atol=1e-5)


def test_the_edge_of_the_picture_is_half_the_field_of_view_away():
    camera = Intrinsics(fov_deg=90)
    rays = camera.rays(np.array([[640.0, 240.0], [320.0, 240.0], [0.0, 0.0]]), (640, 480))
    assert np.allclose(rays, [[1, 0], [0, 0], [-1, -0.75]])


def test_the_field_of_view_is_over_the_long_side():
    portrait = Intrinsics(fov_deg=90).rays(np.array([[240.0, 640.0]]), (480, 640))
    assert np.allclose(portrait, [[0, 1]])


def test_sizes_may_differ_by_frame():
    xy = np.array([[[640.0, 240.0]], [[1280.0, 480.0]]])
    rays = Intrinsics(fov_deg=90).rays(xy, np.array([[640, 480], [1280, 960]]))
    assert np.allclose(rays[0], rays[1])


def test_measured_intrinsics_are_scaled_to_the_image():
    camera = Intrinsics(focal_xy_px=(800, 810), centre_px=(630, 350), size_wh=(1280, 720))
    full = camera.rays(np.array([[1430.0, 1160.0]]), (1280, 720))
    half = camera.rays(np.array([[715.0, 580.0]]), (640, 360))
    assert np.allclose(full, [[1, 1]])
    assert np.allclose(half, full)


def test_a_field_of_view_out_of_range_is_refused():
    with pytest.raises(UsageError, match="between 1 and 170 degrees, not 180"):
        Intrinsics(fov_deg=180)


# Webcams, a wide action camera, a pincushion, and a camera with all of OpenCV's rational model.
LENSES = [
    (-0.18, 0.05, 0.001, -0.0008),
    (-0.3, 0.11, -0.0006, 0.0009, -0.01),
    (0.12, -0.03, 0.002, 0.001, 0.0),
    (0.4, -2.6, 0.0007, -0.0002, 1.6, 0.3, -2.4, 1.5),
]


@pytest.mark.parametrize("lens", LENSES)
@given(st.tuples(st.floats(-0.65, 0.65), st.floats(-0.5, 0.5)))
def test_what_a_lens_does_is_undone(lens, shown):
    assert np.allclose(distort(undistort(np.array(shown), lens), lens), shown, atol=1e-9)
    assert np.allclose(undistort(distort(np.array(shown), lens), lens), shown, atol=1e-8)


@pytest.mark.parametrize("lens", LENSES)
def test_a_lens_does_what_opencv_says(lens, rng):
    rays = rng.uniform(-0.7, 0.7, (50, 2))
    matrix = np.array([[600.0, 0, 320], [0, 610, 240], [0, 0, 1]])
    points = np.column_stack([rays, np.ones(50)])
    pixels = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, np.array(lens))[0][:, 0]
    assert np.allclose(distort(rays, lens) * (600, 610) + (320, 240), pixels, atol=1e-6)
    camera = Intrinsics(focal_xy_px=(600, 610), centre_px=(320, 240), size_wh=(640, 480), distortion=lens)
    inside = ((pixels >= 0) & (pixels <= (640, 480))).all(1)
    assert inside.sum() > 15
    assert np.allclose(camera.rays(pixels[inside], (640, 480)), rays[inside], atol=1e-6)
    assert np.allclose(camera.rays(pixels[inside] / 2, (320, 240)), rays[inside], atol=1e-6)


def test_points_outside_the_picture_are_moved_as_its_edge_is():
    camera = Intrinsics(
        focal_xy_px=(500, 500), centre_px=(320, 240), size_wh=(640, 480), distortion=(-0.28, 0.07, 0, 0, 0)
    )
    points = np.array([[640.0, 240], [700, 240], [1e6, 240], [np.nan, 240]], np.float32)
    edge, near, far, unknown = camera.rays(points, (640, 480))
    assert camera.rays(points, (640, 480)).dtype == np.float32
    assert edge[0] > 0.64
    assert near[0] - edge[0] == pytest.approx(60 / 500, abs=1e-6)
    assert far[0] == pytest.approx(1e6 / 500, rel=1e-3)
    assert np.isnan(unknown[0])


def test_a_lens_that_folds_the_picture_over_is_refused():
    with pytest.raises(UsageError, match="fold the picture over before its edge"):
        Intrinsics(focal_xy_px=(300, 300), centre_px=(320, 240), size_wh=(640, 480), distortion=(-0.4, 0, 0, 0))


def test_a_picture_of_another_shape_than_the_measured_one_is_refused():
    camera = Intrinsics(focal_xy_px=(800, 810), centre_px=(630, 350), size_wh=(1280, 720))
    xy = np.zeros((1, 2), np.float32)
    assert np.isfinite(camera.rays(xy, (848, 480))).all()  # meant to be 16:9
    for width, height in ((640, 480), (720, 1280)):
        with pytest.raises(UsageError, match=f"of 1280x720 pictures, and a picture of {width}x{height} has another"):
            camera.rays(xy, (width, height))


coordinate = st.floats(-1, 1)


@given(
    root=st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(2, 20)),
    seed=st.integers(0, 1000),
)
def test_the_root_that_made_the_picture_is_found(root, seed):
    joints = np.random.default_rng(seed).uniform(-0.8, 0.8, (12, 3))
    seen = joints + root
    found = solve_root(joints, seen[:, :2] / seen[:, 2:], np.ones(12))
    assert found is not None
    assert np.allclose(found, root, atol=1e-4)


def test_joints_without_weight_do_not_count(rng):
    joints = rng.uniform(-0.8, 0.8, (12, 3))
    rays = ((joints + (0, 0, 3)) / (joints[:, 2:] + 3))[:, :2]
    weight = np.ones(12)
    rays[4], weight[4] = (9, 9), 0
    rays[5] = np.nan
    assert np.allclose(solve_root(joints, rays, weight), (0, 0, 3), atol=1e-5)


def test_no_root_where_it_cannot_be_told(rng):
    joints = rng.uniform(-0.8, 0.8, (12, 3))
    rays = rng.uniform(-0.1, 0.1, (12, 2))
    assert solve_root(joints, rays, np.zeros(12)) is None
    assert solve_root(np.zeros((12, 3)), np.zeros((12, 2)), np.ones(12)) is None  # a point: any distance
    assert solve_root(joints, -((joints + (0, 0, 3)) / (joints[:, 2:] + 3))[:, :2], np.ones(12)) is None  # behind
