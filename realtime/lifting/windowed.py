"""2D → 3D by evaluating the whole window for every pose, in PyTorch."""

from __future__ import annotations

import numpy as np
import torch

from ..camera import Intrinsics
from ..pose import Array
from ..window import PoseWindow
from .base import BaseLifter
from .model_files import Network


class WindowedLifter(BaseLifter):
    """A window that is not full is padded with its oldest pose; the future that a symmetric
    network needs is padded with the newest."""

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, device: str = "cpu") -> None:
        super().__init__(network.card, network.label, intrinsics)
        torch.set_num_threads(1)  # the detector needs the cores
        self._device = torch.device(device)
        self._net = network.net.to(self._device)
        field = self.config.receptive_field
        self.window_length = field - self.config.lookahead

    @torch.inference_mode()
    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window, which holds at least one."""
        have = min(window.have, self.window_length)
        rays = self._rays(window, have)
        missing = self.window_length - have
        hips = self._features.hip_ray(rays)
        channels = np.pad(self._features.encode(rays, hips), ((missing, self.config.lookahead), (0, 0)), mode="edge")
        batch = torch.from_numpy(channels.astype(np.float32, copy=False)).to(self._device)[None]
        return self._joints(self._net.forward_window(batch)[0].cpu().numpy(), hips[-1])
