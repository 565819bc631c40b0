"""examples/edge as on a board: a copied folder, without the project and without PyTorch."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from support.keypoint_files import walker, write_videopose3d_video
from support.networks import save_small
from support.poses import ROOT

from realtime.camera import Intrinsics
from realtime.commands.export import main as export
from realtime.formats.keypoints_npz import read_keypoints, write_keypoints
from realtime.lifting.base import width_normalised
from realtime.lifting.features import hip_ray
from realtime.lifting.model_files import load_network
from realtime.skeleton import COCO17, H36M17

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

FRAMES, SIZE = 6, (640, 480)
BARE = """
import runpy, sys
for name in ("torch", "realtime", "onnx"):
    sys.modules[name] = None
sys.path.insert(0, ".")
sys.argv[0] = "main.py"
runpy.run_path("main.py", run_name="__main__")
"""


@pytest.fixture
def board(tmp_path):
    """The folder as README.md makes it: VideoPose3D's file of a video on the PC, with a frame
    in which nobody was seen, as plain arrays here."""
    folder = tmp_path / "board"
    shutil.copytree(ROOT / "examples" / "edge", folder, ignore=shutil.ignore_patterns("__pycache__"))
    xy = walker(FRAMES, at=(250.0, 100.0))
    people = [[body] if t != 2 else [] for t, body in enumerate(xy)]
    write_videopose3d_video(tmp_path / "walk.npz", people, [[0.9] * len(p) for p in people], SIZE)
    write_keypoints(folder / "walk.mp4.npz", read_keypoints(tmp_path / "walk.npz"))
    return folder


def run(folder, *flags):
    command = [sys.executable, "-c", BARE, "--input_vid_name", "walk.mp4", *flags]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def expected(network, rays, mirror):
    """By convolutions over the padded sequence; with `mirror` the mean of both sides."""
    config, features = network.card.config, network.card.feature_set
    before = config.receptive_field - 1 if config.causal else config.receptive_field // 2
    sides = [rays, (rays * (-1, 1))[:, COCO17.mirror].astype(np.float32)] if mirror else [rays]
    joints = []
    for side in sides:
        hips = hip_ray(side, COCO17)
        around = ((before, config.receptive_field - 1 - before), (0, 0))
        channels = np.pad(features.encode(side, hips), around, mode="edge")
        one = features.decode(network.net(torch.from_numpy(channels)[None])[0].numpy(), hips)
        joints.append(one - one[:, :1])
    if mirror:
        joints[1] = (joints[1] * (-1, 1, 1))[:, H36M17.mirror]
    return np.mean(joints, 0)


@pytest.mark.parametrize(
    ("form", "widths", "about"),
    [
        ("window", (3, 3), {"features": "turned"}),
        ("window", (3, 3), {"features": "centred", "causal": False}),
        ("batch2", (3,) * 5, {"features": "turned", "causal": False}),
        ("batch2", (3,) * 5, {"features": "screen", "causal": True}),
    ],
)
def test_joints_and_a_film(board, tmp_path, form, widths, about):
    model = save_small(tmp_path, "net", widths, **about)
    export(["--model", str(model), "--form", form, "--out", str(board / "model.onnx")])
    done = run(board, "--output_dir", "./output")
    assert done.returncode == 0, done.stderr
    assert f"{FRAMES} frames in " in done.stdout
    joints = np.load(board / "output" / "joints.npy")
    assert (joints.shape, joints.dtype) == ((FRAMES, 17, 3), np.float32)
    rays = Intrinsics().rays(walker(FRAMES, at=(250.0, 100.0)), SIZE)
    assert np.allclose(joints, expected(load_network(model), rays, mirror=form == "batch2"), atol=1e-4)
    with av.open(str(board / "output" / "output.mp4")) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) == FRAMES
    assert pictures[0][:, :480].max() > 150  # keypoints on black
    assert pictures[0][:, 480:].min() < 100  # joints on white
    assert sorted(p.name for p in (board / "output").iterdir()) == ["joints.npy", "output.mp4"]


def test_upstream_networks_get_their_own_coordinates():
    example = runpy.run_path(str(ROOT / "examples" / "edge" / "main.py"))
    xy, size = walker(3), np.array(SIZE, np.float32)
    assert np.allclose(example["rays_of"](xy, size, "width", 60), width_normalised(xy, size), atol=1e-6)
    assert np.allclose(example["rays_of"](xy, size, "rays", 70), Intrinsics(70).rays(xy, size), atol=1e-6)


def a_pickle(folder):
    np.savez(folder / "walk.mp4.npz", xy=np.array([{}], object), size_wh=np.array(SIZE), fps=30.0)


def other_keypoints(folder):
    np.savez(folder / "walk.mp4.npz", xy=np.zeros((4, 33, 2)), size_wh=np.array(SIZE), fps=30.0)


def nobody(folder):
    np.savez(folder / "walk.mp4.npz", xy=np.full((4, 17, 2), np.nan), size_wh=np.array(SIZE), fps=30.0)


def a_result(folder):
    (folder / "output").mkdir()
    (folder / "output" / "joints.npy").write_bytes(b"mine")


FAULTS = {
    "no keypoints": (lambda f: (f / "walk.mp4.npz").unlink(), "walk.mp4.npz is no keypoint file"),
    "a pickle": (a_pickle, "is no keypoint file of this project"),
    "other keypoints": (other_keypoints, "holds no COCO-17 keypoints"),
    "nobody": (nobody, "holds no COCO-17 keypoints"),
    "no network": (lambda f: (f / "model.onnx").unlink(), "is no exported network"),
    "no card": (lambda f: (f / "model.json").unlink(), "is no exported network"),
    "an earlier result": (a_result, "exists already"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_one_line(board, tmp_path, fault):
    export(["--model", str(save_small(tmp_path)), "--form", "window", "--out", str(board / "model.onnx")])
    spoil, says = FAULTS[fault]
    spoil(board)
    done = run(board)
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert says in line
    assert not (board / "output" / "output.mp4").exists()


def test_streams_are_for_live_use(board, tmp_path):
    export(["--model", str(save_small(tmp_path)), "--out", str(board / "model.onnx")])
    assert "export it with --form batch2 or --form window" in run(board).stderr


def test_the_readme_names_what_is_there():
    text = (ROOT / "examples" / "edge" / "README.md").read_text(encoding="utf-8")
    for name in ("main.py", "drawing.py"):
        assert name in text
        assert Path(ROOT / "examples" / "edge" / name).exists()
