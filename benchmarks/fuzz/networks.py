"""Networks, and what must be known to use them."""

from __future__ import annotations

import io
import pickle
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from support.networks import save_small, save_upstream, small_network

from realtime.detectors.zoo_weights import read_weights
from realtime.lifting.model_files import load_network
from realtime.lifting.onnx import open_session
from realtime.runtime.onnx_files import refuse_external_data

from .rule import Reader


def weights() -> Sequence[Reader]:
    import torch

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        card, own = (save_small(folder).with_suffix(ending).read_bytes() for ending in (".json", ".safetensors"))
        save_upstream(folder / "a.bin", (3,), 4)
        save_upstream(folder / "b.bin", (3,), 4, legacy=True)
        upstream, legacy = ((folder / file).read_bytes() for file in ("a.bin", "b.bin"))
    zoo = {"model": {"a.weight": np.zeros((2, 2), np.float32)}, "__author__": "x"}
    saved = io.BytesIO()
    torch.save({"model": {"a.weight": torch.zeros(2)}, "iteration": 3}, saved)
    return (
        Reader("safetensors", "x.safetensors", load_network, [own], {"x.json": _without_hash(card)}),
        Reader(
            "card",
            "x.json",
            lambda path: load_network(path.with_suffix(".safetensors")),
            [_without_hash(card)],
            {"x.safetensors": own},
        ),
        Reader("checkpoint", "x.bin", load_network, [upstream]),
        Reader("checkpoint-old", "x.bin", load_network, [legacy]),
        Reader("checkpoint-pickle", "x.bin", load_network, [_pickle_of(upstream)], wrapped=_with_pickle(upstream)),
        Reader("zoo-pkl", "x.pkl", read_weights, [pickle.dumps(zoo, 2)]),
        Reader("zoo-pth", "x.pth", read_weights, [saved.getvalue()]),
    )


def _without_hash(card: bytes) -> bytes:
    import json

    return json.dumps({key: value for key, value in json.loads(card).items() if key != "sha256"}).encode()


def _pickle_of(checkpoint: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(checkpoint)) as archive:
        return next(archive.read(name) for name in archive.namelist() if name.endswith("data.pkl"))


def _with_pickle(checkpoint: bytes) -> Callable[[bytes], bytes]:
    """A checkpoint with another pickle in it."""

    def wrapped(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(checkpoint)) as old, zipfile.ZipFile(buffer, "w") as new:
            for name in old.namelist():
                new.writestr(name, content if name.endswith("data.pkl") else old.read(name))
        return buffer.getvalue()

    return wrapped


def onnx() -> Sequence[Reader]:
    from realtime.lifting.export.forms import FORMS

    seeds = [FORMS[form](small_network((3,)), 11, "fp32") for form in ("streaming", "window")]
    return (
        Reader("checked", "x.onnx", _checked, seeds),
        Reader("opened", "x.onnx", lambda path: open_session(path.read_bytes(), str(path)), seeds),
    )


def _checked(path: Path) -> None:
    """That arrays are in no other files; a ValueError, that it is no ONNX file, is told by who opens it."""
    with suppress(ValueError):
        refuse_external_data(path.read_bytes(), str(path))
