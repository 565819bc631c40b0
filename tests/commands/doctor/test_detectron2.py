"""What is wrong around Detectron2, planted; and the real one, where it is installed."""

from __future__ import annotations

import pytest
from support.broken_libraries import FAULTS, plant

from realtime.commands.doctor import detectron2
from realtime.commands.doctor.detectron2 import check_detectron2, check_torch, check_torchvision
from realtime.commands.doctor.finding import BAD, GOOD, NOTE
from realtime.commands.doctor.imports import import_fault
from realtime.commands.doctor.libraries import version


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def planted_detectron2(folder, model_zoo="", engine=""):
    plant(folder, "detectron2", "")
    (folder / "detectron2" / "model_zoo.py").write_text(model_zoo)
    (folder / "detectron2" / "engine.py").write_text(engine)


def test_torch_and_whether_it_sees_a_gpu(folder):
    assert check_torch(None).state == NOTE
    assert check_torch("2.9.1+cpu").state == BAD
    words = {
        "cuda.is_available": "torch 2.14.1, CUDA GPU: NVIDIA H100",
        "version.cuda": "torch 2.14.1, built for CUDA 13.0, but sees no GPU",
        "": "torch 2.14.1, built without CUDA",
    }
    for sees, text in words.items():
        available, built_for = sees.startswith("cuda"), "13.0" if sees else None
        plant(
            folder / str(sees),
            "torch",
            f"class cuda:\n  is_available = lambda: {available}\n  get_device_name = lambda: 'NVIDIA H100'\n"
            f"class version:\n  cuda = {built_for!r}\n",
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(folder / str(sees)))
            finding = check_torch("2.14.1")
        assert finding.state == GOOD
        assert f"{finding.subject} {finding.detail}" == text


def test_a_broken_torch(folder):
    plant(folder, "torch", FAULTS["OSError"])
    finding = check_torch("2.14.1")
    assert finding.state == BAD
    assert "foo.dll" in finding.detail
    assert finding.remedy == "pip install --force-reinstall torch"


def test_torch_without_torchvision():
    (finding,) = check_torchvision("2.14.1", None, None, wanted=True)
    assert (finding.state, finding.detail) == (BAD, "missing; Detectron2 needs it")
    assert "pip install torch torchvision" in finding.remedy
    assert list(check_torchvision("2.14.1", None, None, wanted=False)) == []


def test_a_torchvision_of_another_torch(folder):
    (finding,) = check_torchvision("2.13.0+cpu", "0.29.1", "2.14.1", wanted=False)
    assert finding.state == BAD
    assert finding.detail == "0.29.1 was built for torch 2.14.1, but 2.13.0+cpu is installed"
    plant(folder, "torchvision", "raise RuntimeError('operator torchvision::nms does not exist')")
    (finding,) = check_torchvision("2.14.1+cpu", "0.29.1", "2.14.1", wanted=True)
    assert finding.state == BAD
    assert "torchvision::nms does not exist" in finding.detail


def test_setuptools_that_is_too_new(folder, monkeypatch):
    planted_detectron2(folder, model_zoo="import pkg_resources_of_old")
    monkeypatch.setattr(detectron2, "is_installed", lambda module: module != "pkg_resources")
    setuptools, itself = check_detectron2("84.2.1")
    assert (setuptools.subject, setuptools.state, itself.state) == ("setuptools", BAD, BAD)
    assert "84.2.1" in setuptools.detail
    assert setuptools.remedy == "pip install 'setuptools<82'"
    assert "No module named 'pkg_resources_of_old'" in itself.detail


@pytest.mark.parametrize("part", ["model_zoo", "engine"])
def test_detectron2_that_cannot_be_imported(part, folder):
    planted_detectron2(folder, **{part: FAULTS["AttributeError"]})
    finding = list(check_detectron2("81.0.0"))[-1]
    assert (finding.subject, finding.state) == ("detectron2", BAD)
    assert "has no attribute 'bool'" in finding.detail
    assert "docs/detectron2.md" in finding.remedy


def test_the_real_one():
    if import_fault("detectron2.model_zoo"):
        pytest.skip("Detectron2 is not installed here")
    (finding,) = check_detectron2(version("setuptools"))
    assert finding.state == GOOD
