from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.broken_libraries import CAUSES, FAULTS, command_with, plant
from support.networks import save_small
from support.processes import run_realtime

from realtime.commands.cameras import camera_line
from realtime.commands.cli import COMMANDS
from realtime.commands.doctor.detectors import check_mediapipe, check_networks, check_speed, check_speeds
from realtime.commands.doctor.detectron2 import check_torch
from realtime.commands.doctor.finding import BAD, GOOD, NOTE
from realtime.commands.doctor.libraries import Library, check_library, check_opencv
from realtime.commands.doctor.machine import (
    check_cameras,
    check_folder,
    check_models,
    check_port,
    check_python,
)
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE
from realtime.sources.cameras import listing
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
    return next(check_models(folder))


def damaged_network(folder):
    (folder / "pose_detection.tflite").write_bytes(b"no network")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(folder))
        return next(check_networks())


def port_in_use():
    holder, address = held_port()
    with holder:
        return check_port(address)


def file_as_folder(folder):
    (folder / "f").touch()
    return check_folder(folder / "f")


def read_only_folder(folder):
    folder.chmod(0o500)
    return check_folder(Path("/proc") if os.access(folder, os.W_OK) else folder)  # root may write anywhere else


def no_camera():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "list_cameras", list)
        return next(iter(check_cameras()))


def broken_library(folder):
    plant(folder, "broken_one", FAULTS["RuntimeError"])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return check_library(Library("broken_one", "a test"))


# Planted faults, each found and each with something to do about it.
PLANTED = {
    "missing library": (BAD, lambda tmp: check_library(Library("no_such_library", "nothing"))),
    "broken library": (BAD, broken_library),
    "two OpenCVs": (BAD, lambda tmp: check_opencv({"opencv-python", "opencv-contrib-python"})),
    "bad hash": (BAD, broken_model),
    "port in use": (BAD, lambda tmp: port_in_use()),
    "no camera": (NOTE, lambda tmp: no_camera()),
    "read-only folder": (BAD, read_only_folder),
    "full disk": (BAD, lambda tmp: check_folder(tmp, lambda path: 10**8)),
    "old torch": (BAD, lambda tmp: check_torch("2.9.1+cpu")),
    "slow CPU": (NOTE, lambda tmp: check_speed("full", 200.0)),
    "damaged network": (BAD, damaged_network),
    "no model": (BAD, lambda tmp: next(check_models(tmp))),
    "file for a folder": (BAD, file_as_folder),
    "old python": (BAD, lambda tmp: check_python((3, 10))),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_with_a_remedy(tmp_path, fault):
    state, examine = PLANTED[fault]
    finding = examine(tmp_path)
    assert finding.state == state
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
    assert [f.state for f in check_models(tmp_path)] == [GOOD]
    if find_spec("mediapipe"):
        assert list(check_mediapipe("0.10.21", "6.33.6")) == []
    assert list(check_mediapipe(None, "7.36.2")) == []
    assert check_python((3, 14)).state == GOOD
    assert check_folder(tmp_path, lambda path: 10**11).state == GOOD
    assert check_port("tcp://127.0.0.1:*").state == GOOD


def test_a_camera_in_words():
    assert camera_line(CameraReport(0, "HD Webcam", (1280, 720), 29.97)) == "0  HD Webcam: 1280x720, 29.97 fps"
    assert camera_line(CameraReport(2, "", fault="in use by cheese")) == "2  camera: in use by cheese"
    named = CameraReport(4, "C920", (640, 480), 30.0, link="/dev/v4l/by-id/usb-C920-video-index0")
    assert camera_line(named) == "4  C920: 640x480, 30 fps (/dev/v4l/by-id/usb-C920-video-index0)"


def test_the_doctor_of_this_machine(tmp_path):
    done = run_realtime("doctor", "--verbose", "--bind", "tcp://127.0.0.1:*", "--out", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in (
        "python",
        "torch",
        "opencv",
        "decoder        FFmpeg",
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


def test_the_doctor_imports_what_it_calls_ok(tmp_path):
    libraries = ["zmq", "av", "acapture", "onnxruntime", *(name for name in ("torch", "mediapipe") if find_spec(name))]
    broken = dict(zip(libraries, FAULTS, strict=False))
    for library, kind in broken.items():
        plant(tmp_path, library, FAULTS[kind])
    plant(tmp_path, "safetensors", "import os, signal; os.kill(os.getpid(), signal.SIGBUS)")  # a file cut short
    done = command_with(tmp_path, "doctor", "--bind", "tcp://127.0.0.1:*", "--out", "out")
    lines = done.stdout.splitlines()
    assert done.returncode == 2, done.stderr
    assert not done.stderr
    assert " decoder " not in done.stdout
    for library, kind in broken.items():
        (line,) = [line for line in lines if line.split()[1:2] == [library]]
        assert line.split()[0] == ("note" if library in ("acapture", "mediapipe") else "BAD")
        assert CAUSES[kind] in line
        assert "install" in line.partition("→")[2]
    (line,) = [line for line in lines if line.split()[1] == "detectors"]
    assert "blazepose" in line
    assert not {"rtmpose", "mediapipe"} & set(line.replace(",", "").split())
    (line,) = [line for line in lines if line.split()[1] == "safetensors"]
    assert "its import ends Python with SIGBUS" in line
    assert "port           not checked: zmq cannot be imported\n" in done.stdout
    assert "model          not checked: safetensors cannot be imported\n" in done.stdout
    assert lines[-1].endswith("problems to fix")


def test_cameras_command():
    done = run_realtime("cameras")
    if any(Path("/dev").glob("video*")):
        pytest.skip("this machine has a camera")
    assert done.returncode == 2
    assert "no camera can be opened" in done.stdout


def test_commands_are_listed_and_an_unknown_one_is_told():
    listed = run_realtime().stdout
    assert all(name in listed for name in COMMANDS)
    done = run_realtime("docter")
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no command 'docter'")
