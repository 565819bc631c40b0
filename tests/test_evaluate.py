"""The evaluation command, and the bundled clip from pixels."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from motion_capture import motions
from test_training_corpora import data_folder

from realtime.errors import FormatError, RecordError, UsageError
from realtime.features import FEATURES
from realtime.geometry import TcnConfig
from realtime.metrics import scores_mm
from realtime.skeleton import H36M17, LIMB_JOINTS
from realtime.tcn import TemporalConvNet
from realtime.training.clip import Clip, demo_truth, find_clips
from realtime.training.evaluate import main, table
from realtime.weights import MODEL_FOLDER, ModelCard, save_network


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    """A network of random weights."""
    torch.manual_seed(0)
    config = TcnConfig((3, 3), 8, FEATURES["centred"].channels)
    stem = tmp_path_factory.mktemp("model") / "random-9"
    save_network(stem, TemporalConvNet(config).eval(), ModelCard("random-9", config, "centred"))
    return f"{stem}.safetensors"


def test_the_truth_is_a_person_about_the_hips():
    truth = demo_truth()
    assert truth.shape == (324, 12, 3)
    at = {name: truth[:, i] for i, name in enumerate(LIMB_JOINTS)}
    assert at["left_hip"] + at["right_hip"] == pytest.approx(np.zeros((324, 3)), abs=1e-9)
    assert (at["left_shoulder"][:, 1] < at["left_hip"][:, 1]).all()  # y is down
    assert len(motions().points[0]) > len(H36M17)


@pytest.mark.parametrize("frames", [12])
def test_the_clip_from_pixels(model, frames, tmp_path, capsys):
    pytest.importorskip("mediapipe", reason="BlazePose is not installed")
    files = ["--json", str(tmp_path / "t.json"), "--csv", str(tmp_path / "t.csv")]
    assert main(["--clip", "demo", "--model", model, "--max-frames", str(frames), *files]) == 0
    printed = capsys.readouterr().out
    assert f"{frames} frames from pixels" in printed
    lifted, detector = json.loads((tmp_path / "t.json").read_text())
    assert lifted["poses"].startswith("random-9@")
    assert set(detector) == {"clip", "poses", "MPJPE", "PA-MPJPE", "N-MPJPE", "MPJVE"}
    # BlazePose's own 3D is a person in about the right pose; random weights are not.
    assert 40 < detector["MPJPE"] < 160 < lifted["MPJPE"]
    with (tmp_path / "t.csv").open() as file:
        assert [row["poses"] for row in csv.DictReader(file)] == [lifted["poses"], detector["poses"]]


def test_held_out_people(model, tmp_path, capsys):
    data = data_folder(tmp_path / "data")
    assert main(["--data", str(data), "--cache", str(tmp_path), "--model", model, "--samples", "600"]) == 0
    printed = capsys.readouterr().out
    assert "people not trained on (uiprmd-s05)" in printed
    assert [line.split()[0] for line in printed.splitlines()[1:]] == ["corpus", "all", "ui-prmd"]


def test_a_table_that_cannot_be_written_is_told(model, tmp_path):
    data = data_folder(tmp_path / "data")
    words = ["--data", str(data), "--cache", str(tmp_path), "--model", model, "--samples", "8"]
    with pytest.raises(RecordError, match="another folder"):
        main([*words, "--json", str(tmp_path / "missing" / "t.json")])


def test_a_folder_of_clips_has_a_line_for_all(model, tmp_path, capsys):
    pytest.importorskip("mediapipe", reason="BlazePose is not installed")
    demo = find_clips("demo")[0]
    for name in ("one", "two"):
        (tmp_path / f"{name}.mp4").symlink_to(demo.video)
        (tmp_path / f"{name}.npz").symlink_to(demo.truth)
    (tmp_path / "no truth.mp4").symlink_to(demo.video)
    assert main(["--clip", str(tmp_path), "--model", model, "--max-frames", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 clip(s), 8 frames")
    assert [line.split()[0] for line in lines[2:]] == ["one", "one", "two", "two", "all", "all", "all"]


def test_clips_that_are_none_are_told(tmp_path):
    with pytest.raises(UsageError, match="neither demo"):
        find_clips(str(tmp_path))
    truth = tmp_path / "a.npz"
    np.savez(truth, joints_3d_camera=np.zeros((4, 16, 3)))
    with pytest.raises(FormatError, match="wants joints_3d_camera"):
        Clip(tmp_path / "a.mp4", truth).limbs()


def test_tables_are_aligned():
    lines = table([{"poses": "a", "MPJPE": 1.04}, {"poses": "longer", "MPJPE": 123.45}]).splitlines()
    assert lines == ["poses   MPJPE", "a         1.0", "longer  123.5"]


@pytest.mark.skipif(not (MODEL_FOLDER / "causal-27.safetensors").exists(), reason="no network has been trained")
def test_the_network_that_ships_beats_the_detectors_own_3d():
    pytest.importorskip("mediapipe", reason="BlazePose is not installed")
    from realtime.training.clip import find_clips, run_clip

    result = run_clip(find_clips("demo")[0], "causal", 27)
    lifted, detector = (scores_mm(poses, result.true) for poses in (result.lifted, result.detector))
    assert len(result.frames) >= 320
    for metric in ("MPJPE", "PA-MPJPE", "MPJVE"):
        assert lifted[metric] < detector[metric], metric
