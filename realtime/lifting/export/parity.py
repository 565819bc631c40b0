"""Parity of an exported network: ONNX Runtime against this project's own evaluation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...pose import Array
from ..model_files import Network
from ..onnx import OnnxStream

# How far the two may lie apart, in metres, on any joint of any of the random windows.
BOUNDS_M = {"fp32": 1e-4, "fp16": 5e-3, "int8": 5e-2}
_WINDOWS = 100
_HIPS, _SIZES = 0.6, (0.03, 0.8)  # rays: people near and far, over a picture of 60 degrees


def greatest_difference_m(network: Network, session: Any, form: str) -> float:
    """Over a hundred whole windows of random frames, and for streams over the warm-up."""
    rays = random_rays(network.card.config.receptive_field - 1 + _WINDOWS, len(network.card.keypoints))
    expected = own_joints(network, rays)
    got = RUNNERS[form](session, rays, network.card.config.receptive_field)
    count = min(len(expected), len(got))
    return float(np.abs(expected[-count:] - got[-count:]).max())


def random_rays(frames: int, joints: int, seed: int = 0) -> Array:
    """Rays (frames, J, 2) of random points, independent in every frame."""
    rng = np.random.default_rng(seed)
    hips = rng.uniform(-_HIPS, _HIPS, (frames, 1, 2))
    near, far = np.log(_SIZES)
    sizes = np.exp(rng.uniform(near, far, (frames, 1, 1)))
    rays: Array = (hips + sizes * rng.normal(size=(frames, joints, 2))).astype(np.float32)
    return rays


def own_joints(network: Network, rays: Array) -> Array:
    """Joints (T', J, 3) about the root, of rays (T, K, 2), by the project's own
    evaluation: of all frames for a causal network, of whole windows for one that sees the future."""
    features, config, root = network.card.feature_set, network.card.config, network.card.joints.root
    hips = features.hip_ray(rays)
    channels = features.encode(rays, hips)
    stream = None if config.lookahead else network.stream()
    if stream is not None:
        outputs = np.stack([stream.step(row) for row in channels])
    else:
        import torch

        outputs = network.net(torch.from_numpy(channels[None]))[0].numpy()
        first = config.receptive_field - 1 - config.lookahead
        hips = hips[first : first + len(outputs)]
    joints = features.decode(outputs, hips)
    centred: Array = joints - joints[:, root : root + 1]
    return centred


def _streamed(session: Any, rays: Array, _frames: int) -> Array:
    stream = OnnxStream(session)
    return np.stack([stream.step(frame) for frame in rays])


def _windowed(session: Any, rays: Array, frames: int) -> Array:
    ends = range(frames, len(rays) + 1)
    return np.concatenate([session.run(["joints"], {"rays": rays[None, end - frames : end]})[0][0] for end in ends])


def _paired(session: Any, rays: Array, frames: int) -> Array:
    windows = [rays[end - frames : end] for end in range(frames, len(rays) + 1)]
    pairs = [np.stack(windows[k : k + 2]) for k in range(0, len(windows) - 1, 2)]
    if len(windows) % 2:
        pairs.append(np.stack([windows[-1]] * 2))
    joints: Array = np.concatenate([session.run(["joints"], {"rays": pair})[0][:, 0] for pair in pairs])
    return joints[: len(windows)]


# (session, rays (T, 17, 2), frames of a window) → joints: as `own_joints`, by form.
RUNNERS: dict[str, Callable[[Any, Array, int], Array]] = {
    "streaming": _streamed,
    "window": _windowed,
    "batch2": _paired,
}
