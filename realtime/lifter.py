"""2D → 3D: a window of keypoints becomes the joints of its newest pose.

Two lifters of one network, tested equal: `StreamingLifter` keeps each layer's past and
computes one new column; `windowed.WindowedLifter` evaluates the whole window for every
pose (the plain reference, and the only way for symmetric networks).  `onnx_lifter` has the
same two for exported networks.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from .coords import Intrinsics
from .errors import UsageError
from .features import FEATURES, hip_ray
from .pose import Array
from .skeleton import COCO17, H36M17, SKELETONS, Skeleton
from .stages import Lifter
from .streaming import StreamingNet
from .weights import DEFAULT_MODEL, ModelCard, Network, find_model, load_network
from .window import PoseWindow

_log = logging.getLogger("realtime.lifter")


def width_normalised(xy: Array, size_wh: Array) -> Array:
    """Pixels (..., J, 2) → VideoPose3D's screen coordinates, x in -1..1 over the width."""
    width = size_wh[..., :1]
    normalised: Array = (2 * xy - size_wh[..., None, :]) / width[..., None, :]
    return normalised


class Lifting:
    """What every lifter shares: from the window's pixels to rays, and from the network's
    output to camera axes."""

    def __init__(self, card: ModelCard, label: str, intrinsics: Intrinsics | None = None) -> None:
        self.name = label
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


class Unseen:
    """How many of a window's newest poses a stream has yet to see.

    The window is the truth, a stream's past only its cache: after a `clear`, when more
    poses were pushed than the window holds, or when it is asked again about the same
    window, the stream is built anew from the window.
    """

    def __init__(self) -> None:
        self._seen = 0
        self._generation = -1

    def __call__(self, window: PoseWindow) -> tuple[int, bool]:
        """Number of poses to feed, and whether the stream must be reset before."""
        new = window.pushed - self._seen
        anew = window.generation != self._generation or not 0 < new <= window.have
        self._seen, self._generation = window.pushed, window.generation
        return (window.have if anew else new), anew


class StreamingLifter(Lifting):
    """Evaluates what is new in the window, in NumPy on the CPU; for causal networks."""

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network.card, network.label, intrinsics)
        self.window_length = self.config.receptive_field
        self._stream = StreamingNet(self.config, network.state)
        self._unseen = Unseen()

    def __call__(self, window: PoseWindow) -> Array:
        """Joints (J, 3) of the newest pose in the window; call once after each push."""
        new, anew = self._unseen(window)
        if anew:
            self._stream.reset()
        for rays in self._rays(window, new):
            hip = hip_ray(rays)
            output = self._stream.step(self._features.encode(rays, hip))
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
    lifter = _open(find_model(model, window), intrinsics, device)
    # The detector needs the cores, and a column is too small to share.
    threadpool_limits(1, user_api="blas")
    if lifter.window_length > window:
        _log.warning("%s needs a window of %d, not %d", lifter.name, lifter.window_length, window)
    return lifter


def _open(path: Path, intrinsics: Intrinsics | None, device: str) -> Lifter:
    if path.suffix == ".onnx":
        from .onnx_lifter import LIFTERS, load_onnx

        exported = load_onnx(path)
        _check_skeletons(exported.card)
        return LIFTERS[exported.form](exported, intrinsics)
    network = load_network(path)
    _check_skeletons(network.card)
    if network.card.config.causal:
        return StreamingLifter(network, intrinsics)
    from .windowed import WindowedLifter

    return WindowedLifter(network, intrinsics, device)


def _check_skeletons(card: ModelCard) -> None:
    known = card.skeleton_in == COCO17.name and SKELETONS.get(card.skeleton_out) is H36M17
    if not known or card.config.joints_out != len(H36M17):
        lifts = f"{card.skeleton_in} to {card.skeleton_out}"
        raise UsageError(f"{card.name} lifts {lifts}; live use wants {COCO17.name} to {H36M17.name}")
