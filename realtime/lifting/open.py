"""2D → 3D: a window of keypoints becomes the joints of its newest pose.

Two lifters of one network, tested equal: `StreamingLifter` keeps each layer's past and
computes one new column; `windowed.WindowedLifter` evaluates the whole window for every
pose (the plain reference, and the only way for symmetric networks in live use).
`onnx_lifter` has the same two for exported networks.  `LateLifter` waits for the future that
a symmetric network sees, which a recording has.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from ..camera import Intrinsics
from ..errors import UsageError
from ..pose import Array, Pose2D
from ..skeleton import COCO17, H36M17, SKELETONS, Skeleton
from ..stages import Lifter
from ..window import PoseWindow
from .features import FEATURES, hip_ray
from .model_files import DEFAULT_MODEL, MODEL_FOLDER, ModelCard, Network, find_model, load_network
from .tcn.streaming import StreamingNet

SYMMETRIC_MODEL = "symmetric"
_HOW_TO_SEE_IT = (
    "python -m realtime train --symmetric --window 27 --out model/symmetric-27 makes one that does, "
    "or give the file of one as --model"
)

_log = logging.getLogger("realtime.lifting.open")


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
        return self._directions(window.xy[-newest:], window.size_wh[-newest:])

    def _directions(self, xy: Array, size_wh: Array) -> Array:
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
        if not self.config.causal:
            raise ValueError("only a causal network answers at once: a symmetric one needs the future")
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


class LateLifter(Lifting):
    """A symmetric network with its future: every pose that goes in is answered for, in order,
    `late` poses after it.

    What is missing before the first pose is the first one repeated, after the last the last.
    """

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None) -> None:
        super().__init__(network.card, network.label, intrinsics)
        self.window_length = self.config.receptive_field
        self.late = self.config.future
        self._stream = StreamingNet(self.config, network.state)
        self._hips: deque[Array] = deque()  # of poses that are not answered for
        self._skip = self.late  # answers of the stream that are for what was before the first pose

    def push(self, pose: Pose2D) -> Array | None:
        """Joints (J, 3) of the pose `late` before this one, None before the first of them."""
        rays = self._directions(pose.xy, np.asarray(pose.size_wh, np.float32))
        self._hips.append(hip_ray(rays))
        self._newest = self._features.encode(rays, self._hips[-1])
        return self._step()

    def finish(self) -> Iterator[Array]:
        """Joints of the poses that still wait for theirs; the next pose begins anew."""
        while self._hips:
            joints = self._step()
            if joints is not None:
                yield joints
        self._stream.reset()
        self._skip = self.late

    def _step(self) -> Array | None:
        output = self._stream.step(self._newest)
        if self._skip:
            self._skip -= 1
            return None
        return self._joints(output, self._hips.popleft())


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


def find_symmetric(model: str = SYMMETRIC_MODEL, window: int = 27, folder: Path = MODEL_FOLDER) -> Path:
    """As `find_model`; UsageError, with what to do, where there is no such network to take."""
    if model == SYMMETRIC_MODEL and not any(folder.glob(f"{model}*.safetensors")):
        raise UsageError(f"there is no network in {folder} that sees the future; {_HOW_TO_SEE_IT}")
    return find_model(model, window, folder)


def open_late_lifter(
    model: str = SYMMETRIC_MODEL, window: int = 27, intrinsics: Intrinsics | None = None
) -> LateLifter:
    """The symmetric network of a model (name or path) with the future it wants.

    Raises WeightsError, or UsageError where the network does not see the future or is not
    from COCO-17 to joints with a parent table known here.
    """
    path = find_symmetric(model, window)
    if path.suffix == ".onnx":
        raise UsageError(f"--symmetric takes no .onnx network; give the one that {path.name} was exported from")
    network = load_network(path)
    _check_skeletons(network.card)
    if network.card.config.causal:
        raise UsageError(f"{network.label} does not see the future; {_HOW_TO_SEE_IT}")
    threadpool_limits(1, user_api="blas")
    return LateLifter(network, intrinsics)


def _open(path: Path, intrinsics: Intrinsics | None, device: str) -> Lifter:
    if path.suffix == ".onnx":
        from .onnx import LIFTERS, load_onnx

        exported = load_onnx(path)
        _check_skeletons(exported.card)
        _note_if_symmetric(exported.card)
        return LIFTERS[exported.form](exported, intrinsics)
    network = load_network(path)
    _check_skeletons(network.card)
    _note_if_symmetric(network.card)
    if network.card.config.causal:
        return StreamingLifter(network, intrinsics)
    from .windowed import WindowedLifter

    return WindowedLifter(network, intrinsics, device)


def _note_if_symmetric(card: ModelCard) -> None:
    if not card.config.causal:
        _log.warning(
            "%s is symmetric: the newest pose is repeated as the future that it wants; "
            "python -m realtime lift --symmetric gives it the real one",
            card.name,
        )


def _check_skeletons(card: ModelCard) -> None:
    known = card.skeleton_in == COCO17.name and SKELETONS.get(card.skeleton_out) is H36M17
    if not known or card.config.joints_out != len(H36M17):
        lifts = f"{card.skeleton_in} to {card.skeleton_out}"
        raise UsageError(f"{card.name} lifts {lifts}; live use wants {COCO17.name} to {H36M17.name}")
