from __future__ import annotations

import hashlib
import json
import os
import pickle
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.networks import random_net, save_small, save_upstream, small_card

from realtime.errors import WeightsError
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import find_model, load_network, save_network, trained_windows
from realtime.lifting.tcn.config import TcnConfig


def one_line(error: pytest.ExceptionInfo[WeightsError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 300
    return text


def test_what_is_saved_is_loaded(tmp_path):
    card = small_card(training={"seed": 3})
    net = random_net(card.config)
    save_network(tmp_path / "tiny-9", net, card)
    loaded = load_network(tmp_path / "tiny-9.safetensors")
    assert loaded.card.extra["training"] == {"seed": 3}
    assert (loaded.card.config, loaded.card.features) == (card.config, "turned")
    window = torch.randn(1, 9, card.config.inputs)
    assert torch.equal(loaded.net(window), net(window))
    assert loaded.label == f"tiny-9@{loaded.digest}"
    assert not any(p.requires_grad for p in loaded.net.parameters())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tiny-9.json", "tiny-9.safetensors"]


def test_the_same_weights_have_the_same_digest(tmp_path):
    first = load_network(save_small(tmp_path, "a-9"))
    assert first.digest == load_network(save_small(tmp_path, "b-9")).digest
    assert first.digest != load_network(save_small(tmp_path, "c-9", seed=1)).digest


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("key", ["model_pos", "model_run"])
def test_upstream_checkpoints_load(tmp_path, legacy, key):
    path = tmp_path / "pretrained_h36m_detectron_coco.bin"
    net = save_upstream(path, (3, 3, 7), legacy=legacy, key=key)
    loaded = load_network(path)
    assert loaded.card.config == TcnConfig((3, 3, 7), 8, 34, 17, causal=False)
    assert (loaded.card.features, loaded.card.normalise) == ("screen", "width")
    window = torch.randn(1, 63, 34)
    assert torch.equal(loaded.net(window), net(window))


def test_keys_that_a_card_does_not_need_are_kept(tmp_path):
    path = save_small(tmp_path, colour="blue")
    assert load_network(path).card.extra["colour"] == "blue"


def test_the_height_and_the_delay_of_a_card_are_kept():
    card = replace(small_card(), height_m=1.7)
    card = replace(card, config=replace(card.config, causal=False, delay=3))
    again = ModelCard.from_json(json.loads(json.dumps(card.to_json())))
    assert (again.height_m, again.config) == (1.7, card.config)
    assert ModelCard.from_json(json.loads(json.dumps(small_card().to_json()))).height_m is None


def test_a_card_beside_a_checkpoint_says_it_is_causal(tmp_path):
    save_upstream(tmp_path / "mine.bin")
    card = ModelCard("mine", TcnConfig((3, 3), 8, 34, 17, causal=True), "screen", normalise="width")
    (tmp_path / "mine.json").write_text(json.dumps(card.to_json()))
    assert load_network(tmp_path / "mine.bin").card.config.causal


class Evil:
    """A pickle that makes a folder when it is loaded."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("inside", ["model_pos", "optimizer", "random_state"])
def test_no_code_of_a_checkpoint_is_run(tmp_path, legacy, inside):
    path, trap = tmp_path / "evil.bin", tmp_path / "trap"
    save_upstream(path, legacy=legacy, **{inside: Evil(trap)})
    with pytest.raises(WeightsError) as error:
        load_network(path)
    assert "nothing of it was run" in one_line(error)
    assert not trap.exists()


def test_bare_pickles_are_not_run(tmp_path):
    (tmp_path / "evil.pt").write_bytes(pickle.dumps(Evil(tmp_path / "trap")))
    with pytest.raises(WeightsError):
        load_network(tmp_path / "evil.pt")
    assert not (tmp_path / "trap").exists()


def good_bytes(suffix, tmp_path):
    if suffix == ".safetensors":
        return save_small(tmp_path).read_bytes()
    save_upstream(tmp_path / "good.bin")
    return (tmp_path / "good.bin").read_bytes()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_is_a_network_or_one_line(tmp_path, data):
    """Without a card a changed number cannot be told from another training; no other error is raised."""
    good = good_bytes(".bin", tmp_path)
    at = data.draw(st.integers(0, len(good) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "zero", "twice"]))
    changed = {
        "flip": good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :],
        "cut": good[:at],
        "zero": good[:at] + bytes(min(64, len(good) - at)) + good[at + 64 :],
        "twice": good[:at] + good[: len(good) // 2] + good[at:],
    }[kind]
    path = tmp_path / "broken.bin"
    path.write_bytes(changed)
    with suppress(WeightsError):
        load_network(path)


def test_flipped_bits_are_found_by_the_cards_hash(tmp_path):
    path = save_small(tmp_path)
    data = bytearray(path.read_bytes())
    data[-5] ^= 0x40
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="not the file its card"):
        load_network(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expand_conv.weight": torch.zeros(8, 33, 3)}, "expand_conv.weight is"),
        ({"shrink.bias": torch.full((51,), torch.nan)}, "not finite"),
        ({"shrink.bias": torch.full((51,), 1e300, dtype=torch.float64)}, "not finite"),
        ({"shrink.bias": torch.zeros(51, dtype=torch.int64)}, "not floating-point"),
        ({"expand_bn.running_var": torch.full((8,), -1.0)}, "negative variance"),
        ({"shrink.bias": None}, "lacks 'shrink.bias'"),
        ({"extra.weight": torch.zeros(1)}, "holds 'extra.weight'"),
    ],
)
def test_a_state_of_another_network_is_told(tmp_path, change, says):
    state = {**random_net(TcnConfig((3, 3), 8)).state_dict(), **change}
    torch.save({"model_pos": {k: v for k, v in state.items() if v is not None}}, tmp_path / "x.bin")
    card = ModelCard("x", TcnConfig((3, 3), 8, 34, 17), "screen", normalise="width")
    (tmp_path / "x.json").write_text(json.dumps(card.to_json()))
    with pytest.raises(WeightsError) as error:
        load_network(tmp_path / "x.bin")
    assert says in one_line(error)


CARDS = {
    "missing": None,
    "no json": "{",
    "list": "[]",
    "format": json.dumps({**small_card().to_json(), "format": 2}),
    "features": json.dumps({**small_card().to_json(), "features": "tea leaves"}),
    "no name": json.dumps({k: v for k, v in small_card().to_json().items() if k != "name"}),
    "even width": json.dumps({**small_card().to_json(), "architecture": {"filter_widths": [2]}}),
    "height in words": json.dumps({**small_card().to_json(), "height_m": "tall"}),
    "no height": json.dumps({**small_card().to_json(), "height_m": float("nan")}),
    "delay beyond the window": json.dumps(small_card(causal=False).to_json()).replace('"delay": null', '"delay": 9'),
    "delay in words": json.dumps(small_card(causal=False).to_json()).replace('"delay": null', '"delay": "long"'),
    "causal in words": json.dumps(small_card().to_json()).replace('"causal": true', '"causal": "no"'),
    "float channels": json.dumps(small_card().to_json()).replace('"channels": 8', '"channels": 8.0'),
    "dropout 5": json.dumps(small_card().to_json()).replace('"dropout": 0.25', '"dropout": 5'),
    "normalise": json.dumps({**small_card().to_json(), "normalise": "zzz"}),
    "name is a list": json.dumps({**small_card().to_json(), "name": [1]}),
    "other features": json.dumps({**small_card().to_json(), "features": "screen"}),
    "deep": "[" * 100_000,
    "unknown part": json.dumps({**small_card().to_json(), "architecture": {"filter_widths": [3], "wings": 2}}),
}


@pytest.mark.parametrize("fault", CARDS)
def test_broken_cards_are_one_line(tmp_path, fault):
    path = save_small(tmp_path)
    path.with_suffix(".json").unlink()
    if CARDS[fault] is not None:
        path.with_suffix(".json").write_text(CARDS[fault])
    with pytest.raises(WeightsError) as error:
        load_network(path)
    assert "card" in one_line(error)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_the_card_of_another_file_is_told(tmp_path, suffix):
    path = save_small(tmp_path)
    if suffix == ".bin":
        save_upstream(path.with_suffix(".bin"))
    else:
        path.write_bytes(save_small(tmp_path / "other", seed=1).read_bytes())
    with pytest.raises(WeightsError, match=r"is not the file its card tiny-9\.json was written for") as error:
        load_network(path.with_suffix(suffix))
    one_line(error)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("missing", r"the model card .*tiny-9\.json is missing"),
        ("no name", r"tiny-9\.json is not a model card \('name' is missing\)"),
        ("unknown part", "its architecture has an unknown key 'wings'; known are filter_widths"),
        ("format", "its format is not 1"),
    ],
)
def test_what_is_wrong_with_a_card_is_said(tmp_path, fault, says):
    path = save_small(tmp_path)
    path.with_suffix(".json").unlink()
    if CARDS[fault] is not None:
        path.with_suffix(".json").write_text(CARDS[fault])
    with pytest.raises(WeightsError, match=says):
        load_network(path)


@pytest.mark.parametrize("channels", [10_000, 10**9])
def test_a_card_that_claims_too_much_does_not_take_the_memory(tmp_path, channels):
    path = save_small(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    card["architecture"]["channels"] = channels
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="card"):
        load_network(path)


def test_an_absent_file_is_told(tmp_path):
    with pytest.raises(WeightsError, match="No such file"):
        load_network(tmp_path / "none.bin")


class TestFindModel:
    @pytest.fixture
    def folder(self, tmp_path):
        for name in ("causal-9", "causal-27", "other"):
            save_small(tmp_path, name)
        return tmp_path

    @pytest.mark.parametrize(
        ("window", "taken"), [(9, "causal-9"), (26, "causal-9"), (27, "causal-27"), (243, "causal-27")]
    )
    def test_the_next_smaller_window_is_taken(self, folder, window, taken):
        assert find_model("causal", window, folder).stem == taken

    def test_a_smaller_choice_is_said(self, folder, caplog):
        find_model("causal", 20, folder)
        assert "taking the next smaller, 9" in caplog.text
        caplog.clear()
        find_model("causal", 27, folder)
        assert not caplog.text

    def test_exact_names_and_paths(self, folder):
        assert find_model("other", 27, folder).stem == "other"
        assert find_model("some/where.bin", 27, folder).name == "where.bin"

    def test_too_small_a_window_names_the_smallest(self, folder):
        with pytest.raises(WeightsError, match="use --window 9"):
            find_model("causal", 8, folder)

    def test_a_name_that_can_be_none_is_told(self, folder):
        for name in ("x" * 5000, "there/is/no/suffix"):
            with pytest.raises(WeightsError, match="neither a model's name"):
                find_model(name, 27, folder)
        with pytest.raises(WeightsError, match="cannot read"):
            load_network("x" * 5000 + ".bin")

    def test_an_unknown_name_lists_what_there_is(self, folder):
        with pytest.raises(WeightsError, match="there is: causal-27, causal-9, other"):
            find_model("casual", 27, folder)

    def test_windows_are_sorted_as_numbers(self, folder):
        assert trained_windows("causal", folder) == [9, 27]


def test_half_precision_of_google(tmp_path):
    path = save_small(tmp_path)
    state = {name: torch.from_numpy(array) for name, array in load_network(path).state.items()}
    narrow = {name: tensor.bfloat16() for name, tensor in state.items()}
    path.write_bytes(safetensors.torch.save(narrow))
    card = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**card, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}))
    with pytest.raises(WeightsError, match="BF16; save it as float32"):
        load_network(path)
    save_upstream(tmp_path / "up.bin")
    checkpoint = torch.load(tmp_path / "up.bin", weights_only=False)
    checkpoint["model_pos"] = {
        k: v.bfloat16() if v.is_floating_point() else v for k, v in checkpoint["model_pos"].items()
    }
    torch.save(checkpoint, tmp_path / "up.bin")
    assert all(array.dtype == np.float32 for array in load_network(tmp_path / "up.bin").state.values())
