"""2D → 3D: a window of keypoints becomes the joints of its newest pose.

Two lifters of one network, tested equal: `WindowedLifter` evaluates the whole window for
every pose (the plain reference, and the only way for symmetric networks);
`StreamingLifter` keeps each layer's past and computes one new column.
"""

from __future__ import annotations

import logging

import numpy as np
import torch

from .coords import Intrinsics
from .errors import UsageError
from .features import FEATURES
from .pose import Array
from .skeleton import COCO17, H36M17, SKELETONS, Skeleton
from .tcn import StreamingNet
from .weights import DEFAULT_MODEL, Network, find_model, load_network
from .window import PoseWindow

_log = logging.getLogger("realtime.lifter")


def width_normalised(xy: Array, size_wh: Array) -> Array:
    """Pixels (..., J, 2) → VideoPose3D's screen coordinates, x in -1..1 over the width."""
    width = size_wh[..., :1]
    normalised: Array = (2 * xy - size_wh[..., None, :]) / width[..., None, :]
    return normalised


class _Lifter:
    """What both lifters share: from the window's pixels to the network's channels, and
    from its output to camera axes."""

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, device: str = "cpu") -> None:
        card = network.card
        self.name = network.label
        self.skeleton: Skeleton = SKELETONS[card.skeleton_out]
        self.config = card.config
        self._features = FEATURES[card.features]
        self._by_width = card.normalise == "width"
        self._intrinsics = intrinsics or Intrinsics()
        self._device = torch.device(device)
        self._net = network.net.to(self._device)

    def _rays(self, window: PoseWindow, newest: int) -> Array:
        """Rays (newest, J, 2) of the newest poses of the window."""
        xy, size_wh = window.xy[-newest:], window.size_wh[-newest:]
        if self._by_width:
            return width_normalised(xy, size_wh)
        return self._intrinsics.rays(xy, size_wh)

    def _channels(self, rays: Array) -> torch.Tensor:
        channels = self._features.encode(rays).astype(np.float32, copy=False)
        return torch.from_numpy(channels).to(self._device)

    def _joints(self, output: torch.Tensor, rays: Array) -> Array:
        joints = self._features.decode(output.cpu().numpy(), rays)
        centred: Array = (joints - joints[0]).astype(np.float32)
        return centred


class WindowedLifter(_Lifter):
    """Evaluates the whole window for every pose.  What is missing in the past is the
    oldest pose repeated; the future that a symmetric network wants is the newest."""

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, device: str = "cpu") -> None:
        super().__init__(network, intrinsics, device)
        field = self.config.receptive_field
        self._future = 0 if self.config.causal else field // 2
        self.window_length = field - self._future

    @torch.inference_mode()
    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window, which holds at least one."""
        have = min(window.have, self.window_length)
        rays = self._rays(window, have)
        missing = self.window_length - have
        channels = self._channels(np.pad(rays, ((missing, self._future), (0, 0), (0, 0)), mode="edge"))
        return self._joints(self._net.forward_window(channels[None])[0], rays[-1])


class StreamingLifter(_Lifter):
    """Evaluates what is new in the window; for causal networks.

    The window is the truth, the layers' past only its cache: after a `clear`, or when
    more poses were pushed than the window holds, it is built anew from the window.
    """

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, device: str = "cpu") -> None:
        super().__init__(network, intrinsics, device)
        self.window_length = self.config.receptive_field
        self._stream = StreamingNet(self._net)
        self._seen = 0
        self._generation = -1

    @torch.inference_mode()
    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window; call once after each push."""
        new = window.pushed - self._seen
        if window.generation != self._generation or new > window.have:
            self._stream.reset()
            self._generation, new = window.generation, window.have
        # Asked again about the same window: only a rebuild can give the same answer.
        if new == 0:
            self._stream.reset()
            new = window.have
        rays = self._rays(window, new)
        for channels in self._channels(rays):
            output = self._stream.step(channels)
        self._seen = window.pushed
        return self._joints(output, rays[-1])


def open_lifter(
    model: str = DEFAULT_MODEL,
    window: int = 27,
    intrinsics: Intrinsics | None = None,
    device: str = "cpu",
) -> WindowedLifter | StreamingLifter:
    """The lifter of a model (name or path) for a window of so many poses.

    Raises WeightsError, or UsageError where the network is not from COCO-17 to joints
    with a parent table known here.
    """
    network = load_network(find_model(model, window))
    card = network.card
    if card.skeleton_in != COCO17.name or SKELETONS.get(card.skeleton_out) is not H36M17:
        lifts = f"{card.skeleton_in} to {card.skeleton_out}"
        raise UsageError(f"{card.name} lifts {lifts}; live use wants {COCO17.name} to {H36M17.name}")
    torch.set_num_threads(1)  # the detector needs the cores; a column is too small to share
    kind = StreamingLifter if card.config.causal else WindowedLifter
    lifter = kind(network, intrinsics, device)
    if lifter.window_length > window:
        _log.warning("%s needs a window of %d, not %d", card.name, lifter.window_length, window)
    return lifter
