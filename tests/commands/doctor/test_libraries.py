from __future__ import annotations

from configparser import ConfigParser

import pytest
from support.broken_libraries import FAULTS, plant
from support.poses import ROOT

from realtime.commands.doctor.finding import BAD, GOOD, NOTE
from realtime.commands.doctor.libraries import LIBRARIES, Library, check_library, check_opencv
from realtime.runtime.hints import distribution


def test_everything_that_setup_cfg_requires_is_checked():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup["options"]["install_requires"].splitlines()
    required = {line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")}
    checked = {distribution(library.name) for library in LIBRARIES if not library.optional}
    assert checked | {"opencv-python-headless"} == required  # of which there are variants


@pytest.mark.parametrize(
    ("library", "wanted"), [("zmq", "pyzmq"), ("PIL", "pillow"), ("ai_edge_litert", "ai-edge-litert"), ("av", "av")]
)
def test_the_remedy_names_what_pip_installs(library, wanted, monkeypatch):
    monkeypatch.setattr("realtime.commands.doctor.libraries.is_installed", lambda module: False)
    (row,) = [row for row in LIBRARIES if row.name == library]
    finding = check_library(row)
    assert finding.state == BAD
    assert finding.detail == f"missing; needed for {row.why}"
    assert finding.remedy.replace("'", "").startswith(f"pip install {wanted}")


def test_what_can_be_done_without(tmp_path, monkeypatch):
    assert check_library(Library("no_such_library", "a test", optional=True)) is None
    missing = check_library(Library("no_such_library", "a test", instead="none is needed"))
    assert (missing.state, missing.detail) == (NOTE, "missing; none is needed")
    plant(tmp_path, "broken_one", FAULTS["KeyError"])
    monkeypatch.syspath_prepend(str(tmp_path))
    broken = check_library(Library("broken_one.part", "a test", instead="none is needed"))
    assert broken.state == NOTE
    assert broken.remedy == "pip install --force-reinstall broken_one, or leave it: none is needed"


def test_a_broken_opencv(tmp_path, monkeypatch):
    assert check_opencv(["opencv-python-headless"]).state == GOOD
    plant(tmp_path, "cv2", "raise ImportError('libGL.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(str(tmp_path))
    finding = check_opencv(["opencv-python"])
    assert finding.state == BAD
    assert "libGL.so.1" in finding.detail
    assert "apt install libgl1" in finding.remedy
