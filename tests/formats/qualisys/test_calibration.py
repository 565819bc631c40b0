"""Calibration files of cameras in a laboratory."""

from __future__ import annotations

import json

import numpy as np
import pytest

from realtime.errors import FormatError
from realtime.formats.qualisys.calibration import read_cameras
from realtime.formats.qualisys.miqus_cameras import MIQUS_CAMERAS

# Camera 1 of RunningPose as QTM writes cameras, in a picture of which 10 px are cut at the left and 4 at the top.
LENS = (
    'focallength="1" sensorMinU="0" sensorMaxU="122816" sensorMinV="0" sensorMaxV="69568" '
    'focalLengthU="107467.257813" focalLengthV="107467.640625" centerPointU="60818.726563" '
    'centerPointV="32822.339844" skew="0" radialDistortion1="-0.045952" radialDistortion2="0.137059" '
    'radialDistortion3="0" tangentalDistortion1="0.000110" tangentalDistortion2="0.000532"'
)
PLACE = (
    'x="6643.345215" y="-2730.456543" z="1153.752808" r11="0.735354" r12="0.677463" r13="0.017256" '
    'r21="-0.104186" r22="0.087855" r23="0.990670" r31="0.669627" r32="-0.730291" r33="0.135186"'
)


def camera(
    model="Miqus Video", serial="21393", place=PLACE, lens=LENS, fov='left="10" top="4" right="1919" bottom="1087"'
):
    return (
        f'<camera active="1" serial="{serial}" model="{model}"><fov_video {fov}/>'
        f'<fov_video_max left="0" top="0" right="1919" bottom="1087"/><transform {place}/><intrinsic {lens}/></camera>'
    )


def calibration(path, *cameras):
    text = "".join(cameras)
    path.write_text(f'<?xml version="1.0"?><!-- QTM --><calibration><cameras>{text}</cameras></calibration>')
    return path


@pytest.mark.parametrize("name", ["a.xml", "a.qca.txt"])
def test_a_calibration_of_qtm(tmp_path, name):
    path = calibration(tmp_path / name, camera("Miqus M3"), camera(), camera(serial="2"))
    one, two = read_cameras(path)  # of the video cameras; that of markers takes no pictures
    assert (one.name, two.name, one.size_wh) == ("21393", "2", (1910, 1084))
    published = MIQUS_CAMERAS[0]
    np.testing.assert_allclose(one.rotation, published.rotation)
    np.testing.assert_allclose(one.position_m, published.position_m)
    assert one.intrinsics.distortion == published.intrinsics.distortion
    point = np.array([1.0, 0.5, 1.2])
    np.testing.assert_allclose(one.pixels(point), published.pixels(point) - (10, 4), atol=1e-3)


def test_letters_and_fractions_of_a_pixel_differ_between_versions(tmp_path):
    old = LENS.lower().replace('sensormaxu="122816"', "").replace('sensormaxv="69568"', "")
    (one,) = read_cameras(calibration(tmp_path / "a.xml", camera(model="Oqus", lens=old)))
    assert one.intrinsics.focal_xy_px == pytest.approx((107467.257813 / 64, 107467.640625 / 64))


TABLE = {
    "name": "left",
    "size": [1920.0, 1080.0],
    "matrix": [[1000.0, 0.0, 960.0], [0.0, 1000.0, 540.0], [0.0, 0.0, 1.0]],
    "distortions": [0.0, 0.0, 0.0, 0.0],
    "rotation": [np.pi / 2, 0.0, 0.0],
    "translation": [0.0, 1.0, 5.0],
    "fisheye": False,
}


def test_tables_of_pose2sim(tmp_path):
    tables = {"cam_01": TABLE, "metadata": {"error": 0.1}}
    (tmp_path / "a.json").write_text(json.dumps(tables))
    lines = [f"{key} = {json.dumps(value)}" for key, value in TABLE.items()]
    (tmp_path / "a.toml").write_text("\n".join(["[cam_01]", *lines, "[metadata]", "error = 0.1", ""]))
    for name in ("a.json", "a.toml"):
        (one,) = read_cameras(tmp_path / name)
        assert (one.name, one.size_wh) == ("left", (1920, 1080))
        # A quarter turn about x: (x, y, z) of the room is at (x, -z, y), and then moved by the translation.
        np.testing.assert_allclose(one.axes(np.array([0.5, 1.0, 2.0])), (0.5, -2.0 + 1, 1.0 + 5), atol=1e-12)
        np.testing.assert_allclose(one.pixels(np.array([0.5, 1.0, 2.0])), (960 + 500 / 6, 540 - 1000 / 6))
        np.testing.assert_allclose(one.axes(one.position_m), 0, atol=1e-12)


def test_a_camera_that_is_not_turned(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"c": TABLE | {"rotation": [0, 0, 0]}}))
    (one,) = read_cameras(tmp_path / "a.json")
    np.testing.assert_array_equal(one.rotation, np.eye(3))


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><calibration>&b;</calibration>'


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yaml", "", "that ends in .xml, .qca.txt, .toml, .json"),
        ("a.xml", "hello", "is not a calibration of cameras that is understood"),
        ("a.xml", BOMB, "declares a document type"),
        ("a.xml", "<calibration/>", "has no camera with a place and a lens"),
        ("a.xml", "<c><camera><intrinsic/></camera></c>", "'transform' is missing"),
        ("a.xml", "<c>" + camera(lens='focalLengthU="1"') + "</c>", "is missing"),
        ("a.xml", "<c>" + camera(place=PLACE.replace("0.017256", "x")) + "</c>", "could not convert"),
        ("a.json", "[", "is not a calibration of cameras"),
        ("a.json", "[]", "is not a calibration of cameras"),
        ("a.json", "{}", "has no camera"),
        ("a.json", json.dumps({"c": {"matrix": []}}), "is not a calibration"),
        ("a.json", json.dumps({"c": TABLE | {"rotation": [0, 0]}}), "3 numbers are wanted"),
        ("a.json", json.dumps({"c": TABLE | {"size": [0, 0]}}), "is not a calibration"),
        ("a.json", json.dumps({"c": TABLE | {"size": [float("inf"), 1]}}), "is not a calibration"),
        ("a.json", json.dumps({"c": TABLE | {"matrix": [[0, 0, 1], [0, 0, 1], [0, 0, 1]]}}), "is not a calibration"),
        ("a.toml", "x = ", "is not a calibration of cameras"),
    ],
)
def test_another_file_is_said_in_one_line(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(FormatError, match=says) as fault:
        read_cameras(tmp_path / name)
    assert "\n" not in str(fault.value)
    with pytest.raises(FormatError):
        read_cameras(tmp_path / "missing.xml")
