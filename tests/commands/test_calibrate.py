"""The command, on films and pictures of a board through a camera that is known."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from support.board_views import POSES, WEBCAM, picture
from support.poses import ROOT
from support.processes import run_realtime
from support.video_files import film, still

from realtime.commands.calibrate import main
from realtime.errors import PoseError
from realtime.formats.camera_file import read_camera


@pytest.fixture(scope="module")
def pictures():
    return [picture(WEBCAM, pose, seed=number) for number, pose in enumerate(POSES)]


@pytest.fixture(scope="module")
def board_film(pictures, tmp_path_factory):
    """Each view for two frames, as somebody who holds still."""
    return film(
        tmp_path_factory.mktemp("film") / "board.mp4",
        count=2 * len(pictures),
        size_wh=WEBCAM.size_wh,
        picture=lambda number, _width, _height: pictures[number // 2],
        options={"crf": "12"},
    )


def calibrate(folder, *words):
    return run_realtime("calibrate", *words, cwd=folder)


def assert_is_the_webcam(camera):
    assert np.allclose(camera.focal_xy_px, WEBCAM.focal_px, rtol=0.005)
    assert np.allclose(camera.centre_px, np.array(WEBCAM.centre_px) + 0.5, atol=2)
    assert np.allclose(camera.distortion[:2], WEBCAM.distortion[:2], atol=0.01)
    assert np.allclose(camera.distortion[2:4], WEBCAM.distortion[2:4], atol=0.001)


def test_a_film_gives_the_camera_and_nothing_is_overwritten(board_film, tmp_path):
    done = calibrate(tmp_path, "--source", board_film)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "camera.toml"
    assert_is_the_webcam(read_camera(path))
    about = tomllib.loads(path.read_text())["calibration"]
    assert (about["board"], about["square_mm"], about["source"]) == ("9x6", 25.0, "board.mp4")
    assert about["reprojection_error_px"] < 0.15
    assert "field of view: 59." in done.stdout
    assert "--intrinsics camera.toml" in done.stdout
    assert cv2.imread(str(tmp_path / "camera_coverage.png")) is not None
    again = calibrate(tmp_path, "--source", board_film)
    assert again.returncode == 2
    assert again.stderr == ("error: camera.toml exists already and is not overwritten: move it, or give another name\n")


def test_pictures_give_the_camera_too(pictures, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, image in enumerate(pictures):
        cv2.imwrite(str(folder / f"{number}.png"), image)
    (tmp_path / "my camera.json").write_text("old")
    done = calibrate(tmp_path, "--source", folder, "--out", "my camera.json", "--force")
    assert done.returncode == 0, done.stderr
    assert "--intrinsics 'my camera.json'" in done.stdout
    assert_is_the_webcam(read_camera(tmp_path / "my camera.json"))


@contextmanager
def running(folder, *words):
    command = [sys.executable, "-u", "-m", "realtime", "calibrate", *map(str, words)]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_ctrl_c_says_what_is_missing_and_writes_nothing(tmp_path):
    path = still(tmp_path / "wall.mp4", count=6000, size_wh=(640, 480))
    with running(tmp_path, "--source", path) as process:
        assert "no board in view" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().startswith("error: only 0 different sharp views of a 9x6 board, and 8 are needed")
        assert process.wait() == 2
    assert [file.name for file in tmp_path.iterdir()] == ["wall.mp4"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--board", "9"], "takes inner corners like 9x6"),
        (["--square", "25ft"], "takes the side of a square like 25mm"),
        (["--source", "demo"], "takes a camera, a video, a folder of images or a URL, not 'demo'"),
        (["--out", "camera.yaml"], "takes a name that ends in .json or .toml"),
        (["--source", "none.mp4"], "there is no 'none.mp4'"),
        (["--print-board", "b.pdf", "--square", "40mm"], "does not fit on a4"),
        (["--print-board", "b.pdf", "--paper", "a9"], "takes one of a4, a3, letter"),
    ],
)
def test_faults_are_one_line(tmp_path, words, message, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PoseError) as caught:
        main(words)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_board_is_printed(tmp_path):
    done = calibrate(tmp_path, "--print-board", "board.pdf", "--paper", "letter")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "board.pdf").read_bytes().startswith(b"%PDF-1.4")
    assert "calibrate --source 0 --board 9x6 --square 25mm" in done.stdout
    assert calibrate(tmp_path, "--print-board", "board.pdf").returncode == 2
    assert calibrate(tmp_path, "--print-board", "board.pdf", "--force").returncode == 0


def test_intrinsics_of_another_shape_are_refused_when_used(tmp_path):
    (tmp_path / "camera.json").write_text('{"K": [[600, 0, 320], [0, 600, 240], [0, 0, 1]], "size_wh": [640, 480]}')
    words = ("--source", "demo", "--every-frame", "--max-frames", "30", "--intrinsics", "camera.json")
    done = run_realtime("run", *words, "--sinks", "record", cwd=tmp_path)
    assert done.returncode == 2
    assert "the intrinsics are of 640x480 pictures" in done.stderr
    assert "Traceback" not in done.stderr
