from __future__ import annotations

import json
import math

import pytest

from realtime.camera import DEFAULT_FOV_DEG
from realtime.errors import UsageError
from realtime.estimation.build import intrinsics
from realtime.settings import Settings

K = [[600.0, 0, 310.0], [0, 610.0, 250.0], [0, 0, 1]]


def test_nothing_given_is_the_stated_assumption():
    assert intrinsics(Settings()).fov_deg == DEFAULT_FOV_DEG
    assert intrinsics(Settings(fov=75.0)).fov_deg == 75


def test_a_measured_camera_from_json(tmp_path):
    path = tmp_path / "camera.json"
    path.write_text(json.dumps({"K": K, "size_wh": [640, 480]}))
    camera = intrinsics(Settings(intrinsics=str(path)))
    assert camera.focal_xy_px == (600, 610)
    assert camera.centre_px == (310, 250)
    assert camera.size_wh == (640, 480)
    assert camera.fov_deg == pytest.approx(2 * math.degrees(math.atan(320 / 600)))


def test_the_same_from_toml(tmp_path):
    path = tmp_path / "camera.toml"
    path.write_text(f"K = {K}\nsize_wh = [640, 480]\n")
    assert intrinsics(Settings(intrinsics=str(path))).focal_xy_px == (600, 610)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"K": 3, "size_wh": [1, 2]}',
        '{"K": [[1, 0, 0]], "size_wh": [640, 480]}',
        '{"K": [[0, 0, 1], [0, 1, 1], [0, 0, 1]], "size_wh": [640, 480]}',
        '{"K": [[NaN, 0, 1], [0, 1, 1], [0, 0, 1]], "size_wh": [640, 480]}',
        '{"K": [["a", 0, 1], [0, 1, 1], [0, 0, 1]], "size_wh": [640, 480]}',
    ],
)
def test_a_file_that_is_no_camera_is_told(tmp_path, text):
    path = tmp_path / "camera.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        intrinsics(Settings(intrinsics=str(path)))
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_both_at_once_is_refused(tmp_path):
    with pytest.raises(UsageError, match="give one of them"):
        intrinsics(Settings(fov=60.0, intrinsics=str(tmp_path / "camera.json")))
