"""Comparison of networks on the same frames: clips, from pixels, and held-out people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...camera import Intrinsics
from ...errors import UsageError
from ...metrics import Array
from ...stages import Detector
from .comparison import Comparison, Frames
from .qualities import run_qualities
from .truth_clips import Clip, ClipResult, blazepose, run_models

_OF_RAYS = 2  # numbers of a keypoint
BLAZEPOSE = "blazepose world landmarks"


def compare_clips(
    clips: Sequence[Clip],
    models: Sequence[str],
    window: int,
    intrinsics: Intrinsics | None = None,
    max_frames: int | None = None,
    guard: bool = True,
    open_detect: Callable[[], Detector] = blazepose,
    *,
    causal: bool = False,
    told: bool = False,
    told_camera: bool = False,
) -> Comparison:
    """Compare models, by name or path, and the detector's own 3D on every frame of the clips
    in which a person is detected.  `causal`: those without a model card are; `told`: how tall people are;
    `told_camera`: which camera it was, instead of `intrinsics`."""
    about = {"causal": causal, "told": told, "told_camera": told_camera}
    results = [run_models(clip, models, window, intrinsics, max_frames, guard, open_detect, **about) for clip in clips]
    return _compared(clips, results)


def compare_qualities(
    clips: Sequence[Clip],
    qualities: Sequence[str],
    given: Mapping[str, Any],
    max_frames: int | None = None,
    *,
    told: bool = False,
    told_camera: bool = False,
) -> Comparison:
    """Compare what `lift` gives with these qualities, and the detector's own 3D; the rest as in `run_qualities`."""
    about = {"told": told, "told_camera": told_camera}
    return _compared(clips, [run_qualities(clip, qualities, given, max_frames, **about) for clip in clips])


def _compared(clips: Sequence[Clip], results: Sequence[Sequence[ClipResult]]) -> Comparison:
    frames = [_frames(clip.name, result[0]) for clip, result in zip(clips, results, strict=True)]
    errors = {
        per_clip[0].model: _joined([result.errors_mm(result.lifted) | result.distance_errors() for result in per_clip])
        for per_clip in zip(*results, strict=True)
    }
    no_distance = {name: np.nan * values for name, values in next(iter(errors.values())).items()}
    errors[BLAZEPOSE] = no_distance | _joined([first.errors_mm(first.detector) for first, *_ in results])
    return Comparison(Frames.joined(frames), errors, baseline=BLAZEPOSE)


def compare_people(
    data: Path,
    models: Sequence[str],
    window: int,
    samples: int,
    cache: Path | None = None,
    *,
    causal: bool = False,
    told: bool = False,
) -> tuple[Comparison, list[str]]:
    """Compare models, by name or path, on `samples` samples of the held-out people in `data`;
    also returns the names of these people.  The recorded errors are those of the landmark network that the
    first model knows.  `causal`: those without a model card are; `told`: how tall people are."""
    import torch

    from ...lifting.model_files import find_model, load_network
    from ..mocap.activities import activity_of
    from ..mocap.corpora import RATE_HZ, load, split
    from .heldout import heldout_errors, heldout_samples

    paths = [find_model(model, window) for model in models]
    networks = [load_network(path, causal=causal) for path in paths]
    motions = split(load(data, cache))[1]
    cards = [network.card for network in networks]
    for card in cards:
        if card.feature_set.axes != _OF_RAYS:
            raise UsageError(f"--data has no scores of keypoints, which {card.name} takes; --clip evaluates it")
    configs, most = [card.config for card in cards], max((card.keypoints for card in cards), key=len)
    heldout = heldout_samples(motions, configs, samples, torch.device("cpu"), most, cards[0].landmarks)
    errors = {
        n.label: heldout_errors(
            n.net, n.card.feature_set, heldout, n.card.normalise, n.card.joints, n.card.height_m, told=told
        )
        for n in networks
    }
    row = heldout.row.numpy()
    clip = np.searchsorted(motions.starts, row, side="right") - 1
    activities = [activity_of(*names) for names in zip(motions.corpus, motions.clip, strict=True)]
    groups = {"corpus": motions.corpus, "subject": motions.subject, "motion": np.array(activities)}
    frames = Frames(clip, row, round(RATE_HZ), {name: per_clip[clip] for name, per_clip in groups.items()})
    return Comparison(frames, errors), sorted(set(motions.subject))


def _frames(name: str, result: ClipResult) -> Frames:
    clip = np.full(len(result.frames), name)
    return Frames(clip, result.frames, round(result.rate_hz), {"clip": clip})


def _joined(errors: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {metric: np.concatenate([part[metric] for part in errors]) for metric in errors[0]}
