"""RunningPose's way of one video, with today's commands: Detectron2's keypoints → set → joints, angles."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.keypoint_files import walker, write_videopose3d_video
from support.networks import random_net

from realtime.commands.cli import main as program
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.videopose3d_npz import read_video_set
from realtime.lifting.features import feature_set, mirrors
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import save_network
from realtime.lifting.tcn.config import TcnConfig
from realtime.skeleton import COCO17, RUNNER20

FRAMES = 6


@pytest.fixture
def network(tmp_path):
    """From COCO-17 to a runner's joints: the keypoints have no feet."""
    features = feature_set("turned", COCO17)
    config = TcnConfig((3,), 8, features.channels, len(RUNNER20), mirrored=True)
    card = ModelCard("runner-3", config, "turned", skeleton_out=RUNNER20.name)
    save_network(tmp_path / "runner-3", random_net(config, mirrors=mirrors(features, RUNNER20)), card)
    return tmp_path / "runner-3.safetensors"


@pytest.fixture
def detected(tmp_path):
    """What infer_video.py wrote of a video; nobody was found in its third frame."""
    people = [[xy] if t != 2 else [] for t, xy in enumerate(walker(FRAMES, at=(300, 150)))]
    write_videopose3d_video(tmp_path / "V.mp4.npz", people, [[0.9] if someone else [] for someone in people])
    return tmp_path / "V.mp4.npz"


def test_keypoints_without_feet_become_a_runner(detected, network, tmp_path):
    out = tmp_path / "out"
    assert program(["prepare", "keypoints", str(detected), "--name", "myvideos", "--out", str(tmp_path)]) == 0
    custom = tmp_path / "data_2d_custom_myvideos.npz"
    for source in (detected, custom):
        words = [str(source), "--model", str(network), "--fps", "85", "--write", "npz,angles-json,2d"]
        assert program(["lift", *words, "--out", str(out)]) == 0
        run = read_motion_npz(out / f"{source.stem}.npz")
        assert (run.skeleton, len(run)) == (RUNNER20, FRAMES)
        angles = json.loads((out / f"{source.stem}.angles.json").read_text())
        assert len(angles["LFot"]) == FRAMES
        assert all(0 <= angle <= 180 for angle in angles["LFot"])
    # And what lift writes of them is such a set again, of the keypoints that went in.
    again = read_video_set(out / "data_2d_custom_V.mp4.npz")
    np.testing.assert_allclose(again.best()[0, :, :2], walker(1, at=(300, 150))[0], atol=1e-3)
    assert (again.skeleton, len(again)) == (COCO17, FRAMES)
