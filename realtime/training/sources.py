"""What a network is trained on: motion capture under virtual cameras, or recordings as their cameras saw them."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Protocol

import numpy as np
import torch

from ..errors import FormatError
from ..formats.fit3d.joints import RATE_HZ
from ..formats.perfectrep.preprocessed import SeenRecording
from ..lifting.features import FeatureSet
from .card import MOCAP_LIMITS, Origin, data_entries
from .clips.pool import ClipPool
from .clips.recordings import read_seen_recordings
from .clips.sampler import STEPS, SeenSampler, seen_samples
from .evaluation.heldout import HeldoutSamples, heldout_batch
from .mocap.corpora import Motions, load, split
from .networks import NetConfig
from .pool import Batches, Pool
from .presets import Preset
from .synthesis.batches import Recipe, Sampler
from .synthesis.recorded_errors import bank_sha256

_REUSE = {"cpu": 4, "cuda": 6}  # times that a sample is used
_POOL_BLOCKS = {"cpu": 16, "cuda": 4}
_BLOCK_FRAMES = {"cpu": 1, "cuda": 1 << 18}  # what fills a GPU; on a CPU a block is one batch
# Of a network that is trained on Fit3D.
_TERMS = "the terms of Fit3D (fit3d.imar.ro), to which whoever downloads it agrees"
_CLIP_LIMITS = (
    "Trained on fitness exercises in one room, seen by its cameras. The keypoints were the projected joints that were "
    "measured, as in PerfectRep: no detector's errors were seen in training, so it is less certain on the keypoints of "
    "a detector than its figures say. Eyes and ears were placed by a mean head."
)
_OF_RECIPE = ("window", "answer", "every_frame", "height_m", "keypoints", "joints")  # what clips have of it


class Source(Protocol):
    """What a network is trained on.  `origin`: what its card says of the data; `held_out`: the people who are measured
    instead of trained on."""

    origin: Origin
    held_out: list[str]

    def pool(self, recipe: Recipe, features: FeatureSet, device: torch.device) -> Batches:
        """Batches to train on."""

    def heldout(self, recipe: Recipe, config: NetConfig, size: int, device: torch.device) -> HeldoutSamples:
        """Samples of the people held out, the same in every call."""

    def exercises(self, samples: HeldoutSamples, /) -> dict[str, HeldoutSamples]:
        """The samples of each exercise, for scores of its own; {} if the motions are not that."""

    def samples(self, recipe: Recipe) -> dict[str, Any]:
        """What the card says of the samples."""


def open_source(args: argparse.Namespace, preset: Preset) -> Source:
    """What the flags name.  Raises FormatError or UsageError."""
    return ClipSource(args) if args.dataset else MocapSource(args, preset)


class MocapSource:
    """Motion capture, seen by virtual cameras with the errors of detectors."""

    def __init__(self, args: argparse.Namespace, preset: Preset) -> None:
        self._args = args
        train, self._heldout = split(load(args.data, args.cache), args.hold_out or ())
        self._train = _weighted(train, preset)
        self.held_out = sorted(set(self._heldout.subject.tolist()))
        self.origin = Origin(data_entries(args.data, self._train), limits=MOCAP_LIMITS + preset.limits)
        if not self.origin.data:
            raise FormatError("everybody is held out: nobody is left to train on")

    def pool(self, recipe: Recipe, features: FeatureSet, device: torch.device) -> Batches:
        """As `Source`."""
        args, kind = self._args, device.type
        sampler = Sampler(self._train, recipe, device, args.seed)
        batches = max(1, _BLOCK_FRAMES[kind] // (args.batch * args.window))
        return Pool(sampler, features, args.batch, _POOL_BLOCKS[kind], _REUSE[kind], batches)

    def heldout(self, recipe: Recipe, config: NetConfig, size: int, device: torch.device) -> HeldoutSamples:
        """As `Source`."""
        return heldout_batch(self._heldout, config, size, device, recipe.skeleton, recipe.landmarks)

    def exercises(self, _samples: HeldoutSamples, /) -> dict[str, HeldoutSamples]:
        """As `Source`: walks and dances are none."""
        return {}

    def samples(self, recipe: Recipe) -> dict[str, Any]:
        """As `Source`."""
        return {"recipe": asdict(recipe), "recorded_errors_sha256": bank_sha256()}


class ClipSource:
    """Clips of Fit3D, with projected joints for keypoints."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        recordings = read_seen_recordings(args.dataset, args.hold_out or ())
        self._train, self._test = recordings["train"], recordings["test"]
        self.held_out = sorted({recording.person for recording in self._test})
        frames = sum(len(recording.joints_m) for recording in self._train)
        entry = {
            "folder": args.dataset.name,
            "licence": _TERMS,
            "sha256": _digest(self._train),
            "minutes": round(frames / RATE_HZ / 60, 2),
            "weight": 1.0,
        }
        rate_hz = round(RATE_HZ / STEPS, 1), RATE_HZ
        self.origin = Origin([entry], licence=_TERMS, limits=_CLIP_LIMITS, rate_hz=rate_hz)

    def pool(self, recipe: Recipe, features: FeatureSet, device: torch.device) -> ClipPool:
        """As `Source`."""
        return ClipPool(SeenSampler(self._train, recipe, device, self._args.seed), features, self._args.batch)

    def heldout(self, recipe: Recipe, config: NetConfig, size: int, device: torch.device) -> HeldoutSamples:
        """As `Source`."""
        return seen_samples(self._test, config.receptive_field, config.lookahead, size, device, recipe.skeleton)

    def exercises(self, samples: HeldoutSamples, /) -> dict[str, HeldoutSamples]:
        """As `Source`."""
        ends = np.cumsum([len(recording.joints_m) for recording in self._test])
        action = np.array([r.action for r in self._test])[
            np.searchsorted(ends, samples.row.cpu().numpy(), side="right")
        ]
        return {
            name: _only(samples, torch.from_numpy(action == name).to(samples.row.device))
            for name in sorted(set(action))
        }

    def samples(self, recipe: Recipe) -> dict[str, Any]:
        """As `Source`."""
        return {"recipe": {name: getattr(recipe, name) for name in _OF_RECIPE}, "keypoints": "projected joints"}


def _weighted(motions: Motions, preset: Preset) -> Motions:
    """With the weights that the preset gives to corpora."""
    corpora = (replace(corpus, weight=preset.weights.get(corpus.folder, corpus.weight)) for corpus in motions.corpora)
    return replace(motions, corpora=tuple(corpora))


def _only(samples: HeldoutSamples, chosen: torch.Tensor) -> HeldoutSamples:
    """Those of a mask (B,)."""
    kept = {name: getattr(samples, name)[chosen] for name in ("rays", "points", "row", "height_m")}
    return replace(samples, **kept)


def _digest(recordings: Sequence[SeenRecording]) -> str:
    """SHA-256 of the names and joints of recordings, wherever they were read from."""
    digest = hashlib.sha256()
    for recording in recordings:
        digest.update(recording.name.encode())
        digest.update(recording.joints_m.tobytes())
    return digest.hexdigest()
