"""Replay of recorded BlazePose errors on rendered people (PyTorch, batched).

The bank contains, frame by frame, the true keypoints of rendered people and the detector's
error.  A sample uses the errors of consecutive frames around a pose similar to its target
frame, which preserves the correlation of errors between joints and over time (an occluded
arm, a left-right swap in a back view, a keypoint that drifts for half a second).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...pose import Array
from ...runtime.new_files import new_files
from ...skeleton import COCO17

BANK_FILE = "blazepose_errors.npz"
_CANDIDATES = 48  # random poses of which the most similar one is used, per sample
_STRENGTH = 0.7, 1.3  # random scale, because the errors are from a single detector on clean images
_HELD_OUT_EVERY = 8  # every eighth sequence is held out for evaluation


@dataclass(frozen=True, eq=False)
class ErrorBank:
    """`true` and `error` (N, 17, 2), image axes, in standing heights: keypoints relative to the
    mid-hip point, and the detector's error; `first[n]` is the first row of the sequence of row
    n, `rate_hz[n]` its frame rate."""

    true: Tensor
    error: Tensor
    first: Tensor
    rate_hz: Tensor

    def draw(
        self, rays: Tensor, height: Tensor, step_s: Tensor, generator: torch.Generator, answer: int = -1
    ) -> Tensor:
        """Errors (B, T, 17, 2) in rays for the true rays (B, T, 17, 2) of people of `height`
        (B,) in rays, with `step_s` (B,) between frames; taken around a recorded pose similar to
        that of the frame `answer`."""
        batch, frames = rays.shape[:2]
        device = rays.device
        pose = about_hips(rays[:, answer]) / height[:, None, None]
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


def about_hips(points: Tensor) -> Tensor:
    """Keypoints (..., 17, 2) relative to the mid-hip point."""
    hips = points[..., COCO17.indices(("left_hip", "right_hip")), :]
    return points - hips.mean(-2, keepdim=True)


def load_bank(device: torch.device, heldout: bool = False) -> ErrorBank:
    """The bundled bank and its mirror image: the training sequences, or those held out for
    evaluation."""
    with (resources.files("realtime") / "assets" / BANK_FILE).open("rb") as file, np.load(file) as data:
        true, error, starts, rate_hz = (data[name] for name in ("true", "error", "starts", "rate_hz"))
    spans = list(zip(starts[:-1], starts[1:], rate_hz, strict=True))
    chosen = [span for i, span in enumerate(spans) if (i % _HELD_OUT_EVERY == 0) == heldout]
    rows = np.concatenate([np.arange(a, b) for a, b, _ in chosen])
    lengths = [b - a for a, b, _ in chosen]
    first = np.repeat(np.cumsum([0, *lengths[:-1]]), lengths)
    rates = np.repeat([float(rate) for *_, rate in chosen], lengths)
    true, error = (_with_mirrored(torch.from_numpy(a[rows].astype(np.float32))) for a in (true, error))
    both_first = torch.from_numpy(np.concatenate([first, first + len(first)]))
    both_rates = torch.from_numpy(np.tile(rates, 2).astype(np.float32))
    return ErrorBank(*(a.to(device) for a in (true, error, both_first, both_rates)))


def bank_sha256() -> str:
    """SHA-256 of the bundled bank."""
    return hashlib.sha256((resources.files("realtime") / "assets" / BANK_FILE).read_bytes()).hexdigest()


def _with_mirrored(points: Tensor) -> Tensor:
    return torch.cat([points, points[:, list(COCO17.mirror)] * points.new_tensor([-1.0, 1.0])])


Sequence = tuple[Array, Array, Array, float]


def write_bank(path: Path, sequences: list[Sequence]) -> None:
    """Write a new bank from sequences of (true, detected, height_px, rate_hz): true and detected
    COCO-17 keypoints (T, 17, 2) px, NaN where nobody was detected; the projected standing
    height (T,) of the person at its depth, f · stature / depth.

    Frames without a detection repeat the last keypoints, as in live use; frames before the
    first detection are omitted.
    """
    true, error, lengths, rates = [], [], [0], []
    for truth, detected, height_px, rate_hz in sequences:
        found: Any = np.isfinite(detected).all((1, 2))
        if not found.any():
            continue
        start = int(np.argmax(found))
        source = np.maximum.accumulate(np.where(found, np.arange(len(found)), 0))[start:]
        scale = height_px[start:, None, None]
        hips = truth[start:, COCO17.indices(("left_hip", "right_hip"))].mean(1, keepdims=True)
        true.append((truth[start:] - hips) / scale)
        error.append((detected[source] - truth[start:]) / scale)
        lengths.append(len(source))
        rates.append(rate_hz)
    with new_files(path) as (part,):
        np.savez_compressed(
            part,
            true=np.concatenate(true).astype(np.float16),
            error=np.concatenate(error).astype(np.float16),
            starts=np.cumsum(lengths),
            rate_hz=np.array(rates, np.float32),
        )
