"""A library that another one has broken, in real processes: one line names it, the cause and what to do."""

from __future__ import annotations

import subprocess

import pytest
from support.broken_libraries import CAUSES, FAULTS, command_with, plant
from support.processes import run_python

from realtime.runtime.failed_imports import failed_import, is_missing, reason_of
from realtime.runtime.optional import library_errors, load

RUN = ("run", "--source", "demo", "--every-frame", "--max-frames", "3", "--bind", "tcp://127.0.0.1:*", "--out", "out")
LIFT = ("lift", "demo", "--end", "0.1", "--write", "npy", "--out", "out")
FILM = (*LIFT, "--write", "mp4")

# What imports each of them, and one of the faults.
IMPORTED_BY = [
    ("numpy", "RuntimeError", RUN),
    ("numpy", "noise", LIFT),
    ("zmq", "AttributeError", RUN),
    ("safetensors", "noise", RUN),
    ("threadpoolctl", "TypeError", RUN),
    ("platformdirs", "ModuleNotFoundError", RUN),
    ("av", "OSError", RUN),
    ("av", "SystemError", LIFT),
    ("cv2", "AttributeError", RUN),
    ("cv2", "noise", LIFT),
    ("ai_edge_litert", "TypeError", RUN),
    ("ai_edge_litert", "ValueError", LIFT),
    ("matplotlib", "noise", FILM),
    ("PIL", "ImportError", FILM),
    ("ezc3d", "SystemError", (*LIFT, "--write", "c3d")),
    ("onnxruntime", "OSError", (*RUN, "--detector", "rtmpose", "--detector-file", "x.onnx")),
    ("torch", "OSError", (*RUN, "--model", "x.bin")),
    ("torch", "noise", ("train", "--data", "x")),
    ("detectron2", "AttributeError", (*RUN, "--detector", "keypoint_rcnn")),
    ("detectron2", "ModuleNotFoundError", (*LIFT, "--detector", "keypoint_rcnn")),
    ("mediapipe", "TypeError", (*RUN, "--detector", "mediapipe")),
    ("acapture", "AttributeError", (*RUN[:2], "0", *RUN[6:], "--capture", "acapture")),
    ("distributed", "AttributeError", (*LIFT, "--executor", "dask://127.0.0.1:1")),
]


@pytest.mark.parametrize(("library", "kind", "words"), IMPORTED_BY, ids=lambda value: str(value)[:14])
def test_one_line_names_the_library_the_cause_and_what_to_do(library, kind, words, tmp_path):
    plant(tmp_path, library, FAULTS[kind])
    for file in ("x.onnx", "x.bin"):
        (tmp_path / file).write_bytes(b"0" * 1000)
    done = command_with(tmp_path, *words)
    *progress, line = (done.stderr.strip() or done.stdout.strip()).splitlines()
    assert done.returncode in (1, 2), line
    assert not [line for line in progress if "fps" not in line]
    assert library in line
    assert CAUSES[kind] in line
    assert "install" in line


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind != "noise"])
def test_any_fault_of_a_required_library(kind, tmp_path):
    plant(tmp_path, "zmq", FAULTS[kind])
    done = command_with(tmp_path, *RUN)
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode == 2
    assert line.startswith(f"error: zmq is installed, but cannot be imported ({CAUSES[kind]}")
    assert "pip install --force-reinstall pyzmq" in line


def caught(call) -> BaseException:
    with pytest.raises(BaseException) as found:  # noqa: PT011 - of any type
        call()
    return found.value


def test_faults_of_ours_are_no_failed_imports():
    def import_what_is_not_there():
        __import__("realtime.no_such_module")

    def bug():
        return load("json", "a test", "").loads(7)

    assert failed_import(caught(import_what_is_not_there)) is None
    assert failed_import(caught(bug)) is None
    assert failed_import(ValueError("never raised")) is None


def test_what_is_missing_is_told_from_what_is_broken():
    missing = ModuleNotFoundError("No module named 'foo.bar'", name="foo.bar")
    assert is_missing(missing, "foo")
    assert not is_missing(missing, "bar")
    assert not is_missing(ImportError("no", name="foo"), "foo")


def test_a_reason_is_one_line():
    assert reason_of(ImportError("\n\n  one\ntwo")) == "one"
    assert reason_of(TypeError("one\ntwo")) == "TypeError: one"
    assert reason_of(KeyError()) == "KeyError"
    assert len(reason_of(OSError("x" * 5000))) == 200


def test_the_library_that_raised_it_is_named(tmp_path):
    plant(tmp_path, "PIL", FAULTS["OSError"])
    done = command_with(tmp_path, *FILM)
    assert "needs matplotlib.figure, which cannot be imported (in PIL: " in done.stderr
    (tmp_path / "outer.py").write_text("import inner")
    (tmp_path / "inner.py").write_text("1 / 0")
    words = "a test needs outer, which cannot be imported (in inner: ZeroDivisionError: division by zero): do it"
    code = "from realtime.runtime.optional import load; load('outer', 'a test', 'do it')"
    with pytest.raises(subprocess.CalledProcessError) as fault:
        run_python(code, tmp_path)
    assert fault.value.stderr.strip().splitlines()[-1].endswith(words)


def test_a_library_that_fails_at_its_first_use():
    from realtime.errors import MissingLibrary, UsageError

    words = "the GPU needs torch, which fails here (RuntimeError: no kernel image): pip install --force-reinstall torch"
    fault = caught(lambda: use_with(RuntimeError("no kernel image\nmore")))
    assert isinstance(fault, MissingLibrary)
    assert str(fault) == words
    assert isinstance(caught(lambda: use_with(UsageError("ours"))), UsageError)
    assert isinstance(caught(lambda: use_with(KeyboardInterrupt())), KeyboardInterrupt)


def use_with(fault):
    with library_errors("torch", "the GPU", "pip install torch"):
        raise fault


@pytest.mark.parametrize("broken", ["torch", "detectron2"])
def test_auto_takes_blazepose_where_detectron2_was_broken(broken, tmp_path):
    plant(tmp_path, "torch", "class cuda:\n  is_available = lambda: True\n")
    plant(tmp_path, "detectron2", "")
    (tmp_path / broken / "__init__.py").write_text(FAULTS["AttributeError"])
    done = command_with(tmp_path, *RUN)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "AttributeError" in line]
    assert f"keypoint_rcnn needs {broken}" in line
    assert line.endswith("Taken instead: blazepose")
