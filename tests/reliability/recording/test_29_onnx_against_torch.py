"""An exported network answers as PyTorch does, to 1e-4 m, over a hundred random windows and streams of any length.

A window's length is part of its graph, and so is that of a clip: another length is an error of ONNX Runtime, never
another answer.  Lengths that nobody saw at export are those of streams, from their first frame on.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.networks import dst_config, dst_network, exported, random_dst, small_network

from realtime.lifting.export.parity import random_rays
from realtime.lifting.model_files import find_model, load_network
from realtime.lifting.onnx import OnnxStream, open_session

pytest.importorskip("onnx", reason="onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

WINDOWS, BOUND_M = 100, 1e-4


def in_torch(network, rays):
    """Joints (T, J, 3) about the root, of rays (T, K, 2) after whose first the past is filled with it."""
    features, config = network.card.feature_set, network.card.config
    hips = features.hip_ray(rays)
    channels = np.pad(features.encode(rays, hips), ((config.receptive_field - 1, 0), (0, 0)), mode="edge")
    with torch.inference_mode():
        joints = features.decode(network.net(torch.from_numpy(channels)[None])[0].numpy(), hips)
    return joints - joints[:, network.card.joints.root, None]


def networks():
    """Random ones, and that which ships as the default."""
    yield from (small_network((3, 3), seed, mirrored=bool(seed % 2)) for seed in range(3))
    yield load_network(find_model("causal", 27))


def test_a_hundred_random_windows(figure):
    largest_m = []
    for number, network in enumerate(networks()):
        frames, session = network.card.config.receptive_field, exported(network, "window").session
        for seed in range(WINDOWS):
            rays = random_rays(frames, len(network.card.keypoints), seed + 1000 * number)
            (joints,) = session.run(["joints"], {"rays": rays[None]})
            largest_m.append(np.abs(joints[0, 0] - in_torch(network, rays)[-1]).max())
    assert max(largest_m) < BOUND_M
    figure(f"{len(largest_m)} windows: {max(largest_m):.1e} m between ONNX Runtime and PyTorch at most")


def test_streams_of_lengths_that_nobody_saw_at_export(figure):
    largest_m, lengths = [], []
    for number, network in enumerate(networks()):
        stream_of = exported(network, "streaming").session
        for seed in range(WINDOWS // 4):
            lengths.append(1 + (7 * seed) % 61)
            rays = random_rays(lengths[-1], len(network.card.keypoints), seed + 1000 * number)
            stream = OnnxStream(stream_of)
            joints = np.stack([stream.step(frame) for frame in rays])
            largest_m.append(np.abs(joints - in_torch(network, rays)).max())
    assert max(largest_m) < BOUND_M
    figure(f"{len(lengths)} streams of {min(lengths)} to {max(lengths)} frames: {max(largest_m):.1e} m at most")


@pytest.mark.parametrize("extra", [-1, 1, 20])
def test_a_window_of_another_length_is_an_error_and_no_answer(extra):
    network = small_network()
    rays = random_rays(network.card.config.receptive_field + extra, len(network.card.keypoints))
    with pytest.raises(Exception, match=r"(?i)dimension") as fault:
        exported(network, "window").session.run(["joints"], {"rays": rays[None]})
    assert "onnxruntime" in type(fault.value).__module__


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_clips_of_a_transformer(figure):
    from realtime.lifting.export.clip import clip

    config = dst_config(6)
    network = dst_network(config)
    net = random_dst(config, mirrors=network.card.mirrors)
    session, rng = open_session(clip(network, 17), "the export"), np.random.default_rng(0)
    largest = 0.0
    for _ in range(WINDOWS):
        points = rng.uniform(-1, 1, (1, 6, 17, 3)).astype(np.float32)
        (joints,) = session.run(["joints"], {"points": points})
        own = net(torch.from_numpy(points.reshape(1, 6, 51))).numpy()
        largest = max(largest, np.abs(joints - (own - own[:, :, :1])).max())
    assert largest < BOUND_M
    figure(f"{WINDOWS} clips of a transformer: {largest:.1e} at most")
