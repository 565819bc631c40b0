"""2D → 3D of a whole recording in one evaluation, as VideoPose3D's run.py does it.

Live lifters answer for the newest pose and have no future frames.  Here the recording is
complete, so a symmetric network sees the frames after each pose too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..camera import Intrinsics
from ..pose import Array
from ..window import PoseWindow
from .base import BaseLifter
from .model_files import Network

# Poses evaluated together; bounds the memory, and changes nothing.
_TOGETHER = 2048
_MIRRORED_2D = np.array([-1, 1], np.float32)
_MIRRORED_3D = np.array([-1, 1, 1], np.float32)


class SequenceLifter(BaseLifter):
    """The sequence is padded with its first pose before and its last pose after.

    `flip`: the answer is the mean with that for the mirrored keypoints, mirrored back
    (Pavllo et al., CVPR 2019, section 5: test-time augmentation).
    """

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, *, flip: bool = True) -> None:
        super().__init__(network.card, network.label, intrinsics)
        self._net = network.net
        self._flip = flip and not self.config.mirrored  # which takes that mean itself
        lookahead = self.config.lookahead
        self._pad = self.config.receptive_field - 1 - lookahead, lookahead

    @torch.inference_mode()
    def __call__(self, window: PoseWindow) -> Array:
        """Joints (have, J, 3) m of every pose in the window, in camera axes.  The pelvis is
        where the network puts it: near the origin."""
        rays = self._rays(window, window.have)
        joints = self._lifted(rays)
        if not self._flip:
            return joints
        mirrored = self._lifted(rays[:, self.keypoints.mirror] * _MIRRORED_2D)
        total: Any = joints + mirrored[:, self.skeleton.mirror] * _MIRRORED_3D
        mean: Array = total / 2
        return mean

    def _lifted(self, rays: Array) -> Array:
        hips = self._features.hip_ray(rays)
        channels = np.pad(self._features.encode(rays, hips), (self._pad, (0, 0)), mode="edge")
        sequence = torch.from_numpy(channels.astype(np.float32, copy=False))[None]
        more = self.config.receptive_field - 1
        parts = [
            self._net(sequence[:, start : start + _TOGETHER + more])[0].numpy()
            for start in range(0, len(rays), _TOGETHER)
        ]
        joints: Array = self._features.decode(np.concatenate(parts), hips)
        return joints
