"""Training a transformer: its loss, its masks, and that it learns by the loop that all networks have."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.motion_capture import data_folder, motions
from support.networks import dst_config, dst_network, random_dst

from realtime.commands.train import main as train
from realtime.errors import UsageError
from realtime.lifting.features import feature_set, mirrors
from realtime.lifting.model_files import load_network
from realtime.lifting.transformer.network import DSTformer
from realtime.skeleton import COCO17, H36M17
from realtime.training.loop import Training
from realtime.training.loss import joint_loss, scaled_loss, velocity_loss
from realtime.training.networks import TRAINABLE
from realtime.training.plan import Plan
from realtime.training.pool import Pool
from realtime.training.synthesis.batches import Recipe, Sampler
from realtime.training.warm_start import warm_start

FEATURES = feature_set("turned", COCO17)
CONFIG = dst_config(9, 32, heads=4, inputs=FEATURES.channels, token_inputs=5)
ELBOW, WEIGHTS = H36M17.index("left_elbow"), 16.6  # of all joints; an elbow's is 1.3


def test_the_errors_by_hand():
    wanted = torch.randn(2, 3, 17, 3)
    moved = wanted.clone()
    moved[0, 1, ELBOW] += torch.tensor([0.3, 0.4, 0])  # away and back: two steps of four
    assert joint_loss(moved, wanted).item() == pytest.approx(0.5 * 1.3 / WEIGHTS / 6, rel=1e-3)
    assert velocity_loss(moved, wanted).item() == pytest.approx(2 * 0.5 * 1.3 / WEIGHTS / 4, rel=1e-3)
    assert velocity_loss(wanted + 5, wanted).item() == pytest.approx(0, abs=1e-6)
    for size in (0.5, 1.7):
        assert scaled_loss(size * wanted, wanted).item() == pytest.approx(0, abs=1e-5)


def test_a_point_has_no_scale():
    point = torch.zeros(1, 1, 17, 3, requires_grad=True)
    wanted = torch.randn(1, 1, 17, 3)
    scaled_loss(point + 1e-6 * torch.randn(17, 3), wanted).backward()
    assert point.grad.norm() < 100


def training(steps):
    torch.manual_seed(0)
    sampler = Sampler(motions(), Recipe(window=9, answer=-5, every_frame=True), torch.device("cpu"), 0)
    pool = Pool(sampler, FEATURES, size=16, blocks=2, reuse=4)
    net = DSTformer(CONFIG, mirrors(FEATURES, H36M17))
    return Training(net, pool, Plan(steps=steps, batch=16, learning_rate=3e-3, **TRAINABLE["dstformer"].errors))


def test_a_few_steps_lower_the_loss_and_resuming_changes_nothing(tmp_path):
    whole, begun, resumed = (training(14) for _ in range(3))
    losses = list(whole)
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:3])
    steps = iter(begun)
    for _ in range(9):
        next(steps)
    torch.save(begun.state(), tmp_path / "checkpoint.pt")
    resumed.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert torch.allclose(torch.stack(list(resumed)), torch.stack(losses[9:]), rtol=1e-4)


def test_what_is_hidden_from_it():
    net = random_dst(dst_config(mirrored=False))
    clip = torch.rand(400, 16, 51) + 1
    net.hidden = 0.05, 0.1
    assert (net._tokens(clip) != 0).all()  # not when it is used
    net.train()
    hidden = (net._tokens(clip) == 0).all(-1)
    frames = hidden.all(-1)
    assert frames.float().mean().item() == pytest.approx(0.1, abs=0.02)
    assert hidden[~frames].float().mean().item() == pytest.approx(0.05, abs=0.01)


def test_fine_tuning_begins_with_the_same_network():
    pretrained = dst_network(CONFIG, features="turned", normalise="rays")
    net = random_dst(CONFIG, seed=1, mirrors=pretrained.card.mirrors)
    warm_start(net, pretrained.card, pretrained)
    assert all(np.array_equal(array, pretrained.state[name]) for name, array in net.arrays().items())
    larger = random_dst(dst_config(9, 64, heads=4, inputs=37, token_inputs=5), mirrors=pretrained.card.mirrors)
    with pytest.raises(UsageError, match=r"cannot initialise this network: temp_embed \(1, 9, 1, 32\), but"):
        warm_start(larger, pretrained.card, pretrained)


def test_the_command_trains_it(tmp_path, capsys):
    data_folder(tmp_path / "data")
    (tmp_path / "data" / "ui-prmd" / "s01.npz").write_bytes((tmp_path / "data" / "ui-prmd" / "s05.npz").read_bytes())
    folders = ["--data", tmp_path / "data", "--work", tmp_path / "work", "--cache", tmp_path / "cache"]
    sizes = ["--architecture", "dstformer", "--window", "8", "--channels", "16", "--depth", "1", "--heads", "4"]
    length = ["--steps", "2", "--batch", "4", "--check", "2", "--samples", "16", "--device", "cpu", "--no-clip"]
    command = [*map(str, folders), *sizes, *length]
    assert train([*command, "--pretrain"]) == 0
    assert "lift VIDEO --symmetric --model" in capsys.readouterr().out
    path = tmp_path / "work" / "dstformer-8.safetensors"
    network = load_network(path)
    assert (network.card.kind, network.card.config.window) == ("dstformer", 8)
    assert network.net(torch.zeros(1, 3, 37)).shape == (1, 3, 17, 3)
    assert train([*command, "--init-from", str(path), "--out", str(tmp_path / "fine")]) == 0
    for flags, says in (
        (["--delay", "3"], "--delay is for --architecture tcn"),
        (["--heads", "3"], "--channels 16 cannot be shared by --heads 3"),
        (["--architecture", "tcn", "--pretrain", "--window", "9"], "--pretrain is for --architecture dstformer"),
        (["--architecture", "tcn"], "--window takes a power of 3"),
    ):
        with pytest.raises(UsageError, match=says):
            train([*command, *flags, "--out", str(tmp_path / "no")])
