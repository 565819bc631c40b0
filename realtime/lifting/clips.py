"""2D → 3D of a recording by a network that answers for all frames of a clip at once, in PyTorch.

Clips overlap by half, and each frame's answer is the mean of those of its two clips, weighted so that a clip fades in
and out: no seam jumps.  (MotionBERT's infer_wild.py puts clips side by side, and they jump where they meet.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
import torch

from ..camera import Intrinsics
from ..kinematics.stature import UPRIGHT, bone_stature
from ..pose import ASSUMED_HEIGHT_M, Array
from ..window import PoseWindow
from .base import BaseLifter, StreamCursor
from .model_card import CROP, IN_THE_PICTURE
from .model_files import Network
from .transformer.tokens import tokens_of

_FEWEST_SCORED = 4  # points of a clip that its crop is about; with fewer nothing is seen
_SMALLEST = 1e-6  # of a crop, and of a person in one
_LARGE = 256  # channels from which several threads are worth it: on a busy machine they wait for each other


class ClipLifter(BaseLifter):
    """The answer for a pose waits for the last clip that it is in, so for nearly a clip; a motion that is shorter
    is one clip.  Answers in units of the picture are made those of a person of the usual height."""

    by_clips = True

    def __init__(self, network: Network, intrinsics: Intrinsics | None = None, device: str = "cpu") -> None:
        super().__init__(network.card, network.label, intrinsics)
        self._card = network.card
        if self.config.channels < _LARGE:
            torch.set_num_threads(1)
        self._device = torch.device(device)
        self._net = network.net.to(self._device)
        self.window_length = self.config.receptive_field
        self.lookahead = self.window_length - 1
        self._step = max(1, self.window_length // 2)
        self._cursor = StreamCursor()
        self._poses: deque[Array] = deque(maxlen=self.window_length)
        self._begin()

    def __call__(self, window: PoseWindow) -> Array | None:
        """Joints (J, 3) of the oldest pose in the window, None while that is not full; call once after each push."""
        new, anew = self._cursor(window)
        if anew:
            self._begin()
        joints = None
        for points in self._points(window, new):
            joints = self._push(points)
        return joints

    def flush(self) -> Iterator[Array]:
        """Joints of the poses that wait for their clips; the next pose begins anew."""
        if self._poses and (self._pushed < self.window_length or self._since_clip):
            self._lift()
        while self._blended:
            yield self._oldest()
        self._begin()

    def _begin(self) -> None:
        self._poses.clear()
        self._pushed = self._answered = self._since_clip = 0
        self._blended: deque[tuple[Array, float]] = deque()  # sums of weighted joints, and of weights, oldest first

    def _push(self, points: Array) -> Array | None:
        self._poses.append(points)
        self._pushed += 1
        if self._pushed < self.window_length:
            return None
        if self._pushed == self.window_length or self._since_clip == self._step - 1:
            self._lift()
        else:
            self._since_clip += 1
        return self._oldest()

    def _lift(self) -> None:
        """Add the clip of the newest poses."""
        clip = self._answers(np.stack(self._poses))
        self._since_clip = 0
        nothing = np.zeros_like(clip[0]), 0.0
        waiting = self._pushed - self._answered
        self._blended.extend([nothing] * (waiting - len(self._blended)))
        fade = np.sin(np.pi * (np.arange(len(clip)) + 0.5) / len(clip)) ** 2
        for i, (joints, weight) in enumerate(zip(clip[-waiting:], fade[-waiting:], strict=True)):
            total, weights = self._blended[i]
            self._blended[i] = total + weight * joints, weights + float(weight)

    def _oldest(self) -> Array:
        self._answered += 1
        total, weights = self._blended.popleft()
        joints: Array = (total / weights).astype(np.float32)
        return joints

    def _points(self, window: PoseWindow, newest: int) -> Array:
        """What the network is fed of the newest poses (newest, J, 2 or 3)."""
        if self._card.normalise not in IN_THE_PICTURE:
            return self._rays(window, newest)
        size_wh = window.size_wh[-newest:, None]
        xy = (2 * window.xy[-newest:] - size_wh) / size_wh.min(-1, keepdims=True)
        return np.concatenate([xy, window.score[-newest:, :, None]], -1)

    @torch.inference_mode()
    def _answers(self, points: Array) -> Array:
        """Joints (T, J, 3) m about the root, of the points (T, K, 2 or 3) of a clip."""
        if self._card.normalise == CROP:
            points = cropped(points)
        hips = self._features.hip_ray(points[..., :2])
        channels = self._features.encode(points, hips).astype(np.float32, copy=False)
        output = self._net(torch.from_numpy(channels)[None].to(self._device))[0].cpu().numpy()
        joints: Array = self._features.decode(output, hips)
        joints = joints - joints[:, self.skeleton.root, None]
        if self._card.normalise in IN_THE_PICTURE:
            size = np.quantile(bone_stature(joints, self.skeleton), UPRIGHT)
            joints = joints * (ASSUMED_HEIGHT_M / max(float(size), _SMALLEST))
        return joints


def cropped(points: Array) -> Array:
    """COCO keypoints (T, K, 3), x, y and score, with x and y in -1..1 over the smallest square about the clip's joints,
    as MotionBERT's and PerfectRep's crop_scale; zeros where nothing is seen."""
    tokens = tokens_of(points.shape[1]) @ points
    seen = tokens[tokens[..., 2] != 0][:, :2]
    if len(seen) < _FEWEST_SCORED:
        return np.zeros_like(points)
    low, high = seen.min(0), seen.max(0)
    half = max(float((high - low).max()) / 2, _SMALLEST)
    xy, score = (points[..., :2] - (low + high) / 2) / half, points[..., 2:]
    return np.concatenate([np.where(score == 0, xy.clip(-1, 1), xy), score], -1)  # what is not seen may be anywhere
