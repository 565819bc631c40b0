"""`train --dataset`: Fit3D, as its cameras saw it."""

import json

import numpy as np
import pytest
from support.fit3d_files import write_fit3d

from realtime.commands.cli import main as program
from realtime.commands.train import main, parser
from realtime.errors import FormatError, UsageError
from realtime.lifting.model_files import load_network

SMALL = ("--window", "9", "--channels", "8", "--threads", "1", "--no-clip", "--samples", "20")


@pytest.fixture(scope="module")
def fit3d(tmp_path_factory):
    return write_fit3d(tmp_path_factory.mktemp("fit3d"), actions=("squat",))


@pytest.fixture(scope="module")
def prepared(fit3d, tmp_path_factory):
    out = tmp_path_factory.mktemp("data")
    assert program(["prepare", "fit3d", str(fit3d), "--out", str(out)]) == 0
    return out


def train(dataset, work, *words):
    main(["--dataset", str(dataset), "--work", str(work), *SMALL, *words])
    (card,) = (path for path in work.glob("*.json"))
    return json.loads(card.read_text())


def test_the_line_that_perfectrep_documented_trains(prepared, tmp_path, capsys):
    card = train(prepared, tmp_path, "--epochs", "25", "--batch_size", "32", "--check", "5")
    assert "--batch_size is called --batch now" in capsys.readouterr().err
    training = card["training"]
    assert training["steps"] == 25  # 8 clips are one batch
    assert (training["held_out"], training["plan"]["batch"]) == (["s08"], 32)
    assert training["keypoints"] == "projected joints"
    assert "no detector's errors were seen in training" in card["limits"]
    assert "Apache" not in card["licence"]
    assert card["rate_hz"] == [16.7, 50.0]
    curve = np.genfromtxt(tmp_path / "causal-fit3d-9" / "curve.csv", delimiter=",", names=True)
    assert curve["loss_mm"][-1] < 0.7 * curve["loss_mm"][0]
    assert curve["heldout_mpjpe_mm"][-1] < curve["heldout_mpjpe_mm"][0]
    network = load_network(tmp_path / "causal-fit3d-9.safetensors")
    assert (network.card.skeleton_in, network.card.skeleton_out) == ("coco-17", "h36m-17")


def test_networks_are_the_same_wherever_fit3d_is_read_from(fit3d, prepared, tmp_path):
    cards = [
        train(place, tmp_path / str(number), "--epochs", "2", "--batch", "3")
        for number, place in enumerate((fit3d, prepared, prepared / "motion3d"))
    ]
    assert [card["training"]["steps"] for card in cards] == [6, 6, 6]
    assert len({card["training"]["data"][0]["sha256"] for card in cards}) == 1
    assert len({str(card["scores"]) for card in cards}) == 1


def test_every_exercise_has_scores_of_its_own(tmp_path):
    """As PerfectRep's evaluation has, for its two protocols: MPJPE and PA-MPJPE."""
    card = train(write_fit3d(tmp_path / "raw"), tmp_path / "work", "--steps", "2", "--samples", "64")
    scores = card["scores"]
    assert {"heldout_squat_mm", "heldout_deadlift_mm"} < set(scores)
    assert {"MPJPE", "PA-MPJPE"} < set(scores["heldout_squat_mm"])
    low, high = sorted(scores[f"heldout_{name}_mm"]["MPJPE"] for name in ("squat", "deadlift"))
    assert low <= scores["heldout_people_mm"]["MPJPE"] <= high


def test_other_people_can_be_held_out(prepared, tmp_path):
    card = train(prepared, tmp_path, "--steps", "2", "--hold-out", "s03,s04", "--symmetric")
    assert card["training"]["held_out"] == ["s03", "s04"]
    with pytest.raises(UsageError, match="--hold-out s05: the people are s03, s04, s08"):
        train(prepared, tmp_path / "other", "--steps", "2", "--hold-out", "s05")


def test_the_transformer_is_trained_by_the_same_loop(prepared, tmp_path):
    transformer = ("--architecture", "dstformer", "--channels", "8", "--depth", "1", "--heads", "2")
    card = train(prepared, tmp_path, *transformer, "--epochs", "1", "--batch-size", "4")
    assert (card["kind"], card["training"]["steps"]) == ("dstformer", 2)
    assert (tmp_path / "dstformer-fit3d-9.safetensors").is_file()


def test_an_interrupted_training_goes_on(prepared, tmp_path):
    train(prepared, tmp_path, "--steps", "4", "--batch", "3")
    whole = (tmp_path / "causal-fit3d-9.safetensors").read_bytes()
    train(prepared, tmp_path, "--steps", "4", "--batch", "3", "--resume")
    assert (tmp_path / "causal-fit3d-9.safetensors").read_bytes() == whole


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "train takes --data DIR, a folder of motion capture, or --dataset PATH"),
        (["--data", "x", "--dataset", "x"], "not allowed with"),
        (["--data", "x", "--epochs", "3"], "--epochs belongs to --dataset"),
        (["--dataset", "x", "--epochs", "3", "--steps", "3"], "not allowed with"),
        (["--dataset", "x", "--preset", "runner"], "--preset runner is for motion capture"),
        (["--dataset", "x", "--landmarks", "heavy"], "--dataset has no errors of a detector"),
    ],
)
def test_what_does_not_go_together_is_said(words, message):
    with pytest.raises(UsageError, match=message):
        main(words)


def test_another_folder_is_no_data_set(tmp_path):
    with pytest.raises(FormatError, match=r"nowhere is not a data set"):
        train(tmp_path / "nowhere", tmp_path / "work")
    assert not list((tmp_path / "work").glob("*.safetensors"))


def test_underscores_of_perfectrep_are_understood():
    assert parser().given(["--dataset", "x", "--batch_size", "32"])["batch"] == 32
    assert parser().given(["--dataset", "x", "--batch-size", "32"])["batch"] == 32
