"""A causal checkpoint in VideoPose3D's layout: nothing in it says so, `--causal` does.

Live use, `lift`, the exported network and a plain PyTorch evaluation, written down anew here, agree.
"""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from support.keypoint_files import write_videopose3d_set
from support.networks import random_net, save_small, save_upstream
from support.poses import ROOT, pose_2d
from torch.nn.functional import batch_norm, conv1d, relu

from realtime import lift_video
from realtime.camera import camera_to_published
from realtime.commands import evaluate, export, lift
from realtime.commands.lift_inputs import FAILED
from realtime.errors import UsageError
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import load_network
from realtime.lifting.open import open_lifter
from realtime.lifting.streaming import StreamingLifter
from realtime.lifting.tcn.config import TcnConfig
from realtime.skeleton import COCO17
from realtime.window import PoseWindow

WIDTHS, FRAMES, SIZE_WH = (3, 3, 3), 40, (320, 240)
BASE = np.random.default_rng(1).uniform((60, 40), (260, 220), (17, 2))
XY = (BASE + 40 * np.sin(np.arange(FRAMES) / 2)[:, None, None] * (1, 0.3)).astype(np.float32)


def plain(state, xy, *, causal):
    """Joints (T, 17, 3) about the pelvis of keypoints (T, 17, 2) px: whole convolutions over the sequence, the
    first pose repeated before it and, for a symmetric network, the last one after.  The causal
    shift: a block's residual is the newest column that its kernel sees, not the middle one."""
    field, (width, height) = int(np.prod(WIDTHS)), SIZE_WH
    screen = (xy / width * 2 - (1, height / width)).astype(np.float32).reshape(len(xy), 34)
    before = field - 1 if causal else field // 2
    x = torch.from_numpy(np.pad(screen, ((before, field - 1 - before), (0, 0)), mode="edge").T)[None]

    def normed(x, name):
        parts = [state[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return relu(batch_norm(x, *parts))

    x = normed(conv1d(x, state["expand_conv.weight"]), "expand_bn")
    dilation = WIDTHS[0]
    for i, taps in enumerate(WIDTHS[1:]):
        seen = (taps - 1) * dilation
        shift = seen if causal else seen // 2
        residual = x[:, :, shift : x.shape[2] - seen + shift]
        x = normed(conv1d(x, state[f"layers_conv.{2 * i}.weight"], dilation=dilation), f"layers_bn.{2 * i}")
        x = residual + normed(conv1d(x, state[f"layers_conv.{2 * i + 1}.weight"]), f"layers_bn.{2 * i + 1}")
        dilation *= taps
    joints = conv1d(x, state["shrink.weight"], state["shrink.bias"])[0].T.reshape(-1, 17, 3).numpy()
    return joints - joints[:, :1]


@pytest.fixture
def state(tmp_path):
    """A checkpoint net.bin in the current folder; its arrays."""
    return save_upstream(tmp_path / "net.bin", WIDTHS, 16, seed=4).state_dict()


@pytest.fixture
def keypoints(tmp_path):
    path = tmp_path / "data_2d_custom_v.npz"
    write_videopose3d_set(path, {"V.mp4": XY}, SIZE_WH)
    return path


def live(lifter):
    """Its joints of every pose, as each comes."""
    window, joints = PoseWindow(lifter.window_length, len(COCO17)), []
    for index, xy in enumerate(XY):
        window.push(pose_2d(xy, size_wh=SIZE_WH, index=index))
        joints.append(lifter(window))
    return np.array(joints)


def in_camera(published):
    """Published axes back to those of the camera."""
    return published @ camera_to_published()


def test_live_joints_are_those_of_the_causal_network(tmp_path, state, caplog):
    lifter = open_lifter(str(tmp_path / "net.bin"), 27, causal=True)
    assert isinstance(lifter, StreamingLifter)
    assert np.abs(live(lifter) - plain(state, XY, causal=True)).max() < 1e-5
    assert "no model card: taken for a causal network of 27 frames from coco-17 to h36m-17 (17 joints)" in caplog.text
    assert "symmetric" not in caplog.text


def test_without_the_flag_what_is_assumed_is_said_and_how_to_say_otherwise(tmp_path, state, caplog):
    lifter = open_lifter(str(tmp_path / "net.bin"), 27)
    assert "taken for a symmetric network of 27 frames" in caplog.text
    assert "; give --causal if it was trained as a causal one" in caplog.text
    ended = [plain(state, np.concatenate([XY[: t + 1], XY[t : t + 1].repeat(13, 0)]), causal=False)[t] for t in (0, 39)]
    joints = live(lifter)
    assert np.abs(joints[[0, 39]] - ended).max() < 1e-5  # as a symmetric one, the newest pose as its future
    assert np.abs(joints - plain(state, XY, causal=True)).max() > 0.02  # which is another network
    caplog.clear()
    open_lifter(str(tmp_path / "net.bin"), 27)
    assert "no model card" not in caplog.text  # once


def test_lift_gives_the_same(tmp_path, state, keypoints):
    flags = ["--model", str(tmp_path / "net.bin"), "--write", "npy", "--out", str(tmp_path / "out"), "--guard", "off"]
    assert lift.main([str(keypoints), "--causal", *flags]) == 0
    joints = in_camera(np.load(tmp_path / "out" / f"{keypoints.stem}.npy"))
    assert np.abs(joints - plain(state, XY, causal=True)).max() < 1e-5
    motion = lift_video(keypoints, model=str(tmp_path / "net.bin"), causal=True, guard="off")
    assert np.abs(in_camera(motion.joints) - joints).max() < 1e-6
    # The manifest knows the difference.
    assert lift.main([str(keypoints), *flags]) == FAILED
    with pytest.raises(UsageError, match="--causal is not for: leave one of them out"):
        lift.main([str(keypoints), "--causal", "--symmetric", *flags])


def test_run_as_it_is_typed(tmp_path, state, keypoints):
    """`--causal` alone is no VideoPose3D command line."""
    flags = ["--source", str(keypoints), "--model", "net.bin", "--causal", "--guard", "off", "--fps", "30"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *flags, "--sinks", "record", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "net.bin has no model card: taken for a causal network" in done.stderr
    joints = in_camera(np.load(tmp_path / "out" / "joints.npy"))
    assert np.abs(joints - plain(state, XY, causal=True)).max() < 1e-5


@pytest.mark.parametrize("form", ["streaming", "window"])
def test_the_exported_network_gives_the_same_and_needs_no_flag(tmp_path, state, form):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    out = tmp_path / "net.onnx"
    export.main(["--model", str(tmp_path / "net.bin"), "--causal", "--form", form, "--out", str(out)])
    assert json.loads(out.with_suffix(".json").read_text())["architecture"]["causal"] is True
    for causal in (False, True):
        joints = live(open_lifter(str(out), 27, causal=causal))
        assert np.abs(joints - plain(state, XY, causal=True)).max() < 1e-5


def test_evaluate_takes_the_flag(tmp_path, state, capsys):
    assert evaluate.main(["--model", str(tmp_path / "net.bin"), "--causal", "--max-frames", "4"]) == 0
    shown = capsys.readouterr().out
    assert "net@" in shown
    assert "with its future" not in shown


def test_a_card_beside_the_checkpoint_is_enough_and_is_not_contradicted(tmp_path, state):
    card = ModelCard("mine", TcnConfig(WIDTHS, 16, 34, 17, causal=True), "screen", normalise="width")
    (tmp_path / "net.json").write_text(json.dumps(card.to_json()))
    for causal in (False, True):
        joints = live(open_lifter(str(tmp_path / "net.bin"), 27, causal=causal))
        assert np.abs(joints - plain(state, XY, causal=True)).max() < 1e-5


@pytest.mark.parametrize("suffix", [".safetensors", ".onnx"])
def test_a_card_that_says_symmetric_contradicts_the_flag(tmp_path, suffix):
    path = save_small(tmp_path, causal=False)
    if suffix == ".onnx":
        pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        export.main(["--model", str(path), "--form", "window", "--out", str(tmp_path / "tiny-9x.onnx")])
        path = tmp_path / "tiny-9x.onnx"
    for use in (
        lambda: open_lifter(str(path), 9, causal=True),
        lambda: evaluate.main(["--model", str(path), "--causal"]),
        *[lambda: export.main(["--model", str(path), "--causal"])] * (suffix != ".onnx"),
    ):
        with pytest.raises(UsageError, match=rf"--causal: the model card of tiny-9x?\{suffix} declares a symmetric"):
            use()


def test_eighteen_joints_are_those_of_a_runner_in_every_command(tmp_path, keypoints, caplog):
    net = random_net(TcnConfig((3, 3), 8, 34, 18, causal=False))
    torch.save({"model_run": net.state_dict()}, tmp_path / "run.bin")
    motion = lift_video(keypoints, model=str(tmp_path / "run.bin"))
    assert motion.skeleton.name == "runner-18"
    assert motion.joints.shape == (FRAMES, 18, 3)
    assert "from coco-17 to runner-18 (18 joints)" in caplog.text
    assert evaluate.main(["--model", str(tmp_path / "run.bin"), "--max-frames", "4"]) == 0


@pytest.mark.parametrize("key", ["model_run", "model_pos"])
def test_a_network_of_runningpose_answers_in_camera_axes(tmp_path, key):
    """It was trained with y up and z backwards; every other network here has y down and z away."""
    net = random_net(TcnConfig((3, 3), 8, 34, 18, causal=False), seed=4)
    torch.save({key: net.state_dict()}, tmp_path / "run.bin")
    window = torch.randn(1, 9, 34)
    turned = load_network(tmp_path / "run.bin").net(window)
    assert torch.allclose(turned, net(window) * torch.tensor([1.0, -1.0, -1.0]), atol=1e-6)
