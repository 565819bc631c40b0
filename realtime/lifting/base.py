"""What every lifter shares: from the window's pixels to rays, and from the network's answer to camera axes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..camera import Intrinsics
from ..pose import Array
from ..skeleton import Skeleton
from ..window import PoseWindow
from .model_card import ModelCard


def width_normalised(xy: Array, size_wh: Array) -> Array:
    """Pixels (..., J, 2) → VideoPose3D's screen coordinates, x in -1..1 over the width."""
    width = size_wh[..., :1]
    normalised: Array = (2 * xy - size_wh[..., None, :]) / width[..., None, :]
    return normalised


class BaseLifter:
    """A network by its card: its name, its skeletons in and out, and its two ends.

    `lookahead` is how many poses after the one it answers for a lifter waits for; most answer
    for the newest.  `height_m` is how tall the person is that it answers for.  Raises UsageError for a
    network of skeletons that are not known here.
    """

    lookahead = 0
    by_clips = False

    def __init__(self, card: ModelCard, label: str, intrinsics: Intrinsics | None = None) -> None:
        self.name = label
        self.keypoints: Skeleton = card.keypoints
        self.skeleton: Skeleton = card.joints
        self.config = card.config
        self.height_m = card.height_m
        self._features = card.feature_set
        self._by_width = card.normalise == "width"
        self._intrinsics = intrinsics or Intrinsics()

    def flush(self) -> Iterator[Array]:
        """Joints of the poses that still wait for their future, the newest pose standing for it;
        the next pose begins anew.  Nothing waits in a lifter that answers for the newest."""
        return iter(())

    def _rays(self, window: PoseWindow, newest: int) -> Array:
        """Rays (newest, J, 2) of the newest poses of the window."""
        xy, size_wh = window.xy[-newest:], window.size_wh[-newest:]
        return width_normalised(xy, size_wh) if self._by_width else self._intrinsics.rays(xy, size_wh)

    def _joints(self, output: Array, hip: Array) -> Array:
        joints = self._features.decode(output, hip)
        centred: Array = (joints - joints[self.skeleton.root]).astype(np.float32, copy=False)
        return centred


class StreamCursor:
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
