"""Exported networks as files from anywhere; what they answer is in test_lifter.py."""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np
import pytest
from support.networks import exported, save_small, small_network

from realtime.commands.export import main
from realtime.errors import MissingLibrary, UsageError, WeightsError
from realtime.lifting.export.forms import FORMS
from realtime.lifting.onnx import load_onnx
from realtime.lifting.open import open_lifter

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


@pytest.fixture
def path(tmp_path):
    main(["--model", str(save_small(tmp_path)), "--out", str(tmp_path / "net.onnx")])
    return tmp_path / "net.onnx"


def rewrite(path, data=None, **onnx):
    """Other bytes, or other words about them, with a card that fits."""
    card = json.loads(path.with_suffix(".json").read_text())
    path.write_bytes(path.read_bytes() if data is None else data)
    card["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    card["onnx"] = {**card["onnx"], **onnx}
    path.with_suffix(".json").write_text(json.dumps(card))


def test_a_file_without_its_card(path):
    path.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match=r"model card .* is missing"):
        load_onnx(path)


def test_a_file_of_another_card(path):
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(WeightsError, match="not the file its card"):
        load_onnx(path)


@pytest.mark.parametrize("data", [b"nonsense", b"\x08\x07", b"\0" * 1000], ids=["text", "no graph", "zeros"])
def test_a_file_that_is_no_network(path, data):
    rewrite(path, data)
    with pytest.raises(WeightsError, match="is not an ONNX network") as error:
        load_onnx(path)
    assert "\n" not in str(error.value)


def test_half_a_file(path):
    rewrite(path, path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WeightsError, match="is not an ONNX network"):
        load_onnx(path)


def with_external_arrays(path):
    """As onnx.save writes large networks: the arrays in another file, which the hash does not cover."""
    import onnx

    onnx.save(onnx.load(path), path, save_as_external_data=True, location="arrays.bin", size_threshold=0)
    rewrite(path)


@pytest.mark.parametrize("beside", [True, False], ids=["beside it", "in the current folder"])
def test_arrays_in_another_file(path, tmp_path, monkeypatch, beside):
    with_external_arrays(path)
    if not beside:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "arrays.bin").rename(tmp_path / "elsewhere" / "arrays.bin")
        monkeypatch.chdir(tmp_path / "elsewhere")
    for use in (lambda: load_onnx(path), lambda: open_lifter(str(path), 9)):
        with pytest.raises(
            WeightsError, match=r"net\.onnx has its arrays in other files, .*save it as one file"
        ) as error:
            use()
        assert "\n" not in str(error.value)


def test_saved_as_one_file_as_the_message_says(path):
    import onnx

    before = load_onnx(path)
    with_external_arrays(path)
    onnx.save(onnx.load(path), path)
    rewrite(path)
    rays = {"rays": np.ones((1, 1, 17, 2), np.float32), "reset": np.array([True])}
    rays |= {i.name: np.zeros(i.shape, np.float32) for i in before.session.get_inputs() if "state" in i.name}
    joints = [network.session.run(["joints"], rays)[0] for network in (before, load_onnx(path))]
    assert np.array_equal(*joints)


@pytest.mark.parametrize("form", ["batch2", None, ["streaming"], {}])
def test_forms_that_are_not_lifted_with(path, form):
    rewrite(path, form=form)
    with pytest.raises(WeightsError, match="not streaming or window"):
        load_onnx(path)


def test_a_card_without_a_form(path):
    card = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**card, "onnx": "streaming"}))
    with pytest.raises(WeightsError, match="form unknown"):
        load_onnx(path)


def test_a_card_that_tells_another_form(path):
    rewrite(path, form="window")
    with pytest.raises(
        WeightsError, match="not have the inputs and outputs that its model card declares for the form window"
    ):
        load_onnx(path)


def test_a_card_that_tells_another_length(path):
    rewrite(path, FORMS["window"](small_network((3,)), 11, "fp32"), form="window")
    with pytest.raises(WeightsError, match="not have the inputs and outputs"):
        load_onnx(path)


def test_live_use_wants_skeletons_it_knows(path):
    card = path.with_suffix(".json")
    card.write_text(card.read_text().replace("h36m-17", "runner-18"))
    with pytest.raises(UsageError, match="answers with 17 joints, but its model card says runner-18, which has 18"):
        open_lifter(str(path), 9)


def test_a_larger_window_than_asked_is_said(path, caplog):
    open_lifter(str(path), 5)
    assert "needs a window of 9, not 5" in caplog.text


@pytest.mark.parametrize("library", ["onnxruntime", "onnx"])
def test_a_missing_library_is_named_with_what_to_do(path, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingLibrary, match=rf"{library}.*pip install {library}"):
        load_onnx(path) if library == "onnxruntime" else exported(small_network(), "window")
