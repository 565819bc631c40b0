"""Recordings lifted by a transformer, and what else is told that it does not do."""

from __future__ import annotations

import numpy as np
import pytest
from support.keypoint_files import FRAMES, keypoint_file
from support.networks import dst_config, random_dst, save_motionbert

from realtime.commands.lift import main as lift
from realtime.commands.run import main as run
from realtime.errors import UsageError


@pytest.mark.parametrize("window", [5, 64], ids=["clips", "one clip"])
def test_a_recording_by_a_motionbert_checkpoint(tmp_path, window):
    model = tmp_path / "x.bin"
    save_motionbert(model, random_dst(dst_config(window)), key="model")
    source = keypoint_file(tmp_path / "walk.npz")
    assert lift([source, "--model", str(model), "--out", str(tmp_path / "out")]) == 0
    joints = np.load(tmp_path / "out" / "walk.npy")
    assert joints.shape == (FRAMES, 17, 3)
    assert np.isfinite(joints).all()


def test_live_it_says_what_to_do(tmp_path):
    model = tmp_path / "x.bin"
    save_motionbert(model)
    source = keypoint_file(tmp_path / "walk.npz")
    with pytest.raises(
        UsageError, match=r"x\.bin is a dstformer, which lifts recordings only: .*lift VIDEO --model"
    ) as fault:
        run(["--source", source, "--model", str(model), "--out", str(tmp_path), "--sinks", "record"])
    assert "\n" not in str(fault.value)
