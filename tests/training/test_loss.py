"""Losses by hand."""

from __future__ import annotations

import pytest
import torch

from realtime.skeleton import RUNNER20
from realtime.training.loss import bone_loss

WEIGHTS = 4 * 4.0 + 4 * 1.0 + 11 * 0.3  # heels and toes, knees and ankles, the rest of 19 bones


def test_a_heel_out_of_place_is_one_bone():
    wanted = torch.zeros(2, 20, 3)
    predicted = wanted.clone()
    predicted[0, RUNNER20.index("left_heel")] = torch.tensor([0.3, 0.4, 0])
    assert bone_loss(predicted, wanted, RUNNER20).item() == pytest.approx(0.5 * 4 / WEIGHTS / 2)


def test_a_leg_that_is_moved_as_a_whole_is_one_bone():
    wanted = torch.randn(1, 20, 3)
    predicted = wanted.clone()
    predicted[0, RUNNER20.indices(["left_knee", "left_ankle", "left_heel", "left_toe"]), 1] += 0.1
    assert bone_loss(predicted, wanted, RUNNER20).item() == pytest.approx(0.1 * 1 / WEIGHTS, rel=1e-4)
    assert bone_loss(wanted + 3, wanted, RUNNER20).item() == pytest.approx(0, abs=1e-6)
