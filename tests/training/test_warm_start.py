"""A new head on a pretrained body."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.networks import random_net, small_network

from realtime.errors import UsageError
from realtime.skeleton import COCO_FEET21, RUNNER20
from realtime.training.warm_start import warm_start

MEAN_POSE = torch.arange(60.0).reshape(20, 3)


def test_the_body_is_kept_and_the_head_answers_with_the_mean_pose():
    body = small_network((3, 3), mirrored=True)
    card = small_network((3, 3), mirrored=True, joints=RUNNER20).card
    net = random_net(card.config, seed=1, mirrors=card.mirrors)
    warm_start(net, card, body, MEAN_POSE)
    arrays = net.arrays()
    for name, array in body.state.items():
        if not name.startswith("shrink."):
            assert np.array_equal(arrays[name], array), name
    assert np.array_equal(arrays["shrink.bias"], MEAN_POSE.flatten().numpy())
    weights = arrays["shrink.weight"]
    assert weights.shape == (60, 8, 1)
    assert 0 < np.abs(weights).max() < 0.01
    # In training, for its input alone: averaged with its mirror image the mean pose is symmetric.
    answer = net.train()(torch.randn(2, 9, card.config.inputs))[0, 0]
    assert torch.allclose(answer, MEAN_POSE, atol=0.1)


def test_further_keypoints_may_come_with_it():
    body = small_network((3, 3))
    card = small_network((3, 3), keypoints=COCO_FEET21, joints=RUNNER20).card
    net = random_net(card.config, seed=1)
    warm_start(net, card, body, MEAN_POSE)
    first = net.arrays()["expand_conv.weight"]
    places = card.feature_set.places(body.card.feature_set)
    assert np.array_equal(first[:, places], body.state["expand_conv.weight"])
    assert np.abs(first).sum() == pytest.approx(np.abs(body.state["expand_conv.weight"]).sum())


def test_a_network_of_the_same_joints_keeps_its_head():
    trained = small_network((3, 3), joints=RUNNER20)
    net = random_net(trained.card.config, seed=1)
    warm_start(net, trained.card, trained, MEAN_POSE)
    assert all(np.array_equal(array, trained.state[name]) for name, array in net.arrays().items())


def test_another_body_is_no_beginning():
    card = small_network((3, 3), joints=RUNNER20).card
    with pytest.raises(UsageError, match="causal False, but True is wanted"):
        warm_start(random_net(card.config), card, small_network((3, 3), causal=False), MEAN_POSE)
