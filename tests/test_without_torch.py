"""The commands, and run.py, on machines that have no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from support.keypoint_files import walker
from support.networks import save_small
from support.poses import ROOT
from support.processes import run_python

from realtime.commands.cli import COMMANDS
from realtime.commands.export import main as export
from realtime.detectors import DETECTORS
from realtime.formats.safe.npz import save_npz

FRAMES = 20

# As if the libraries in argv[1] were not installed: importing one fails.
WITHOUT = """
import runpy, sys
for name in sys.argv.pop(1).split(","):
    sys.modules[name] = None
sys.argv[0] = "run.py"
runpy.run_path("run.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A keypoint file, a small network and what it is exported as."""
    folder = tmp_path_factory.mktemp("edge")
    xy = walker(FRAMES + 5)
    score = np.ones(xy.shape[:2], np.float32)
    about = {"format": 1, "size_wh": np.array([640, 480]), "fps": np.float64(30), "skeleton": "coco-17"}
    save_npz(folder / "walk.npz", xy=xy, score=score, **about)
    model = save_small(folder)
    if find_spec("onnx") and find_spec("onnxruntime"):
        for form in ("streaming", "window"):
            export(["--model", str(model), "--form", form, "--out", str(folder / f"{form}.onnx")])
    return folder


def run_without(libraries, folder, model, out, *flags):
    common = ["--source", folder / "walk.npz", "--detector", "replay", "--model", model, "--max-frames", FRAMES]
    command = [sys.executable, "-c", WITHOUT, libraries, *common, "--bind", "tcp://127.0.0.1:*", "--out", out, *flags]
    return subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def expected(folder):
    """The joints of a run with everything there."""
    done = run_without("nothing_of_this_name", folder, folder / "tiny-9.safetensors", folder / "all")
    assert done.returncode == 0, done.stderr
    return np.load(folder / "all" / "joints.npy")


def test_the_network_that_ships_needs_none(folder, expected, tmp_path):
    done = run_without("torch", folder, folder / "tiny-9.safetensors", tmp_path)
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.load(tmp_path / "joints.npy"), expected)


# Everything that is imported on demand, as far as it is not needed to read keypoint files.
ON_DEMAND = (
    "torch,tqdm,onnx,onnxruntime,mediapipe,detectron2,ezc3d,distributed,cv2,ai_edge_litert,acapture,av,matplotlib,PIL"
)


@pytest.mark.parametrize("program", ["run.py", "viz.py", "realtime"])
def test_every_program_has_help_without_what_is_imported_on_demand(program):
    done = start_without(ON_DEMAND, program, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:")
    assert not done.stderr


def test_every_command_has_help_without_what_is_imported_on_demand():
    """In one process, as each takes half a second to start."""
    code = f"""
import contextlib, sys
for name in {ON_DEMAND.split(",")}: sys.modules[name] = None
from realtime.commands.cli import main
for name in {list(COMMANDS)}:
    print("==", name)
    with contextlib.suppress(SystemExit):
        main([name, "--help"])
"""
    done = run_python(code)
    assert not done.stderr
    for text in done.stdout.split("== ")[1:]:
        name, _, told = text.partition("\n")
        assert told.startswith("usage:"), name
    assert done.stdout.count("== ") == len(COMMANDS)


@pytest.mark.parametrize("words", [["run.py", "--source", "demo"], ["realtime", "lift", "demo"]])
def test_without_detectron2_its_own_page_is_named(words, tmp_path):
    flags = ["--detector", "keypoint_rcnn", "--out", tmp_path]
    done = start_without("torch,detectron2", *words, *flags)
    assert done.returncode in (1, 2)
    assert "needs detectron2, which is not installed: docs/detectron2.md says what to install" in done.stderr
    assert "[train]" not in done.stderr


def start_without(libraries, program, *words):
    """`python run.py …`, or `python -m realtime …`, as if these libraries were not installed."""
    code = WITHOUT.replace("run.py", program)
    if program == "realtime":
        code = code.replace("run_path", "run_module")
    command = [sys.executable, "-c", code, libraries, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_detectors_are_documented_without_their_libraries():
    """`make docs` imports their modules."""
    modules = ", ".join(f"realtime.detectors.{entry.module}" for entry in DETECTORS.values())
    code = f"import sys\nfor name in {ON_DEMAND.split(',')}: sys.modules[name] = None\nimport {modules}"
    run_python(code)


@pytest.mark.skipif(not find_spec("onnxruntime") or not find_spec("onnx"), reason="onnxruntime is not installed")
class TestExported:
    @pytest.mark.parametrize("form", ["streaming", "window"])
    def test_it_needs_neither_torch_nor_onnx(self, folder, expected, tmp_path, form):
        done = run_without("torch,onnx,safetensors.torch", folder, folder / f"{form}.onnx", tmp_path)
        assert done.returncode == 0, done.stderr
        joints = np.load(tmp_path / "joints.npy")
        assert joints.shape == (FRAMES, 17, 3)
        assert np.ptp(joints) > 0.01
        assert np.allclose(joints, expected, atol=1e-5)

    def test_without_recording(self, folder, tmp_path):
        done = run_without("torch", folder, folder / "streaming.onnx", tmp_path, "--no-record")
        assert done.returncode == 0, done.stderr
        assert f"{FRAMES} frames, {FRAMES} with a person" in done.stderr
        assert list(tmp_path.iterdir()) == []

    def test_without_onnx_runtime_it_says_so(self, folder, tmp_path):
        done = run_without("onnxruntime", folder, folder / "streaming.onnx", tmp_path)
        assert done.returncode == 2
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("error: ")
        assert "pip install onnxruntime" in line
