"""Checkpoints of MotionBERT and PerfectRep, as their train.py write them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from support.networks import dst_config, random_dst, save_motionbert

from realtime.errors import UsageError, WeightsError
from realtime.lifting.clips import ClipLifter
from realtime.lifting.model_files import load_network
from realtime.lifting.open import open_lifter

NET = random_dst(dst_config())


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("key", ["model_pos", "model"])
def test_they_are_loaded(tmp_path, caplog, key, parallel):
    path = tmp_path / "best_epoch.bin"
    save_motionbert(path, NET, key=key, parallel=parallel)
    network = load_network(path)
    assert network.card.kind == "dstformer"
    assert network.card.config == NET.config
    clip = torch.randn(1, 5, 51)
    assert torch.equal(network.net(clip), NET(clip))
    said = "taken for a dstformer network of 16 frames from coco-17 to h36m-17 (17 joints), keypoints cropped"
    assert said in caplog.text


def test_a_backbone_within_a_network_for_actions(tmp_path):
    state = {f"module.backbone.{name}": value for name, value in NET.state_dict().items()}
    torch.save({"model": {**state, "module.head.fc1.weight": torch.zeros(3, 4)}}, tmp_path / "action.bin")
    assert load_network(tmp_path / "action.bin").card.config == NET.config


def test_what_they_lift_and_what_they_do_not(tmp_path):
    path = tmp_path / "x.bin"
    save_motionbert(path, NET)
    for delay in (0, None):
        lifter = open_lifter(str(path), delay=delay, recording=True)
        assert isinstance(lifter, ClipLifter)
        assert (lifter.window_length, lifter.lookahead) == (16, 15)
    with pytest.raises(UsageError, match=r"x\.bin is a dstformer, which lifts recordings only: .*lift VIDEO --model"):
        open_lifter(str(path))
    with pytest.raises(UsageError, match=r"--delay 3: x\.bin is a dstformer, which sees whole clips; leave it out"):
        open_lifter(str(path), delay=3, recording=True)
    with pytest.raises(UsageError, match=r"--causal: x\.bin is a dstformer, which sees the future"):
        open_lifter(str(path), causal=True, recording=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"temp_embed": None}, "lacks 'temp_embed'"),
        ({"norm.bias": None}, "lacks 'norm.bias'"),
        ({"norm.bias": torch.full((16,), np.nan)}, "norm.bias holds values that are not finite"),
        ({"head.weight": torch.zeros(2, 12)}, "head.weight is"),
        (
            {"joints_embed.weight": torch.zeros(16, 2)},
            "takes 34 numbers a frame; .* must be 51, x, y and score of the 17",
        ),
        ({"pos_embed": torch.zeros(1, 25, 16)}, "takes 75 numbers a frame"),
        ({"joints_embed.weight": torch.zeros(3)}, "not a network of this kind"),
        ({"more": torch.zeros(1)}, "holds 'more', which a network of this geometry does not have"),
    ],
)
def test_damaged_ones_are_told_in_one_line(tmp_path, change, says):
    state = {**NET.state_dict(), **change}
    torch.save({"model": {name: value for name, value in state.items() if value is not None}}, tmp_path / "x.bin")
    with pytest.raises(WeightsError, match=says) as fault:
        load_network(tmp_path / "x.bin")
    assert "\n" not in str(fault.value)


class _Evil:
    def __reduce__(self):
        return print, ("run",)


def test_nothing_in_them_is_run(tmp_path, capsys):
    torch.save({"model": NET.state_dict(), "min_loss": _Evil()}, tmp_path / "x.bin", pickle_module=pickle)
    with pytest.raises(WeightsError, match="refused; nothing of it was run"):
        load_network(tmp_path / "x.bin")
    assert capsys.readouterr().out == ""
