"""HeldoutSamples of held-out people: the same for every network, and their velocities."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.motion_capture import motions

from realtime.camera import DEFAULT_FOV_DEG
from realtime.lifting.features import feature_set, hip_ray
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet
from realtime.pose import ASSUMED_HEIGHT_M
from realtime.skeleton import COCO17, H36M17, RUNNER20
from realtime.training.evaluation.heldout import (
    answered_frame,
    heldout_answers,
    heldout_batch,
    heldout_samples,
    heldout_scores,
)
from realtime.training.mocap.canonical25 import CANONICAL25

CPU = torch.device("cpu")
TURNED, CENTRED, SCREEN = (feature_set(name, COCO17) for name in ("turned", "centred", "screen"))
CAUSAL, SYMMETRIC = (TcnConfig((3, 3), 8, feature_set("turned", COCO17).channels, causal=c) for c in (True, False))
SKELETONS = H36M17, RUNNER20
SHORT, LONG, SINGLE = (TcnConfig(widths, 8) for widths in ((3,), (3, 3, 3), (1,)))


class Answers(torch.nn.Module):
    """Gives these answers for the frames before the moments, and then those for the moments."""

    def __init__(self, config, pairs):
        super().__init__()
        self.config = config
        self._pairs = [pairs[:, 0], pairs[:, 1]]

    def forward_window(self, channels):
        assert channels.shape[1] == self.config.receptive_field
        return self._pairs.pop(0)


@pytest.mark.parametrize("config", [CAUSAL, SYMMETRIC], ids=["causal", "symmetric"])
def test_a_perfect_network_scores_zero(config):
    moments = heldout_batch(motions(), config, 40, CPU)
    first = config.receptive_field - 1 - config.lookahead
    hips = hip_ray(moments.rays[:, first : first + 2], COCO17)
    truth = feature_set("turned", COCO17).target(moments.joints(), hips)
    scores = heldout_scores(Answers(config, truth), TURNED, moments)
    assert scores == pytest.approx({"MPJPE": 0, "PA-MPJPE": 0, "N-MPJPE": 0, "MPJVE": 0}, abs=0.02)


def test_a_perfect_network_of_a_runner_scores_zero_and_human36m_has_other_hips():
    moments = heldout_batch(motions(), CAUSAL, 40, CPU)
    answers = Answers(CAUSAL, moments.joints(RUNNER20))
    scores = heldout_scores(answers, CENTRED, moments, joints=RUNNER20)
    assert scores == pytest.approx({"MPJPE": 0, "PA-MPJPE": 0, "N-MPJPE": 0, "MPJVE": 0}, abs=0.02)
    hips = [moments.joints(skeleton)[:, 1, list(skeleton.hips)].diff(dim=1).norm(dim=-1) for skeleton in SKELETONS]
    assert (hips[1] > hips[0] + 0.1).all()


def test_the_scores_of_a_moment_by_hand():
    moments = heldout_batch(motions(), CAUSAL, 40, CPU)
    answers = moments.joints().clone()
    wrist = H36M17.index("left_wrist")
    answers[:, 0, wrist, 0] += 0.005
    answers[:, 1, wrist, 0] += 0.012
    scores = heldout_scores(Answers(CAUSAL, answers), CENTRED, moments)
    # One of 12 joints: 12 mm off now, and it has moved 12 - 5 mm too far since.
    assert scores["MPJPE"] == pytest.approx(12 / 12, abs=1e-3)
    assert scores["MPJVE"] == pytest.approx(7 / 12, abs=1e-3)


def test_whoever_is_told_the_height_multiplies():
    moments = heldout_batch(motions(), CAUSAL, 40, CPU)
    small = moments.joints() / moments.height_m[:, None, None, None]
    told = heldout_scores(Answers(CAUSAL, small), CENTRED, moments, 1.0, told=True)
    untold = heldout_scores(Answers(CAUSAL, small), CENTRED, moments, 1.0)
    assert told["MPJPE"] == pytest.approx(0, abs=1e-3)
    off = (moments.height_m / ASSUMED_HEIGHT_M - 1).abs().mean().item()
    assert untold["N-MPJPE"] == pytest.approx(0, abs=1e-3)
    assert untold["MPJPE"] == pytest.approx(off * 500, rel=0.3)  # limb joints are half a metre from the hips


def test_the_truth_moves_as_the_motion_does():
    walk = motions()
    moments = heldout_samples(walk, [CAUSAL], 60, CPU)
    rows, starts = moments.row.numpy(), walk.starts
    before = np.maximum(rows - 2, starts[np.searchsorted(starts, rows, side="right") - 1])
    moved = walk.points[rows] - walk.points[before]
    expected = moved[:, CANONICAL25.index("left_wrist")] - moved[:, CANONICAL25.index("pelvis")]
    steps = (moments.joints()[:, 1] - moments.joints()[:, 0]).numpy()[:, H36M17.index("left_wrist")]
    assert np.linalg.norm(steps, axis=-1) == pytest.approx(np.linalg.norm(expected, axis=-1), abs=1e-5)
    assert (moments.joints()[:, :, H36M17.index("pelvis")] == 0).all()


def test_every_network_answers_for_the_same_moments():
    """Rays of one frame are the same, whichever network sees them."""
    moments = [heldout_batch(motions(), config, 20, CPU) for config in (SHORT, LONG, SINGLE, SYMMETRIC)]
    short, long, single, symmetric = moments
    assert long.rays.shape[1] == 28
    assert single.rays.shape[1] == 2
    assert torch.equal(short.rays, long.rays[:, -4:])
    assert torch.equal(single.rays, long.rays[:, -2:])
    assert torch.equal(symmetric.rays[:, :6], long.rays[:, -6:])
    assert all(torch.equal(short.joints(), other.joints()) for other in moments)
    assert all(torch.equal(short.row, other.row) for other in moments)


def test_networks_compared_see_of_the_moments_what_they_see_alone():
    together = heldout_samples(motions(), [LONG, SYMMETRIC, SINGLE], 20, CPU)
    for config in (LONG, SYMMETRIC, SINGLE):
        assert torch.equal(together.seen_by(config), heldout_batch(motions(), config, 20, CPU).rays)


def test_the_moments_are_always_the_same():
    first, second = (heldout_batch(motions(), SHORT, 20, CPU) for _ in range(2))
    assert torch.equal(first.rays, second.rays)


@pytest.mark.parametrize(("config", "frame"), [(CAUSAL, 8), (SYMMETRIC, 4), (SINGLE, 0)])
def test_the_answered_frame(config, frame):
    assert range(config.receptive_field)[answered_frame(config)] == frame


def test_a_network_of_picture_widths_sees_those():
    torch.manual_seed(0)
    config = TcnConfig((3,), 8, feature_set("screen", COCO17).channels)
    net, moments = TemporalConvNet(config).eval(), heldout_batch(motions(), config, 6, CPU)
    answers = heldout_answers(net, SCREEN, moments, "width")
    width = 2 * np.tan(np.radians(DEFAULT_FOV_DEG) / 2)
    screen = (moments.rays / (width / 2)).clamp(-2.5, 2.5)  # -1..1 over the width
    with torch.no_grad():
        expected = net.forward_window(screen[:, 1:].reshape(6, 3, -1))
    assert torch.allclose(answers[:, 1], expected, atol=1e-6)
