"""The comparison that every export must pass."""

from __future__ import annotations

import numpy as np
import pytest
from support.networks import exported, small_network

from realtime.lifting.export.parity import BOUNDS_M, greatest_difference_m, own_joints, random_rays

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

CASES = [("streaming", (3, 3), True), ("window", (3, 3), True), ("window", (3, 3), False), ("batch2", (3,) * 5, False)]


@pytest.mark.parametrize("mirrored", [False, True], ids=["plain", "mirrored"])
@pytest.mark.parametrize(("form", "widths", "causal"), CASES)
class TestParity:
    def test_the_same_network_passes(self, form, widths, causal, mirrored):
        network = small_network(widths, causal=causal, mirrored=mirrored)
        assert greatest_difference_m(network, exported(network, form).session, form) < BOUNDS_M["fp32"] / 10

    def test_one_changed_row_of_weights_does_not(self, form, widths, causal, mirrored):
        network = small_network(widths, causal=causal, mirrored=mirrored)
        changed = {name: array.copy() for name, array in network.state.items()}
        changed["layers_conv.1.weight"][0] += 0.05
        session = exported(type(network)(changed, network.card, "0" * 8), form).session
        assert greatest_difference_m(network, session, form) > BOUNDS_M["fp32"]


@pytest.mark.parametrize("delay", [1, 3, 7])
def test_a_network_that_waits_for_some_frames_passes_too(delay):
    network = small_network(delay=delay, mirrored=True)
    assert greatest_difference_m(network, exported(network, "window").session, "window") < BOUNDS_M["fp32"] / 10


def test_the_first_frame_stands_for_the_past():
    network = small_network()
    rays = random_rays(20, 17)
    padded = np.concatenate([np.repeat(rays[:1], 8, 0), rays])
    assert np.allclose(own_joints(network, rays), own_joints(network, padded)[8:], atol=1e-6)
    assert len(own_joints(small_network(causal=False), rays)) == 20 - 8
