from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.networks import save_small
from support.poses import ROOT

from realtime.commands import doctor
from realtime.commands.cameras import camera_line
from realtime.commands.cli import COMMANDS
from realtime.commands.detector_checks import check_mediapipe, check_networks, check_speed, check_speeds
from realtime.commands.finding import BAD, GOOD, NOTE
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE
from realtime.sources.cameras.listing import CameraReport


def held_port():
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    return holder, f"tcp://127.0.0.1:{holder.getsockname()[1]}"


def broken_model(folder):
    path = save_small(folder)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return next(doctor.check_models(folder))


def damaged_network(folder):
    (folder / "pose_detection.tflite").write_bytes(b"no network")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(folder))
        return next(check_networks())


def port_in_use():
    holder, address = held_port()
    with holder:
        return doctor.check_port(address)


def file_as_folder(folder):
    (folder / "f").touch()
    return doctor.check_folder(folder / "f")


# Ten planted faults, each found and each with something to do about it.
PLANTED = {
    "missing library": lambda tmp: doctor.check_library("no_such_library", "nothing"),
    "damaged network": damaged_network,
    "two OpenCVs": lambda tmp: doctor.check_opencv({"opencv-python", "opencv-contrib-python"}),
    "bad hash": broken_model,
    "no model": lambda tmp: next(doctor.check_models(tmp)),
    "port in use": lambda tmp: port_in_use(),
    "folder not writable": file_as_folder,
    "full disk": lambda tmp: doctor.check_folder(tmp, lambda path: 10**8),
    "old torch": lambda tmp: doctor.check_torch("2.9.1+cpu"),
    "old python": lambda tmp: doctor.check_python((3, 10)),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_with_a_remedy(tmp_path, fault):
    finding = PLANTED[fault](tmp_path)
    assert finding.state == BAD
    assert finding.remedy or ";" in finding.detail or ":" in finding.detail
    assert "\n" not in str(finding)


def test_what_only_slows_or_limits_is_a_note():
    assert check_speed("full", 200.0).state == NOTE
    assert "--landmarks lite" in check_speed("full", 200.0).remedy
    assert check_speed("heavy", 20.0).state == GOOD
    assert "50 fps" in check_speed("heavy", 20.0).detail
    assert [finding.state for finding in check_mediapipe("0.10.21", "7.36.2")] == [NOTE]


def test_networks_that_are_not_here_yet_are_downloaded_at_the_first_run(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    findings = list(check_networks())
    assert [(finding.state, finding.detail) for finding in findings] == [
        (NOTE, "pose_detection is not here yet"),
        (NOTE, "pose_landmark_full is not here yet"),
    ]
    assert all("models fetch" in finding.remedy for finding in findings)
    assert list(check_speeds()) == []  # and nothing is downloaded to time it


def test_what_is_well_is_ok(tmp_path):
    save_small(tmp_path)
    assert [f.state for f in doctor.check_models(tmp_path)] == [GOOD]
    assert list(check_mediapipe("0.10.21", "6.33.6")) == []
    assert list(check_mediapipe(None, "7.36.2")) == []
    assert doctor.check_python((3, 14)).state == GOOD
    assert doctor.check_torch("2.13.0+cpu").state == GOOD
    assert doctor.check_folder(tmp_path, lambda path: 10**11).state == GOOD
    assert doctor.check_port("tcp://127.0.0.1:*").state == GOOD


def test_a_camera_in_words():
    assert camera_line(CameraReport(0, "HD Webcam", (1280, 720), 29.97)) == "0  HD Webcam: 1280x720, 29.97 fps"
    assert camera_line(CameraReport(2, "", fault="in use by cheese")) == "2  camera: in use by cheese"
    named = CameraReport(4, "C920", (640, 480), 30.0, link="/dev/v4l/by-id/usb-C920-video-index0")
    assert camera_line(named) == "4  C920: 640x480, 30 fps (/dev/v4l/by-id/usb-C920-video-index0)"


def module(*words):
    return subprocess.run(
        [sys.executable, "-m", "realtime", *words], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )


def test_the_doctor_of_this_machine(tmp_path):
    done = module("doctor", "--bind", "tcp://127.0.0.1:*", "--out", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in (
        "python",
        "torch",
        "opencv",
        "detectors",
        "network",
        "camera",
        "model",
        "port",
        "folder",
        "window",
        "speed",
    ):
        assert f" {subject}" in done.stdout
    assert "no problems found" in done.stdout


def test_the_doctor_leaves_with_2_where_something_is_bad(tmp_path):
    holder, address = held_port()
    with holder:
        done = module("doctor", "--bind", address, "--out", str(tmp_path))
    assert done.returncode == 2
    assert "BAD  port" in done.stdout
    assert "to fix" in done.stdout


@pytest.mark.parametrize("library", ["torch", "zmq", "safetensors", "ai_edge_litert"])
def test_the_doctor_survives_what_is_missing(tmp_path, library):
    (tmp_path / f"{library}.py").write_text(f"raise ModuleNotFoundError('no {library}', name={library!r})")
    done = subprocess.run(
        [sys.executable, "-m", "realtime", "doctor", "--bind", "tcp://127.0.0.1:*", "--out", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert "Traceback" not in done.stderr
    assert f"no {library}" in done.stdout or library == "torch"
    assert "speed" in done.stdout  # it went to the end


def test_cameras_command():
    done = module("cameras")
    if any(Path("/dev").glob("video*")):
        pytest.skip("this machine has a camera")
    assert done.returncode == 2
    assert "no camera can be opened" in done.stdout


def test_commands_are_listed_and_an_unknown_one_is_told():
    assert all(name in module().stdout for name in COMMANDS)
    done = module("docter")
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no command 'docter'")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = module(command, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
