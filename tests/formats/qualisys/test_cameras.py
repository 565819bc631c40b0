"""Cameras in a room: points projected by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.qualisys_files import CORPUS

from realtime.camera import distort
from realtime.formats.qualisys.cameras import qualisys_camera
from realtime.formats.qualisys.miqus_cameras import MIQUS_CAMERAS
from realtime.formats.qualisys.motion import read_qualisys

# 2 m above the floor, looking along the room's y: right is x, up is z, backwards is -y.
LOOKING_AT_Y = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]


def camera(distortion=(0.0, 0.0, 0.0, 0.0)):
    return qualisys_camera(
        "one", LOOKING_AT_Y, (0, 0, 2000), (64 * 1000, 64 * 1100), (64 * 500, 64 * 400), (1000, 800), distortion
    )


def test_a_point_projected_by_hand():
    # 4 m ahead, 1 m to the right, 0.5 m above the lens: 500 + 1000 / 4 across, 400 - 1100 * 0.5 / 4 down.
    point = np.array([1.0, 4.0, 2.5])
    assert camera().axes(point).tolist() == [1.0, -0.5, 4.0]
    assert camera().pixels(point).tolist() == [750.0, 262.5]
    assert camera().in_picture(np.array([[750.0, 262.5], [-1, 5], [999.9, 0], [1000, 0], [np.nan, 1]])).tolist() == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_nothing_is_seen_behind_the_camera():
    assert np.isnan(camera().pixels(np.array([[0.0, -1.0, 2.0], [0.0, 0.0, 2.0]]))).all()


def test_the_lens_moves_points_in_the_picture_and_what_is_beyond_as_its_edge():
    lens = (-0.1, 0.02, 0.001, 0.002)
    ray = np.array([0.25, -0.125])
    expected = distort(ray, lens) * (1000, 1100) + (500, 400)
    np.testing.assert_allclose(camera(lens).pixels(np.array([1.0, 4.0, 2.5])), expected)
    edge, beyond = camera(lens).pixels(np.array([[0.5, 1.0, 2.0], [2.5, 1.0, 2.0]]))
    np.testing.assert_allclose(beyond - edge, (2000, 0))


@pytest.mark.parametrize("miqus", MIQUS_CAMERAS, ids=lambda miqus: miqus.name)
def test_the_published_cameras_stand_level_above_the_floor(miqus):
    np.testing.assert_allclose(miqus.rotation @ miqus.rotation.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(miqus.rotation) == pytest.approx(1, abs=1e-6)
    right, down, forward = miqus.rotation
    assert down[2] < -0.98  # z of the room is up
    assert abs(right[2]) < 0.02
    assert 1 < miqus.position_m[2] < 2
    assert miqus.intrinsics.fov_deg == pytest.approx(59.7, abs=0.2)
    ahead = miqus.position_m + 3 * forward
    np.testing.assert_allclose(miqus.pixels(ahead), miqus.intrinsics.centre_px, atol=0.01)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the Qualisys recordings are not here")
@pytest.mark.parametrize(("trial", "frames"), [(1, (589, 435, 685)), (2, (574, 423, 678)), (3, (561, 410, 665))])
def test_the_published_runs_are_before_the_cameras_and_begin_in_every_picture(trial, frames):
    run = read_qualisys(CORPUS / f"Tindra{trial}.txt.gz").placed
    for miqus, expected in zip(MIQUS_CAMERAS, frames, strict=True):
        pixels = miqus.pixels(run)
        assert np.isfinite(pixels).all()  # nowhere behind the camera
        seen = miqus.in_picture(pixels).all(1)
        assert seen[:expected].all()  # counted with all 45 markers, of which the head's and heels' leave first
        assert seen.sum() == pytest.approx(expected, abs=12)
