"""The loop in docs/edge.md, as it stands there."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.networks import save_small
from support.poses import ROOT

from realtime.commands.export import main as export
from realtime.lifting.export.parity import own_joints, random_rays
from realtime.lifting.model_files import load_network

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


def test_the_loop_streams(tmp_path, monkeypatch):
    model = save_small(tmp_path)
    export(["--model", str(model), "--out", str(tmp_path / "causal.onnx")])
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "edge.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    rays = random_rays(12, 17)
    names = {"sequence": rays}
    exec(code, names)
    assert np.allclose(names["joints"][0, 0], own_joints(load_network(model), rays)[-1], atol=1e-5)
