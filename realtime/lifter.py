"""2D → 3D: a window of keypoints becomes the joints of its newest pose.

Two lifters of one network, tested equal: `StreamingLifter` keeps each layer's past and
computes one new column; `windowed.WindowedLifter` evaluates the whole window for every
pose (the plain reference, and the only way for symmetric networks).
"""

from __future__ import annotations

import logging

import numpy as np
from threadpoolctl import threadpool_limits

from .coords import Intrinsics
from .errors import UsageError
from .features import FEATURES, hip_ray
from .pose import Array
from .skeleton import COCO17, H36M17, SKELETONS, Skeleton
from .stages import Lifter
from .streaming import StreamingNet
from .weights import DEFAULT_MODEL, Network, find_model, load_network
from .window import PoseWindow

_log = logging.getLogger("realtime.lifter")


def width_normalised(xy: Array, size_wh: Array) -> Array:
    """Pixels (..., J, 2) → VideoPose3D's screen coordinates, x in -1..1 over the width."""
    width = size_wh[..., :1]
    normalised: Array = (2 * xy - size_wh[..., None, :]) / width[..., None, :]
    return normalised


class Lifting:
    """What every lifter shares: from the window's pixels to the network's channels, and
    from its output to camera axes."""

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None) -> None:
        card = network.card
        self.name = network.label
        self.skeleton: Skeleton = SKELETONS[card.skeleton_out]
        self.config = card.config
        self._features = FEATURES[card.features]
        self._by_width = card.normalise == "width"
        self._intrinsics = intrinsics or Intrinsics()

    def _rays(self, window: PoseWindow, newest: int) -> Array:
        """Rays (newest, J, 2) of the newest poses of the window."""
        xy, size_wh = window.xy[-newest:], window.size_wh[-newest:]
        if self._by_width:
            return width_normalised(xy, size_wh)
        return self._intrinsics.rays(xy, size_wh)

    def _joints(self, output: Array, hip: Array) -> Array:
        joints = self._features.decode(output, hip)
        centred: Array = (joints - joints[0]).astype(np.float32, copy=False)
        return centred


class StreamingLifter(Lifting):
    """Evaluates what is new in the window, in NumPy on the CPU; for causal networks.

    The window is the truth, the layers' past only its cache: after a `clear`, or when
    more poses were pushed than the window holds, it is built anew from the window.
    """

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network, intrinsics)
        self.window_length = self.config.receptive_field
        self._stream = StreamingNet(self.config, network.state)
        self._seen = 0
        self._generation = -1

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
        for rays in self._rays(window, new):
            hip = hip_ray(rays)
            output = self._stream.step(self._features.encode(rays, hip))
        self._seen = window.pushed
        return self._joints(output, hip)


def open_lifter(
    model: str = DEFAULT_MODEL,
    window: int = 27,
    intrinsics: Intrinsics | None = None,
    device: str = "cpu",
) -> Lifter:
    """The lifter of a model (name or path) for a window of so many poses.  `device` is for
    symmetric networks: a column of a causal one is over before a GPU has been told.

    Raises WeightsError, or UsageError where the network is not from COCO-17 to joints
    with a parent table known here.
    """
    network = load_network(find_model(model, window))
    card = network.card
    if card.skeleton_in != COCO17.name or SKELETONS.get(card.skeleton_out) is not H36M17:
        lifts = f"{card.skeleton_in} to {card.skeleton_out}"
        raise UsageError(f"{card.name} lifts {lifts}; live use wants {COCO17.name} to {H36M17.name}")
    # The detector needs the cores, and a column is too small to share.
    threadpool_limits(1, user_api="blas")
    lifter: Lifter
    if card.config.causal:
        lifter = StreamingLifter(network, intrinsics)
    else:
        from .windowed import WindowedLifter

        lifter = WindowedLifter(network, intrinsics, device)
    if lifter.window_length > window:
        _log.warning("%s needs a window of %d, not %d", card.name, lifter.window_length, window)
    return lifter
