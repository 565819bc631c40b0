"""A network that answers by clips as an ONNX graph, by PyTorch's own exporter."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...pose import Array
from ..model_files import Network

_CLIPS = 4


class _FromPoints(nn.Module):
    """With the channels computed inside, and the answer turned back."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._net, self._features, self._root = network.net, network.card.feature_set, network.card.joints.root
        self.eval()  # the exporter gives all of it the mode that the outermost has

    def forward(self, points: Tensor) -> Tensor:
        """(1, T, K, 2 or 3) → (1, T, J, 3) about the root."""
        hips = self._features.hip_ray(points[..., :2])
        joints = self._features.decode(self._net(self._features.encode(points, hips)), hips)
        about_root: Tensor = joints - joints[..., self._root : self._root + 1, :]
        return about_root


def clip(network: Network, opset: int) -> bytes:
    """`points` (1, N, K, 2), rays, or (1, N, K, 3), x, y and score as `normalise` of the card says, of a whole clip →
    `joints` (1, N, 17, 3) of all its frames."""
    card = network.card
    points = torch.zeros(1, card.config.receptive_field, len(card.keypoints), card.feature_set.axes)
    written: Any = io.BytesIO()  # the exporter takes it, but its type does not say so
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that another exporter will follow; it needs one more library
        names: dict[str, Any] = {"input_names": ["points"], "output_names": ["joints"]}
        torch.onnx.export(_FromPoints(network), (points,), written, opset_version=opset, dynamo=False, **names)
    data: bytes = written.getvalue()
    return data


@torch.inference_mode()
def greatest_clip_difference(network: Network, session: Any, seed: int = 0) -> float:
    """Between PyTorch and ONNX Runtime over a few random clips, in the network's units."""
    card, rng = network.card, np.random.default_rng(seed)
    shape = (1, card.config.receptive_field, len(card.keypoints), card.feature_set.axes)
    own = _FromPoints(network)
    clips = [rng.uniform(-1, 1, shape).astype(np.float32) for _ in range(_CLIPS)]
    return max(float(np.abs(_run(session, one) - own(torch.from_numpy(one)).numpy()).max()) for one in clips)


def _run(session: Any, points: Array) -> Array:
    joints: Array = session.run(["joints"], {"points": points})[0]
    return joints
