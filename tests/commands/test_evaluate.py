"""The evaluation command, and the bundled clip from pixels."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from support.motion_capture import data_folder, motions

from realtime.camera import camera_to_published
from realtime.commands.evaluate import main
from realtime.errors import FormatError, RecordError, UsageError
from realtime.lifting.features import feature_set
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import MODEL_FOLDER, save_network
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet
from realtime.metrics import METRICS, about_hips, scores_mm
from realtime.offline.lift import lift_video
from realtime.runtime.hints import command
from realtime.skeleton import COCO17, H36M17, LIMB_JOINTS
from realtime.training.evaluation.qualities import run_qualities
from realtime.training.evaluation.truth_clips import (
    DISTANCE,
    DISTANCE_PERCENT,
    Clip,
    ClipResult,
    demo_truth,
    find_clips,
    run_clip,
    run_models,
)


def network(folder, name: str, widths: tuple[int, ...], causal: bool = True) -> str:
    """A network of random weights."""
    torch.manual_seed(0)
    config = TcnConfig(widths, 8, feature_set("centred", COCO17).channels, causal=causal)
    save_network(folder / name, TemporalConvNet(config).eval(), ModelCard(name, config, "centred"))
    return f"{folder / name}.safetensors"


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return network(tmp_path_factory.mktemp("model"), "random-9", (3, 3))


@pytest.fixture(scope="module")
def symmetric(tmp_path_factory) -> str:
    return network(tmp_path_factory.mktemp("model"), "both-ways-9", (3, 3), causal=False)


def test_the_truth_is_a_person_about_the_hips():
    truth = demo_truth()
    assert truth.shape == (324, 12, 3)
    at = {name: truth[:, i] for i, name in enumerate(LIMB_JOINTS)}
    assert at["left_hip"] + at["right_hip"] == pytest.approx(np.zeros((324, 3)), abs=1e-9)
    assert (at["left_shoulder"][:, 1] < at["left_hip"][:, 1]).all()  # y is down
    assert len(motions().points[0]) > len(H36M17)


@pytest.mark.parametrize("frames", [12])
def test_the_clip_from_pixels(model, frames, tmp_path, capsys):
    files = ["--json", str(tmp_path / "t.json"), "--csv", str(tmp_path / "t.csv")]
    assert main(["--clip", "demo", "--model", model, "--max-frames", str(frames), *files]) == 0
    printed = capsys.readouterr().out
    assert f"{frames} frames from pixels" in printed
    lifted, detector = json.loads((tmp_path / "t.json").read_text())
    assert lifted["poses"].startswith("random-9@")
    scores = {metric + end for metric in (*METRICS, DISTANCE, DISTANCE_PERCENT) for end in ("", "_low", "_high")}
    assert set(detector) == {"clip", "poses", "frames", "resampled"} | scores
    # BlazePose's own 3D is a person in about the right pose; random weights are not.
    assert 40 < detector["MPJPE"] < 160 < lifted["MPJPE"]
    assert detector[DISTANCE] is None
    with (tmp_path / "t.csv").open() as file:
        assert [row["poses"] for row in csv.DictReader(file)] == [lifted["poses"], detector["poses"]]


def people(tmp_path, *more: str) -> list[str]:
    data = tmp_path / "data"
    if not data.exists():
        data_folder(data)
    return ["--data", str(data), "--cache", str(tmp_path / "cache"), "--samples", "200", *more]


def test_held_out_people(model, tmp_path, capsys):
    assert main(people(tmp_path, "--model", model)) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "200 samples of held-out people (uiprmd-s05)" in printed[0]
    assert printed[1].split() == ["corpus", "poses", *METRICS]
    assert [line.split()[0] for line in printed[2:]] == ["ui-prmd"]


def test_networks_beside_each_other(model, symmetric, tmp_path, capsys):
    single = network(tmp_path, "single-1", (1,))
    words = people(tmp_path, "--model", f"{model},{symmetric}", "--model", single, "--by", "motion", "--intervals")
    assert main([*words, "--csv", str(tmp_path / "t.csv"), "--plot", str(tmp_path / "t.png")]) == 0
    with (tmp_path / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    own = [row["poses"].partition("@")[0] for row in rows if " - " not in row["poses"]]
    assert own == ["random-9", "both-ways-9", "single-1"] * (len(own) // 3)
    compared = [row for row in rows if " - " in row["poses"]]
    assert len(compared) == 2
    for metric in METRICS:
        first, _, last = (float(row[metric]) for row in rows[-5:-2])
        assert float(compared[1][metric]) == pytest.approx(last - first)
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_network_alone_and_in_company(model, symmetric, tmp_path):
    for name, models in (("alone", model), ("company", f"{symmetric},{model}")):
        assert main(people(tmp_path, "--model", models, "--by", "joint", "--json", str(tmp_path / name))) == 0
    alone, company = (json.loads((tmp_path / name).read_text()) for name in ("alone", "company"))
    rows = [row for row in company if row["poses"] == alone[0]["poses"]]
    joints = ["left hip", "left knee", "left ankle", "left shoulder", "left elbow", "left wrist"]
    assert [row["joint"] for row in rows[:6]] == joints
    assert len(rows) == 13
    for one, other in zip(alone, rows, strict=True):
        assert [one[metric] for metric in METRICS] == pytest.approx([other[metric] for metric in METRICS])


def test_files_are_refused_before_anything_is_computed(model, tmp_path):
    taken = tmp_path / "t.json"
    taken.write_text("mine")
    with pytest.raises(RecordError, match="not overwritten"):
        main(["--clip", str(tmp_path / "nothing"), "--model", model, "--json", str(taken)])
    with pytest.raises(RecordError, match="cannot write"):
        main(people(tmp_path, "--model", model, "--csv", str(taken / "t.csv")))
    assert taken.read_text() == "mine"


NOPE = [
    (["--by", "corpus"], "clip, joint"),
    (["--by", "shoe"], "--by takes one of clip"),
    (["--model", ","], "names between commas"),
    (["--max-frames", "0"], "from 1"),
    (["--fov", "nan"], "from 1 to 170"),
    (["--window", "0"], "from 1"),
    (["--fov", "60", "--told-camera"], "the same thing twice"),
    (["--plot", "errors.txt"], r"--plot takes a name that ends in \.png"),
    (["--samples", "9"], "--samples has an effect with --data only"),
    (["--data", "x", "--max-frames", "9"], "--max-frames has an effect with --clip only"),
]


@pytest.mark.parametrize(("words", "told"), NOPE)
def test_groups_that_are_none_are_told(words, told):
    with pytest.raises(UsageError, match=told):
        main(words)


def test_an_exported_network_is_not_for_people(tmp_path):
    with pytest.raises(UsageError, match="is an ONNX export; give the network that it was exported from"):
        main(people(tmp_path, "--model", str(tmp_path / "net.onnx")))


def test_a_symmetric_network_comes_with_its_future_too(symmetric, model):
    results = run_models(find_clips("demo")[0], [model, symmetric], 9, max_frames=10)
    live, late = results[1:]
    assert [r.model.partition("@")[0] for r in results] == ["random-9", "both-ways-9", "both-ways-9"]
    assert late.model.endswith("with its future")
    assert late.lifted.shape == live.lifted.shape == (10, 12, 3)
    assert results[0].rate_hz == pytest.approx(30)
    # The last frame has no future but its own pose repeated: there the two are one.
    assert late.lifted[-1] == pytest.approx(live.lifted[-1], abs=1e-5)
    assert np.abs(late.lifted[0] - live.lifted[0]).max() > 1e-4


def test_qualities_are_what_lift_gives_with_them(tmp_path, capsys):
    """Fast is the live network on the same frames, too."""
    words = ["--clip", "demo", "--quality", "fast,good", "--max-frames", "9", "--json", str(tmp_path / "t.json")]
    assert main(words) == 0
    assert "9 frames from pixels" in capsys.readouterr().out
    rows = {row["poses"]: row for row in json.loads((tmp_path / "t.json").read_text())}
    assert list(rows)[:3] == ["fast (causal-feet-27)", "good (symmetric-feet-81)", "blazepose world landmarks"]
    fast, good = run_qualities(find_clips("demo")[0], ["fast", "good"], {}, 9)
    (live,) = run_models(find_clips("demo")[0], ["causal-feet-27"], 27, max_frames=9)
    assert np.array_equal(fast.lifted, live.lifted)
    assert np.array_equal(fast.detector, live.detector)
    for result in (fast, good):
        motion = lift_video("demo", quality=result.model.partition(" ")[0], max_frames=9)
        limbs = H36M17.indices(LIMB_JOINTS)
        lifted = about_hips(motion.joints @ camera_to_published(), H36M17)[:, limbs]
        assert np.allclose(result.lifted, lifted, atol=1e-5)


@pytest.mark.parametrize("word", ["--model=causal-27", "--window=81", "--landmarks=heavy", "--detector=blazepose"])
def test_what_a_quality_chooses_is_not_given_beside_it(word):
    with pytest.raises(UsageError, match="--quality chooses network and keypoints: leave out --"):
        main(["--quality", "good", word])


def test_the_velocity_after_a_missed_frame_is_not_known():
    still = np.zeros((4, 12, 3))
    result = ClipResult(np.array([0, 1, 3, 4]), still, still, still, "m", 30.0, np.ones(4), np.ones(4))
    assert np.isnan(result.errors_mm(still)["MPJVE"]).all(1).tolist() == [True, False, True, False]


def test_the_distance_by_hand():
    still, far = np.zeros((2, 12, 3)), np.array([3.9, np.nan])
    result = ClipResult(np.arange(2), still, still, still, "m", 30.0, far, np.array([4.0, 4.0]))
    errors = result.distance_errors()
    assert errors[DISTANCE][0] == pytest.approx(np.full(12, 100))
    assert errors[DISTANCE_PERCENT][0] == pytest.approx(np.full(12, 2.5))
    assert np.isnan(errors[DISTANCE][1]).all()


def test_the_camera_of_a_clip_can_be_told(tmp_path):
    (demo,) = find_clips("demo")
    assert demo.camera().fov_deg == pytest.approx(61.5, abs=0.1)
    (told,) = run_models(demo, ["causal"], 27, max_frames=20, told_camera=True)
    assert np.mean(np.abs(told.distance_m - told.true_distance_m)) < 0.4
    truth = tmp_path / "a.npz"
    np.savez(truth, joints_3d_camera=np.zeros((4, 17, 3)))
    with pytest.raises(FormatError, match="lacks K and image_size"):
        Clip(tmp_path / "a.mp4", truth).camera()


def test_a_folder_of_clips_has_a_line_for_all(model, tmp_path, capsys):
    demo = find_clips("demo")[0]
    for name in ("one", "two"):
        (tmp_path / f"{name}.mp4").symlink_to(demo.video)
        (tmp_path / f"{name}.npz").symlink_to(demo.truth)
    (tmp_path / "no truth.mp4").symlink_to(demo.video)
    assert main(["--clip", str(tmp_path), "--model", model, "--max-frames", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 clips, 8 frames")
    assert [line.split()[0] for line in lines[2:]] == ["one", "one", "two", "two", "all", "all", "all"]


@pytest.mark.parametrize("words", [[], ["--clip", "demo"]])
def test_the_demo_is_said_not_to_be_the_table_in_the_readme(model, capsys, words):
    assert main([*words, "--model", model, "--max-frames", "2"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert "bundled demo clip alone" in last
    assert last.endswith(command("evaluate", "--clip", "benchmarks/clips"))


def test_clips_that_are_none_are_told(tmp_path):
    with pytest.raises(UsageError, match="neither demo"):
        find_clips(str(tmp_path))
    truth = tmp_path / "a.npz"
    np.savez(truth, joints_3d_camera=np.zeros((4, 16, 3)))
    with pytest.raises(FormatError, match="wants joints_3d_camera"):
        Clip(tmp_path / "a.mp4", truth).limbs()


@pytest.mark.skipif(not (MODEL_FOLDER / "causal-27.safetensors").exists(), reason="no network has been trained")
def test_the_network_that_ships_beats_the_detectors_own_3d():
    result = run_clip(find_clips("demo")[0], "causal", 27)
    lifted, detector = (scores_mm(poses, result.true) for poses in (result.lifted, result.detector))
    assert len(result.frames) >= 320
    for metric in ("MPJPE", "PA-MPJPE", "MPJVE"):
        assert lifted[metric] < detector[metric], metric
