"""The export command: a file, its card, or one line and nothing."""

from __future__ import annotations

import hashlib
import json

import pytest
from support.motion_capture import data_folder
from support.networks import random_net, save_small, small_card

from realtime.commands.export import main
from realtime.errors import FormatError, RecordError, UsageError, WeightsError
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import load_network, save_network
from realtime.lifting.onnx import OnnxStreamingLifter, OnnxWindowLifter, load_onnx
from realtime.lifting.open import open_lifter

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


@pytest.fixture
def model(tmp_path):
    return save_small(tmp_path, training={"seed": 3}, scores={"mm": 80})


def export(model, out, *flags):
    return main(["--model", str(model), "--out", str(out), *map(str, flags)])


def test_the_boards_form_leaves_the_mirror_to_its_caller(tmp_path):
    model = save_small(tmp_path, "wide", (3,) * 5, causal=False, mirrored=True)
    for form, mirrored in (("batch2", False), ("window", True)):
        out = tmp_path / f"{form}.onnx"
        assert export(model, out, "--form", form) == 0
        assert json.loads(out.with_suffix(".json").read_text())["architecture"]["mirrored"] is mirrored


@pytest.mark.parametrize("opset", [11, 13, 21])
@pytest.mark.parametrize(("form", "kind"), [("streaming", OnnxStreamingLifter), ("window", OnnxWindowLifter)])
def test_what_is_exported_is_lifted_with(model, tmp_path, capsys, form, kind, opset):
    out = tmp_path / "deep" / "tiny.onnx"
    assert export(model, out, "--form", form, "--opset", opset) == 0
    assert "0.0001 m is allowed" in capsys.readouterr().out
    assert sorted(p.name for p in out.parent.iterdir()) == ["tiny.json", "tiny.onnx"]
    lifter = open_lifter(str(out), 9)
    assert isinstance(lifter, kind)
    assert lifter.name == f"tiny-9@{hashlib.sha256(out.read_bytes()).hexdigest()[:8]}"
    assert lifter.window_length == 9


def test_the_card_says_what_one_must_know(model, tmp_path):
    out = tmp_path / "tiny.onnx"
    export(model, out, "--form", "window")
    raw = json.loads(out.with_suffix(".json").read_text())
    assert (raw["features"], raw["normalise"], raw["skeleton_in"]) == ("turned", "rays", "coco-17")
    assert raw["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (raw["training"], raw["scores"]) == ({"seed": 3}, {"mm": 80})
    about = raw["onnx"]
    assert (about["form"], about["opset"], about["precision"]) == ("window", 11, "fp32")
    assert (about["inputs"], about["outputs"]) == ({"rays": [1, 9, 17, 2]}, {"joints": [1, 1, 17, 3]})
    assert about["made_from"] == load_network(model).label
    assert 0 <= about["differs_at_most_m"] < 1e-4
    assert ModelCard.from_json(raw).config == load_network(model).card.config


def test_symmetric_networks_and_checkpoints_have_a_window_form(tmp_path):
    model = save_small(tmp_path, causal=False, features="screen")
    export(model, tmp_path / "s.onnx", "--form", "window")
    assert open_lifter(str(tmp_path / "s.onnx"), 9).window_length == 5


@pytest.mark.parametrize("precision", ["int8", "fp16"])
def test_fewer_bits_tell_their_price(model, tmp_path, capsys, precision):
    out, data = tmp_path / "q.onnx", data_folder(tmp_path / "data")
    flags = ["--quantize", precision, "--data", data, "--cache", tmp_path / "cache", "--samples", 16]
    assert export(model, out, *flags) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[2].startswith("16 windows of held-out people: MPJPE ")
    about = load_onnx(out).card.extra["onnx"]
    assert about["precision"] == precision
    assert 0 < about["loss"]["moved_mm"] <= about["loss"]["moved_most_mm"] < 50


def test_a_file_that_answers_otherwise_is_not_kept(tmp_path):
    """Weights beyond the range of 16 bits become infinite."""
    card = small_card()
    net = random_net(card.config)
    net.layers_bn[0].weight.data *= 1e6
    save_network(tmp_path / "huge", net, card)
    (tmp_path / "out").mkdir()
    with pytest.raises(WeightsError, match=r"differs from tiny-9@\S+ by up to nan m"):
        export(tmp_path / "huge.safetensors", tmp_path / "out" / "huge.onnx", "--quantize", "fp16")
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_is_overwritten(model, tmp_path):
    out = tmp_path / "mine.onnx"
    out.write_bytes(b"mine")
    with pytest.raises(RecordError, match="exists already"):
        export(model, out)
    assert out.read_bytes() == b"mine"


FAULTS = {
    "old opset": (["--opset", "10"], UsageError, "--opset takes a whole number from 11 to 21, not '10'"),
    "no number": (["--opset", "x"], UsageError, "--opset"),
    "no samples": (["--samples", "0"], UsageError, "--samples takes a whole number from 1 to"),
    "another ending": (["--out", "x.pb"], UsageError, r"ends in \.onnx"),
    "no such form": (["--form", "batch3"], UsageError, "--form"),
    "board of 9 frames": (["--form", "batch2"], UsageError, "needs a network of 243 frames"),
    "no such model": (["--model", "casual"], WeightsError, "there is no model"),
    "no such data": (["--quantize", "int8", "--data", "/nowhere"], FormatError, "there is no folder"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_one_line(model, tmp_path, fault):
    flags, kind, says = FAULTS[fault]
    with pytest.raises(kind, match=says) as error:
        export(model, tmp_path / "out.onnx", *flags)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("out*"))


def test_an_export_is_not_exported_again(model, tmp_path):
    export(model, tmp_path / "a.onnx")
    with pytest.raises(UsageError, match="is an ONNX export; give the network that it was exported from"):
        export(tmp_path / "a.onnx", tmp_path / "b.onnx")
