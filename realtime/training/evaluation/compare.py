"""Networks on the same frames: of clips, from pixels, and of people not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...camera import Intrinsics
from ...errors import UsageError
from ...metrics import Array
from .comparison import Comparison, Frames
from .truth_clips import Clip, ClipResult, run_models

BLAZEPOSE = "blazepose world landmarks"


def compare_clips(
    clips: Sequence[Clip],
    models: Sequence[str],
    window: int,
    intrinsics: Intrinsics | None = None,
    max_frames: int | None = None,
    guard: bool = True,
) -> Comparison:
    """Models, by name or path, and the detector's own 3D on every frame of clips with a
    person on it."""
    results = [run_models(clip, models, window, intrinsics, max_frames, guard) for clip in clips]
    frames = [_frames(clip.name, result[0]) for clip, result in zip(clips, results, strict=True)]
    errors = {
        of_one[0].model: _joined([result.errors_mm(result.lifted) for result in of_one])
        for of_one in zip(*results, strict=True)
    }
    errors[BLAZEPOSE] = _joined([first.errors_mm(first.detector) for first, *_ in results])
    return Comparison(Frames.joined(frames), errors, baseline=BLAZEPOSE)


def compare_people(
    data: Path, models: Sequence[str], window: int, samples: int, cache: Path | None = None
) -> tuple[Comparison, list[str]]:
    """Models, by name or path, on so many moments of the people in `data` who are kept out of
    training, and who these are."""
    import torch

    from ...lifting.model_files import find_model, load_network
    from ..mocap.activities import activity_of
    from ..mocap.corpora import RATE_HZ, load, split
    from .heldout import heldout_errors, heldout_samples

    paths = [find_model(model, window) for model in models]
    if exported := [path for path in paths if path.suffix == ".onnx"]:
        raise UsageError(f"{exported[0]} is an exported network: --data wants the .safetensors it was made from")
    networks = [load_network(path) for path in paths]
    motions = split(load(data, cache))[1]
    configs = [network.card.config for network in networks]
    moments = heldout_samples(motions, configs, samples, torch.device("cpu"))
    errors = {n.label: heldout_errors(n.net, n.card.features, moments, n.card.normalise) for n in networks}
    row = moments.row.numpy()
    clip = np.searchsorted(motions.starts, row, side="right") - 1
    kinds = [activity_of(*names) for names in zip(motions.corpus, motions.clip, strict=True)]
    groups = {"corpus": motions.corpus, "subject": motions.subject, "motion": np.array(kinds)}
    frames = Frames(clip, row, round(RATE_HZ), {name: of_clip[clip] for name, of_clip in groups.items()})
    return Comparison(frames, errors), sorted(set(motions.subject))


def _frames(name: str, result: ClipResult) -> Frames:
    clip = np.full(len(result.frames), name)
    return Frames(clip, result.frames, round(result.rate_hz), {"clip": clip})


def _joined(errors: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {metric: np.concatenate([one[metric] for one in errors]) for metric in errors[0]}
