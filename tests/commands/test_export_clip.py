"""A transformer as an ONNX file, and what it is not exported as."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from support.networks import dst_config, random_dst, save_motionbert, save_small

from realtime.commands.export import main
from realtime.errors import UsageError, WeightsError
from realtime.lifting.model_files import load_network
from realtime.lifting.onnx import open_session
from realtime.lifting.open import open_lifter

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


def test_it_answers_as_the_network_does(tmp_path, capsys):
    model, out = tmp_path / "x.bin", tmp_path / "x.onnx"
    net = save_motionbert(model, random_dst(dst_config(6)))
    assert main(["--model", str(model), "--form", "clip", "--out", str(out)]) == 0
    assert "0.0001 m is allowed" in capsys.readouterr().out
    about = json.loads(out.with_suffix(".json").read_text())["onnx"]
    assert (about["form"], about["opset"], about["precision"]) == ("clip", 17, "fp32")
    assert (about["inputs"], about["outputs"]) == ({"points": [1, 6, 17, 3]}, {"joints": [1, 6, 17, 3]})
    points = np.random.default_rng(2).uniform(-1, 1, (1, 6, 17, 3)).astype(np.float32)
    (joints,) = open_session(out.read_bytes(), "x").run(["joints"], {"points": points})
    own = net(torch.from_numpy(points.reshape(1, 6, 51)))
    np.testing.assert_allclose(joints, (own - own[:, :, :1]).numpy(), atol=1e-4)
    with pytest.raises(WeightsError, match="of the form clip, for other programs; give the network it was exported"):
        open_lifter(str(out), recording=True)


def test_other_forms_are_refused_in_one_line(tmp_path):
    model, causal = tmp_path / "x.bin", save_small(tmp_path)
    save_motionbert(model)
    for flags, says in (
        (["--model", str(model)], "x is a dstformer, which answers by clips: use --form clip"),
        (["--model", str(model), "--form", "window"], "use --form clip"),
        (["--model", str(model), "--form", "clip", "--quantize", "int8"], "in 32 bits only; leave it out"),
        (["--model", str(causal), "--form", "clip"], "is for networks that answer by clips; tiny-9 has window"),
    ):
        with pytest.raises(UsageError, match=says) as fault:
            main([*flags, "--out", str(tmp_path / "no.onnx")])
        assert "\n" not in str(fault.value)
    assert not (tmp_path / "no.onnx").exists()
    assert load_network(model).card.by_clips
