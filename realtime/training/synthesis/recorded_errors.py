"""Replay of recorded BlazePose errors on rendered people (PyTorch, batched).

The bank contains, frame by frame, the true keypoints of rendered people and the errors of a
detector's network on the same pictures.  A sample uses the errors of consecutive frames around a pose
similar to its target frame, which preserves the correlation of errors between joints and over time (an
occluded arm, a left-right swap in a back view, a keypoint that drifts for half a second).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...pose import Array
from ...runtime.new_files import new_files
from ...skeleton import COCO17, COCO_FEET21, Skeleton
from ...tracking.gaps import MAX_GAP_S

BANK_FILE = "blazepose_errors.npz"
LANDMARKS = ("full", "heavy")  # the networks whose errors are recorded
_CANDIDATES = 48  # random poses of which the most similar one is used, per sample
_STRENGTH = 0.7, 1.3  # random scale, because the errors are from a single detector on clean images
_HELD_OUT_EVERY = 8  # every eighth sequence is held out for evaluation
_STEP = 1 / 2000  # of a standing height: what the stored numbers count


@dataclass(frozen=True, eq=False)
class ErrorBank:
    """`true` and `error` (N, J, 2), image axes, in standing heights: keypoints of `skeleton` relative to the
    mid-hip point, and the detector's error; `first[n]` is the first row of the sequence of row
    n, `rate_hz[n]` its frame rate."""

    true: Tensor
    error: Tensor
    first: Tensor
    rate_hz: Tensor
    skeleton: Skeleton = COCO17

    def draw(
        self, rays: Tensor, height: Tensor, step_s: Tensor, generator: torch.Generator, answer: int = -1
    ) -> Tensor:
        """Errors (B, T, J, 2) in rays for the true rays (B, T, J, 2) of people of `height`
        (B,) in rays, with `step_s` (B,) between frames; taken around a recorded pose similar to
        that of the frame `answer`."""
        batch, frames = rays.shape[:2]
        device = rays.device
        pose = about_hips(rays[:, answer], self.skeleton) / height[:, None, None]
        picks = torch.randint(len(self.true), (batch, _CANDIDATES), device=device, generator=generator)
        distance = (self.true[picks] - pose[:, None]).square().sum((-1, -2))
        similar = picks.gather(1, distance.argmin(1, keepdim=True))[:, 0]
        ahead = torch.arange(frames, device=device) - answer % frames
        steps = (ahead * (step_s * self.rate_hz[similar])[:, None]).round().long()
        first = self.first[similar, None]
        last = torch.searchsorted(self.first, first, right=True) - 1  # all rows of a sequence have the same `first`
        rows = (similar[:, None] + steps).maximum(first).minimum(last)
        low, high = _STRENGTH
        strength = low + (high - low) * torch.rand(batch, device=device, generator=generator)
        return self.error[rows] * (strength * height)[:, None, None, None]


def about_hips(points: Tensor, skeleton: Skeleton = COCO17) -> Tensor:
    """Keypoints (..., J, 2) relative to the mid-hip point."""
    return points - points[..., skeleton.hips, :].mean(-2, keepdim=True)


def load_bank(
    device: torch.device, heldout: bool = False, landmarks: str = "full", skeleton: Skeleton = COCO17
) -> ErrorBank:
    """The bundled bank and its mirror image, of one network of LANDMARKS and the keypoints of a skeleton, which
    are among COCO_FEET21's: the training sequences, or those held out for evaluation."""
    with (resources.files("realtime") / "assets" / BANK_FILE).open("rb") as file, np.load(file) as data:
        stored = {name: data[name] for name in data.files}
    starts, rate_hz = stored["starts"], stored["rate_hz"]
    chosen = [
        sequence
        for sequence, number in enumerate(stored["scene"])
        if stored["landmarks"][sequence] == landmarks and (number % _HELD_OUT_EVERY == 0) == heldout
    ]
    lengths = [int(starts[sequence + 1] - starts[sequence]) for sequence in chosen]
    points = COCO_FEET21.indices(skeleton.joints)
    true, error = (
        _with_mirrored(torch.from_numpy(np.concatenate(list(_read(stored[name], starts, chosen)))[:, points]), skeleton)
        for name in ("true", "error")
    )
    first = np.repeat(np.cumsum([0, *lengths[:-1]]), lengths)
    both_first = torch.from_numpy(np.concatenate([first, first + len(first)]))
    both_rates = torch.from_numpy(np.tile(np.repeat(rate_hz[chosen], lengths), 2).astype(np.float32))
    return ErrorBank(true.to(device), error.to(device), both_first.to(device), both_rates.to(device), skeleton)


def bank_sha256() -> str:
    """SHA-256 of the bundled bank."""
    return hashlib.sha256((resources.files("realtime") / "assets" / BANK_FILE).read_bytes()).hexdigest()


def _with_mirrored(points: Tensor, skeleton: Skeleton) -> Tensor:
    return torch.cat([points, points[:, list(skeleton.mirror)] * points.new_tensor([-1.0, 1.0])])


@dataclass(frozen=True, eq=False)
class RecordedSequence:
    """One network of LANDMARKS on the pictures of one scene: `true` and `detected` keypoints of COCO_FEET21
    (T, 21, 2) px, NaN where nobody was detected; `height_px` (T,): the projected standing height of the
    person at its depth, f · stature / depth.  All networks' sequences of a scene have its number."""

    scene: int
    landmarks: str
    true: Array
    detected: Array
    height_px: Array
    rate_hz: float


def write_bank(path: Path, sequences: Sequence[RecordedSequence]) -> None:
    """Write a new bank.

    For half a second without a detection the last keypoints are repeated, as in live use; then the
    sequence ends, and another begins with the next detection.
    """
    kept, true, error = [], [], []
    for sequence in sequences:
        for frames, source in _motions(sequence):
            truth, scale = sequence.true[frames], sequence.height_px[frames, None, None]
            kept.append(sequence)
            true.append((truth - truth[:, COCO_FEET21.hips].mean(1, keepdims=True)) / scale)
            error.append((sequence.detected[source] - truth) / scale)
    with new_files(path) as (part,):
        np.savez_compressed(
            part,
            true=np.concatenate([_packed(points) for points in true]),
            error=np.concatenate([_packed(points) for points in error]),
            starts=np.cumsum([0, *map(len, true)]),
            rate_hz=np.array([sequence.rate_hz for sequence in kept], np.float32),
            scene=np.array([sequence.scene for sequence in kept]),
            landmarks=np.array([sequence.landmarks for sequence in kept]),
        )


def _motions(sequence: RecordedSequence) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The frames of each motion in a sequence, and the frames whose keypoints they have."""
    found: Any = np.isfinite(sequence.detected).all((1, 2))
    frames = np.arange(len(found))
    source = np.maximum.accumulate(np.where(found, frames, -1))
    known = frames[(source >= 0) & (frames - source <= MAX_GAP_S * sequence.rate_hz)]
    for motion in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(motion):
            yield motion, source[motion]


def _packed(points: Array) -> NDArray[np.int16]:
    """A sequence (T, J, 2) as its first frame and the differences of the others, modulo 2^16: they compress well."""
    steps = np.rint(points / _STEP).astype(np.int64)
    packed: NDArray[np.int16] = np.diff(steps, axis=0, prepend=0).astype(np.uint16).view(np.int16)
    return packed


def _read(packed: NDArray[np.int16], starts: NDArray[np.int64], chosen: list[int]) -> Iterator[Array]:
    for sequence in chosen:
        steps = packed[starts[sequence] : starts[sequence + 1]].view(np.uint16)
        summed = np.cumsum(steps, axis=0, dtype=np.uint16).view(np.int16)
        yield summed.astype(np.float32) * np.float32(_STEP)
