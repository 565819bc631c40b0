"""Checkpoints as people save them: what is around the network, beside it, and in its place."""

from __future__ import annotations

import argparse
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from support.networks import random_net
from support.poses import CASES

from realtime.errors import WeightsError
from realtime.lifting.model_files import load_network
from realtime.lifting.tcn.config import TcnConfig

NET = random_net(TcnConfig((3, 3), 8, 34, 17, causal=False))
STATE = NET.state_dict()


def named(prefix, state=STATE):
    return {prefix + name: tensor.clone() for name, tensor in state.items()}


def cast(dtype):
    return {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in STATE.items()}


def loaded(folder, content):
    torch.save(content, folder / "net.bin")
    return load_network(folder / "net.bin")


def same(network, state=STATE):
    return all(np.array_equal(array, state[name].float().numpy()) for name, array in network.state.items())


AROUND = {
    "alone": STATE,
    "DataParallel": {"epoch": 3, "model_pos": named("module.")},
    "compiled": {"model_pos": named("_orig_mod.")},
    "compiled DataParallel": {"model_state_dict": named("_orig_mod.module.")},
    "DataParallel of a compiled one": {"state_dict": named("module._orig_mod.")},
    "net": {"net": STATE, "optimizer": {"state": {}}},
    "dictionaries within dictionaries": {"checkpoint": {"weights": {"model": named("module.")}}},
    "a part of a larger module": {"state_dict": {**named("lifter.net."), "loss.weight": torch.zeros(1)}},
    "a shadow": {"ema": {"decay": 0.999, "shadow": named("module.")}},
    "torch's averaged network": {"n_averaged": torch.tensor(3), **named("module.")},
    "parameters": {"net": {k: torch.nn.Parameter(v, v.is_floating_point()) for k, v in STATE.items()}},
    "NumPy's arrays": {"net": {name: tensor.numpy() for name, tensor in STATE.items()}},
}


@pytest.mark.parametrize("around", AROUND)
def test_the_network_is_found_in_what_is_around_it(tmp_path, around):
    network = loaded(tmp_path, AROUND[around])
    assert same(network)
    window = torch.randn(1, 9, 34)
    assert torch.equal(network.net(window), NET(window))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.float8_e4m3fn])
def test_other_precisions_become_float32(tmp_path, dtype):
    rounded = cast(dtype)
    network = loaded(tmp_path, {"model_pos": rounded})
    assert same(network, rounded)
    assert {array.dtype for array in network.state.values()} == {np.dtype(np.float32)}


def test_tensors_saved_on_a_gpu_are_read_without_one(tmp_path):
    """A storage's place is a word in the pickle."""
    saved = io.BytesIO()
    torch.save({"model_pos": STATE}, saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(tmp_path / "net.bin", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("data.pkl"):
                assert b"X\x03\x00\x00\x00cpu" in content
                content = content.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
            new.writestr(name, content)
    assert same(load_network(tmp_path / "net.bin"))


OTHER = {name: tensor + 1 if tensor.is_floating_point() else tensor for name, tensor in STATE.items()}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"ema": OTHER, "model": named("module.")}, "model.module is taken, not ema"),
        ({**named("online_model."), **named("ema_model.", OTHER)}, "online_model is taken, not ema_model"),
        ({"generator": STATE, "teacher": OTHER}, "generator is taken, not teacher"),
    ],
)
def test_which_of_several_networks_is_taken_is_said(tmp_path, caplog, content, line):
    assert same(loaded(tmp_path, content))
    assert f"net.bin holds several networks: {line}" in caplog.text


def test_semi_supervised_training_saves_two_networks_and_one_is_of_the_pose(tmp_path, caplog):
    trajectory = random_net(TcnConfig((3, 3), 8, 34, 1, causal=False)).state_dict()
    assert same(loaded(tmp_path, {"model_traj": trajectory, "model_pos": STATE}))
    assert "several" not in caplog.text


# ---- beside the network ----------------------------------------------------------------


BESIDE = {
    "np.float64": np.float64(41.5),
    "np.float32": np.float32(41.5),
    "np.float16": np.float16(41.5),
    "np.int64": np.int64(7),
    "np.bool": np.bool_(True),
    "np.str": np.str_("best"),
    "nested": {"history": [{"loss": np.float64(0.1)}, (np.int32(1), [np.uint8(2)])]},
    "arrays": [np.zeros((2, 3)), np.arange(3), np.array(["a", "bb"]), np.float32(1) * np.ones(2, np.float32)],
    "random state": np.random.RandomState(1),
}


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("beside", BESIDE)
def test_numpys_scalars_beside_the_network(tmp_path, beside, legacy):
    content = {"model_pos": STATE, "best": BESIDE[beside]}
    torch.save(content, tmp_path / "net.bin", _use_new_zipfile_serialization=not legacy)
    assert same(load_network(tmp_path / "net.bin"))


@pytest.mark.parametrize("core", ["core", "_core"])
def test_numpys_scalars_of_every_version(tmp_path, core):
    """The module is called numpy.core before NumPy 2."""
    content = {"model_pos": STATE, "best": np.float64(41.5), "curve": np.zeros(3)}
    saved = io.BytesIO()
    torch.save(content, saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(tmp_path / "net.bin", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"cnumpy._core.", f"cnumpy.{core}.".encode()))
    assert same(load_network(tmp_path / "net.bin"))


@pytest.mark.parametrize("name", ["module.bin", "npfloat.bin"])
def test_files_that_went_wrong_in_public(name):
    network = load_network(CASES / name)
    with torch.serialization.safe_globals([]):
        raw = torch.load(CASES / name, map_location="cpu", weights_only=False)["model_pos"]  # a file of our own
    assert same(network, {key.removeprefix("module."): tensor for key, tensor in raw.items()})
    assert network.card.config == TcnConfig((3, 3, 3), 64, 34, 17, causal=False)


# ---- what is no network ----------------------------------------------------------------


class Runs:
    """A pickle that makes a file when it is loaded."""

    def __reduce__(self):
        return open, ("opened", "w")


def object_scalar():
    """NumPy's scalar of an object, which could be anything."""
    scalar = np.float64(0).__reduce__()[0]

    class Scalar:
        def __reduce__(self):
            return scalar, (np.dtype(object), Runs())

    return Scalar()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"model_pos": STATE, "x": Runs()}, r"holds _?io\.open, neither a tensor nor a number"),
        ({"model_pos": STATE, "x": object_scalar()}, r"neither a tensor nor a number"),
        ({"model_pos": STATE, "x": np.array([{}], object)}, r"holds numpy\.dtypes\.ObjectDType, neither"),
        ({"model_pos": STATE, "args": argparse.Namespace(lr=1)}, r"holds argparse\.Namespace, neither"),
        ({"model_pos": STATE, "out": Path("x")}, r"holds pathlib\.\S*Posix\w+, neither"),
        (torch.nn.Linear(1, 1), r"holds torch\.nn\.modules\.linear\.Linear, neither"),
    ],
    ids=["evil", "evil scalar", "objects", "settings", "a path", "a module"],
)
def test_what_is_not_allowed_is_named_and_not_run(tmp_path, monkeypatch, content, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WeightsError, match=says) as fault:
        loaded(tmp_path, content)
    assert "nothing of it was run; save the network alone: torch.save(net.state_dict(), FILE)" in str(fault.value)
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "opened").exists()


def test_pickles_of_another_program_and_protocol(tmp_path):
    (tmp_path / "net.pt").write_bytes(pickle.dumps({"a": 1}, 5))
    torch.save(STATE, tmp_path / "net.bin", pickle_protocol=4)
    for name in ("net.pt", "net.bin"):
        with pytest.raises(WeightsError, match=r"damaged, or was not written by torch\.save with its own pickle"):
            load_network(tmp_path / name)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_torchscript(tmp_path):
    torch.jit.save(torch.jit.trace(torch.nn.Linear(1, 1), torch.zeros(1, 1)), tmp_path / "net.pt")
    with pytest.raises(WeightsError, match="is a TorchScript program, which is not run"):
        load_network(tmp_path / "net.pt")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (3, "it holds one value of the type int"),
        ({}, "it holds nothing"),
        ({"epoch": 3, "model_pos": {"module.embed.weight": torch.zeros(3)}}, "'module.embed.weight'"),
        ({"a\nb": torch.zeros(1)}, r"'a\nb'"),
    ],
)
def test_another_network_is_called_another_one(tmp_path, content, says):
    with pytest.raises(WeightsError, match="holds no network in the layout of VideoPose3D or MotionBERT") as fault:
        loaded(tmp_path, content)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (TcnConfig((3,), 8, 34, 16), r"answers with 16 joints; .* must be 17 \(h36m-17\) or 18 \(runner-18\)"),
        (TcnConfig((3,), 8, 30, 17), "takes 30 numbers a frame; .* must be 34, x and y of the 17 keypoints of coco-17"),
    ],
)
def test_what_a_network_without_a_card_cannot_be(tmp_path, config, says):
    with pytest.raises(WeightsError, match=says):
        loaded(tmp_path, random_net(config).state_dict())


def test_an_array_of_the_wrong_shape_is_told_without_a_card_in_the_way(tmp_path):
    with pytest.raises(WeightsError, match=r"shrink\.bias is \(50,\); in a network of this geometry it is \(51,\)"):
        loaded(tmp_path, {**STATE, "shrink.bias": torch.zeros(50)})
    with pytest.raises(WeightsError, match=r"net\.bin lacks 'shrink\.weight'"):
        loaded(tmp_path, {name: tensor for name, tensor in STATE.items() if name != "shrink.weight"})
