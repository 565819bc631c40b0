"""How tall a moving person is, from the lengths of the bones.

A picture does not change when a person and the distance to the camera grow alike.  So a network answers
for a person of one height, and whoever is told how tall the person is multiplies: no input is needed.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...kinematics.stature import UPRIGHT, bone_stature
from ..mocap.canonical25 import CANONICAL25
from ..mocap.corpora import Motions

_ENOUGH = 4096  # frames of a person


def stature(points: Tensor) -> Tensor:
    """Heights (...) m by the bones of poses (..., 17, 21 or 25, 3); of bent trunks a few percent too low."""
    heights: Tensor = bone_stature(points, CANONICAL25)
    return heights


def statures(motions: Motions) -> Tensor:
    """The height (C,) m of the person in every clip; one for all clips of a person in a corpus."""
    heights = torch.empty(len(motions.clip))
    people = [f"{corpus} {subject}" for corpus, subject in zip(motions.corpus, motions.subject, strict=True)]
    for person in dict.fromkeys(people):
        clips = [clip for clip, other in enumerate(people) if other == person]
        points = torch.cat([torch.from_numpy(motions.points[motions.starts[c] : motions.starts[c + 1]]) for c in clips])
        heights[clips] = upright_stature(points)
    return heights


def upright_stature(points: Tensor) -> Tensor:
    """The height () m of one person by all poses (T, 17, 21 or 25, 3)."""
    return stature(points[:: 1 + len(points) // _ENOUGH]).quantile(UPRIGHT)
