from __future__ import annotations

import json
import logging
import math
from contextlib import ExitStack
from dataclasses import fields

import pytest

from realtime.camera import DEFAULT_FOV_DEG
from realtime.detectors import DETECTORS
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE
from realtime.errors import UsageError, WeightsError
from realtime.estimation.build import detector_and_source, detector_options, fetch_networks, intrinsics
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


def test_every_detector_is_given_its_own_settings():
    known = {setting.name for setting in fields(Settings)}
    for entry in DETECTORS.values():
        assert set(entry.settings) <= known
        assert entry.needs is None or entry.needs in entry.settings
    assert detector_options(Settings(landmarks="heavy"), "blazepose") == {"landmarks": "heavy"}
    assert detector_options(Settings(detector_file="x.onnx"), "rtmpose") == {"path": "x.onnx"}
    assert detector_options(Settings(rcnn_size=320, landmarks="lite"), "keypoint_rcnn") == {
        "config": Settings.rcnn_config,
        "min_size_px": 320,
        "proposals": 1000,
    }
    assert detector_options(Settings(rcnn_people=2, rcnn_proposals=300), "keypoint_rcnn") == {
        "config": Settings.rcnn_config,
        "min_size_px": 800,
        "people": 2,
        "proposals": 300,
    }


def test_more_people_are_looked_for_where_somebody_particular_is_followed():
    assert "people" not in detector_options(Settings(), "blazepose")
    assert detector_options(Settings(person="centre"), "blazepose")["people"] == 4
    assert detector_options(Settings(person="7"), "blazepose")["people"] == 7
    assert detector_options(Settings(person="2"), "keypoint_rcnn")["people"] == 20
    assert detector_options(Settings(person="2", rcnn_people=6), "keypoint_rcnn")["people"] == 6
    assert detector_options(Settings(person="9", rcnn_people=6), "keypoint_rcnn")["people"] == 9


@pytest.mark.parametrize(("name", "flag"), [("rtmpose", "--detector-file"), ("replay", "--keypoints")])
def test_a_detector_without_its_file_says_which_flag_is_missing(name, flag):
    with pytest.raises(UsageError, match=f"^--detector {name} needs {flag} FILE$"):
        detector_options(Settings(detector=name), name)


def test_a_setting_of_another_detector_is_noted(caplog):
    caplog.set_level(logging.INFO, logger="realtime")
    settings = Settings(source="demo", detector="blazepose", rcnn_size=320, realtime=False)
    with ExitStack() as cleanup:
        detector_and_source(settings, cleanup)
    assert [record.getMessage() for record in caplog.records if "rcnn" in record.getMessage()] == [
        "--rcnn-size: no effect with the detector blazepose"
    ]


def test_networks_are_fetched_only_for_the_detectors_that_use_them(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    fetch_networks(Settings(detector="mediapipe"))
    for detector in ("blazepose", "rtmpose"):
        with pytest.raises(WeightsError, match="models fetch"):
            fetch_networks(Settings(detector=detector))
