"""A broken network file is refused in one line that says what to do, with exit code 2; nothing in it is run.

The list of 14 is longer here, and tried in both kinds of files: safetensors with its card, and checkpoints.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from support.keypoint_files import keypoint_file
from support.networks import random_net, save_small, save_upstream, small_card
from support.processes import outcomes

from realtime.errors import WeightsError
from realtime.lifting.model_files import load_network
from realtime.lifting.tcn.config import TcnConfig


class Evil:
    """A pickle that makes a folder when it is loaded."""

    def __reduce__(self):
        return os.mkdir, ("trap",)


def saved(value, *, legacy=False):
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=not legacy)
    return buffer.getvalue()


def state_of():
    return random_net(TcnConfig((3, 3), 8)).state_dict()


def archive():
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(3))
    return buffer.getvalue()


BROKEN = {
    "empty": lambda good: b"",
    "text": lambda good: b"hello\n" * 10,
    "html": lambda good: b"<!DOCTYPE html><html><body>404",
    "lfs": lambda good: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "10 %": lambda good: good[: len(good) // 10],
    "50 %": lambda good: good[: len(good) // 2],
    "90 %": lambda good: good[: len(good) * 9 // 10],
    "npz": lambda good: archive(),
    "int": lambda good: saved(3),
    "list": lambda good: saved([torch.zeros(2)]),
    "missing key": lambda good: saved({"model_pos": {"expand_conv.weight": torch.zeros(8, 34, 3)}}),
    "wrong shape": lambda good: saved({"model_pos": state_of() | {"shrink.bias": torch.zeros(50)}}),
    "NaN": lambda good: saved({"model_pos": state_of() | {"shrink.bias": torch.full((51,), torch.nan)}}),
    "flipped bits": lambda good: bytes(byte ^ 0x55 if 60 <= i < 200 else byte for i, byte in enumerate(good)),
    "half of the old format": lambda good: saved({"model_pos": {}, "x": torch.zeros(999)}, legacy=True)[:1500],
    "flipped bits of the old format": lambda good: b"\x80\x02" + bytes(b ^ 0x55 for b in saved([1], legacy=True)),
    "evil": lambda good: saved({"model_pos": Evil()}),
    "wrong type": lambda good: saved({"model_pos": {"expand_conv.weight": 3, "shrink.weight": "x"}}),
}


SUFFIXES = ".safetensors", ".bin"


def good_bytes(suffix, folder):
    if suffix == ".safetensors":
        return save_small(folder).read_bytes()
    save_upstream(folder / "good.bin")
    return (folder / "good.bin").read_bytes()


def write_broken(folder, fault, suffix):
    """The file; a safetensors one with the card that it had before it broke."""
    path = folder / f"broken {fault}{suffix}"
    path.write_bytes(BROKEN[fault](good_bytes(suffix, folder)))
    if suffix == ".safetensors":
        path.with_suffix(".json").write_text(json.dumps(small_card("broken").to_json()))
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fault", BROKEN)
def test_broken_files_are_one_line(tmp_path, monkeypatch, suffix, fault):
    monkeypatch.chdir(tmp_path)
    path = write_broken(tmp_path, fault, suffix)
    with pytest.raises(WeightsError) as error:
        load_network(path)
    text = str(error.value)
    assert path.name in text
    assert len(text.splitlines()) == 1
    assert len(text.replace(str(tmp_path), "")) < 300
    assert not Path("trap").exists()


def test_the_program_ends_with_exit_code_2_and_one_line(tmp_path, figure):
    paths = [write_broken(tmp_path, fault, suffix) for fault in BROKEN for suffix in SUFFIXES]
    keypoints = keypoint_file(tmp_path / "walk.npz")
    run = ["run", "--source", keypoints, "--sinks", "record", "--max-frames", "1", "--out", tmp_path / "out", "--model"]
    ended = outcomes([[*run, path] for path in paths], cwd=tmp_path)
    for path, (code, said, _) in zip(paths, ended, strict=True):
        assert code == 2, said
        assert said.startswith("error: ")
        assert path.name in said
        assert said.count("\n") == 1, said
    assert not (tmp_path / "trap").exists()
    figure(f"{len(paths)} of {len(paths)} broken network files: one line, exit code 2, nothing in them run")
