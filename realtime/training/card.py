"""The model card of a trained network: architecture, training data, scores and limitations."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..lifting.features import FeatureSet
from ..lifting.model_card import ModelCard
from .mocap.corpora import CMU_ACKNOWLEDGEMENT, CMU_LICENCE, Motions, folder_hash
from .networks import NetConfig
from .synthesis.batches import Recipe

_LICENCE = "Apache-2.0"
_LEFT_OUT = ("--resume", "--force")  # they say nothing about the network
MOCAP_LIMITS = (
    "One person, mostly upright, seen whole by one camera; trained on walking, running, jumping, dance, "
    "martial arts and rehabilitation exercises of about thirty adults. Lying, crawling, floor work, children, "
    "wheelchairs, tools in hand and views from straight above or below were not in the data. Absolute size is "
    "that of the height that is told, or of an average adult. Depth of wrists, elbows and ankles is the least "
    "certain; a detector that swaps left and right for a whole window swaps the answer."
)


@dataclass(frozen=True)
class Origin:
    """What a network was trained on: `data`, the folder, licence, hash and minutes of each part; the licence of the
    network, the frames a second for which it is, and what was not in the data."""

    data: list[dict[str, Any]]
    licence: str = _LICENCE
    limits: str = MOCAP_LIMITS
    rate_hz: tuple[float, float] = (15, 60)


def data_entries(folder: Path, motions: Motions) -> list[dict[str, Any]]:
    """Folder, licence, hash and minutes of each corpus in the training data."""
    entries = []
    for corpus in motions.corpora:
        used = motions.select(motions.corpus == corpus.folder)
        if len(used.points):
            entries.append(
                {
                    "folder": corpus.folder,
                    "licence": corpus.licence,
                    "sha256": folder_hash(folder / corpus.folder),
                    "minutes": round(used.minutes, 2),
                    "weight": corpus.weight,
                }
            )
    return entries


def training_card(
    name: str,
    kind: str,
    config: NetConfig,
    features: FeatureSet,
    recipe: Recipe,
    origin: Origin,
    training: dict[str, Any],
    scores: dict[str, Any],
) -> ModelCard:
    """A complete card; `training` says how it was trained."""
    from_cmu = any(CMU_LICENCE in entry["licence"] for entry in origin.data)
    extra = {
        "rate_hz": list(origin.rate_hz),
        "training": {
            "data": origin.data,
            **training,
            "acknowledgement": CMU_ACKNOWLEDGEMENT if from_cmu else "",
            "commit": commit(),
            "torch": str(torch.__version__),
        },
        "scores": scores,
        "licence": origin.licence,
        "limits": origin.limits,
    }
    return ModelCard(
        name=name,
        kind=kind,
        config=config,
        features=features.name,
        skeleton_in=features.skeleton.name,
        skeleton_out=recipe.joints,
        height_m=recipe.height_m,
        landmarks=recipe.landmarks,
        extra=extra,
    )


def command_line(argv: Sequence[str]) -> str:
    """The command that trains this network from the start, with absolute paths reduced to their last component."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in argv if word not in _LEFT_OUT]
    return " ".join(["python -m realtime train", *words])


def commit() -> str:
    """The commit of the working tree, followed by '+' if it has changes; '' outside git."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],  # noqa: S607 - git is where PATH says
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
