"""What BlazePose really got wrong: its errors on rendered people, replayed (PyTorch, batched).

The bank holds, frame by frame, where the keypoints of rendered people truly were and how far
off the detector put them.  A sample takes the errors of a stretch where somebody stands as in
the frame that is answered for, so that what goes wrong together (a hidden arm, sides exchanged in a back view,
a point that drifts for half a second) goes wrong together here too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...pose import Array
from ...skeleton import COCO17

BANK_FILE = "blazepose_errors.npz"
_CANDIDATES = 48  # stretches looked at for each sample
_STRENGTH = 0.7, 1.3  # the errors are those of one detector on clean pictures
_HELD_OUT_EVERY = 8  # one sequence of so many is for evaluation


@dataclass(frozen=True, eq=False)
class ErrorBank:
    """`true` and `error` (N, 17, 2), image axes, in standing heights: keypoints about the
    middle of the hips, and what the detector adds to them; rows `first[n]` to n belong to
    the same sequence, `rate_hz[n]` frames a second."""

    true: Tensor
    error: Tensor
    first: Tensor
    rate_hz: Tensor

    def draw(
        self, rays: Tensor, height: Tensor, step_s: Tensor, generator: torch.Generator, answer: int = -1
    ) -> Tensor:
        """Errors (B, T, 17, 2) in rays for the true rays (B, T, 17, 2) of people `height`
        (B,) high, whose frames lie `step_s` (B,) apart; of a stretch with a pose like that
        of the frame `answer`."""
        batch, frames = rays.shape[:2]
        device = rays.device
        pose = about_hips(rays[:, answer]) / height[:, None, None]
        picks = torch.randint(len(self.true), (batch, _CANDIDATES), device=device, generator=generator)
        distance = (self.true[picks] - pose[:, None]).square().sum((-1, -2))
        alike = picks.gather(1, distance.argmin(1, keepdim=True))[:, 0]
        ahead = torch.arange(frames, device=device) - answer % frames
        steps = (ahead * (step_s * self.rate_hz[alike])[:, None]).round().long()
        first = self.first[alike, None]
        last = torch.searchsorted(self.first, first, right=True) - 1  # rows of a sequence share their first
        rows = (alike[:, None] + steps).maximum(first).minimum(last)
        low, high = _STRENGTH
        strength = low + (high - low) * torch.rand(batch, device=device, generator=generator)
        return self.error[rows] * (strength * height)[:, None, None, None]


def about_hips(points: Tensor) -> Tensor:
    """Keypoints (..., 17, 2) about the middle of the hips."""
    hips = points[..., COCO17.indices(("left_hip", "right_hip")), :]
    return points - hips.mean(-2, keepdim=True)


def load_bank(device: torch.device, heldout: bool = False) -> ErrorBank:
    """The bank of the package, with its mirror image: the sequences that training may use,
    or those kept for evaluation."""
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
    """Of the bank of the package."""
    return hashlib.sha256((resources.files("realtime") / "assets" / BANK_FILE).read_bytes()).hexdigest()


def _with_mirrored(points: Tensor) -> Tensor:
    return torch.cat([points, points[:, list(COCO17.mirror)] * points.new_tensor([-1.0, 1.0])])


Sequence = tuple[Array, Array, Array, float]


def write_bank(path: Path, sequences: list[Sequence]) -> None:
    """Write a bank from sequences of (true, detected, height_px, rate_hz): true and detected
    COCO-17 keypoints (T, 17, 2) px, NaN where nobody was seen; the person's standing height
    (T,) as the camera has it at that distance, f · stature / depth.

    Where nobody was seen the last keypoints stay, as the program has it; frames before the
    first sight are left out.
    """
    true, error, lengths, rates = [], [], [0], []
    for truth, detected, height_px, rate_hz in sequences:
        seen = np.isfinite(detected).all((1, 2))
        if not seen.any():
            continue
        begin = int(np.argmax(seen))
        last = np.maximum.accumulate(np.where(seen, np.arange(len(seen)), 0))[begin:]
        scale = height_px[begin:, None, None]
        hips = truth[begin:, COCO17.indices(("left_hip", "right_hip"))].mean(1, keepdims=True)
        true.append((truth[begin:] - hips) / scale)
        error.append((detected[last] - truth[begin:]) / scale)
        lengths.append(len(last))
        rates.append(rate_hz)
    arrays = {name: np.concatenate(a).astype(np.float16) for name, a in (("true", true), ("error", error))}
    np.savez_compressed(path, **arrays, starts=np.cumsum(lengths), rate_hz=np.array(rates, np.float32))
