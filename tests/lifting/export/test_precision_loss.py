"""What fewer bits cost, on motion whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from support.networks import exported, random_net, small_network

from realtime.lifting.export.parity import own_joints, random_rays
from realtime.lifting.export.precision_loss import Motion, loss
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import Network
from realtime.lifting.tcn.config import TcnConfig
from realtime.metrics import about_hips
from realtime.skeleton import H36M17, LIMB_JOINTS, RUNNER18
from realtime.training.evaluation.loss_motion import demo_motion

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


def limbs(network, rays):
    return about_hips(own_joints(network, rays), H36M17)[:, H36M17.indices(LIMB_JOINTS)]


@pytest.mark.parametrize(("form", "causal"), [("streaming", True), ("window", True), ("window", False)])
class TestLoss:
    def test_of_the_same_network_is_nothing(self, form, causal):
        network = small_network(causal=causal)
        rays = random_rays(12, 17)
        true = limbs(network, rays)[-4:] + (0.003, 0.004, 0)  # 5 mm beside
        found = loss(network, exported(network, form).session, form, Motion("walk", [rays], [true]))
        assert found.before_mm == pytest.approx(5, abs=1e-3)
        assert found.after_mm == pytest.approx(5, abs=1e-3)
        assert found.moved_most_mm < 1e-2

    def test_of_another_is_how_far_its_joints_lie_apart(self, form, causal):
        network, other = (small_network(seed=seed, causal=causal) for seed in (0, 1))
        sequences = [random_rays(9, 17, seed) for seed in (1, 2, 3)]
        true = [limbs(network, rays)[-1:] for rays in sequences]
        motion = Motion("walk", sequences, true)
        apart_m = [limbs(other, rays)[-1:] - limbs(network, rays)[-1:] for rays in sequences]
        apart_mm = 1000 * np.linalg.norm(np.concatenate(apart_m), axis=-1)
        found = loss(network, exported(other, form).session, form, motion)
        assert found.before_mm == pytest.approx(0, abs=1e-3)
        assert found.after_mm == pytest.approx(apart_mm.mean(), rel=1e-4)
        assert found.moved_mm == pytest.approx(apart_mm.mean(), rel=1e-4)
        assert found.moved_most_mm == pytest.approx(apart_mm.max(), rel=1e-4)


def test_a_network_fed_with_the_width_and_one_that_answers_with_a_runners_joints():
    """VideoPose3D's and RunningPose's: other coordinates go in, other places of the limbs come out."""
    half_width = np.tan(np.radians(30))  # of 60 degrees
    card = ModelCard("runner", TcnConfig((3, 3), 8, 34, 18), "screen", normalise="width", skeleton_out="runner-18")
    network = Network(random_net(card.config).arrays(), card, "00000000")
    rays = random_rays(12, 17)
    joints = own_joints(network, (rays / half_width).astype(np.float32))
    true = about_hips(joints, RUNNER18)[:, RUNNER18.indices(LIMB_JOINTS)]
    found = loss(network, exported(network, "window").session, "window", Motion("walk", [rays], [true]))
    assert found.before_mm == pytest.approx(0, abs=1e-3)
    assert found.after_mm == pytest.approx(0, abs=1e-2)


def test_the_bundled_clip_as_the_detector_sees_it():
    motion = demo_motion(max_frames=10)
    (rays,), (true,) = motion.rays, motion.true
    assert (rays.shape, true.shape) == ((10, 17, 2), (10, 12, 3))
    network = small_network()
    assert "bundled clip: MPJPE" in str(loss(network, exported(network, "window").session, "window", motion))
