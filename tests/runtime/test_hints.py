"""Hints that are typed as they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.poses import ROOT

from realtime.runtime import hints

PYTHON = Path(sys.executable)


@pytest.fixture
def at(monkeypatch):
    """Where the user stands: a folder, the PATH, and what else is set."""

    def stand(folder=ROOT, path="", **environment):
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PATH", str(path))
        monkeypatch.delenv("MAKELEVEL", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return stand


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """A checkout at `tmp_path` whose .venv runs this test, as far as hints can tell."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    (tmp_path / "run.py").touch()
    for name in ("python", "pip", "realtime-pose3d"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(hints, "_ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    return folder


def test_through_make(at, venv, tmp_path):
    at(tmp_path, MAKELEVEL="1")
    assert hints.command("view") == "make view"
    assert hints.command("view", "out_files/joints.npy") == "make view ARGS=out_files/joints.npy"
    assert hints.command("run", "--source", "demo") == 'make run ARGS="--source demo"'
    assert hints.command("view", "my $HOME.npy") == ".venv/bin/python viz.py 'my $HOME.npy'"  # make would read it
    assert hints.command("lift", "demo") == ".venv/bin/python -m realtime lift demo"
    assert hints.by_hand("view") == ".venv/bin/python viz.py"
    assert hints.install("c3d") == ".venv/bin/python -m pip install -e '.[c3d]'"
    assert hints.pip("av") == ".venv/bin/python -m pip install av"


def test_by_hand_with_the_environment_active(at, venv, tmp_path):
    at(tmp_path, path=venv)
    assert hints.command("view", "a b.npy") == "python viz.py 'a b.npy'"
    assert hints.command("lift", "demo") == "python -m realtime lift demo"
    assert hints.install() == "pip install -e ."
    assert hints.page("docs/edge.md") == "docs/edge.md"


def test_from_another_folder(at, venv, tmp_path):
    (tmp_path / "films").mkdir()
    at(tmp_path / "films", path=venv, MAKELEVEL="1")
    assert hints.command("run") == f"python {tmp_path}/run.py"
    assert hints.install("c3d") == f"pip install -e '{tmp_path}[c3d]'"
    assert hints.page("docs/edge.md") == f"{tmp_path}/docs/edge.md"


def test_somebody_else_s_make_is_not_ours(at, venv, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/usr")
    at(tmp_path, MAKELEVEL="1")
    assert hints.command("view") == ".venv/bin/python viz.py"


def test_installed(at, venv, tmp_path):
    (tmp_path / "run.py").unlink()
    at(tmp_path / ".venv", path=venv)
    assert hints.command("view", "out_files/joints.npy") == "realtime-pose3d view out_files/joints.npy"
    assert hints.install("c3d") == "pip install 'realtime-pose3d[c3d]'"
    assert hints.page("docs/edge.md").startswith("https://github.com/")
    assert hints.program("run") == "realtime-pose3d run"
    at(tmp_path / ".venv")
    assert hints.command("lift") == "bin/realtime-pose3d lift"
    (venv / "realtime-pose3d").unlink()
    assert hints.command("lift") == "bin/python -m realtime lift"


@pytest.mark.parametrize("name", ["view", "lift"])
def test_what_is_hinted_runs_as_typed(name, at, tmp_path):
    at(ROOT, path=os.defpath)
    words = f"{hints.command(name)} --help"
    done = subprocess.run(words, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: ")
