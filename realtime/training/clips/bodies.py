"""Recordings as cameras saw them, in the canonical points that keypoints and targets are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...errors import FormatError
from ...formats.perfectrep.preprocessed import Floats, SeenRecording
from ...motion import to_z_up
from ...skeleton import H36M17
from ..mocap.completion import complete, implausibility
from ..synthesis.stature import upright_stature

_LEVEL = to_z_up(np.eye(3), "-y")  # from the axes of a level camera to a room with z up


@dataclass(frozen=True, eq=False)
class SeenBodies:
    """Bodies in the axes of the cameras that saw them, recordings one after the other: `points` (N, 25, 3) m of
    `canonical25`; `first` and `last` (N,), the rows at which the recording of a row begins and ends; `height_m` (N,),
    how tall the person is."""

    points: Tensor
    first: Tensor
    last: Tensor
    height_m: Tensor

    @classmethod
    def of(cls, recordings: Sequence[SeenRecording], device: torch.device) -> SeenBodies:
        """The bodies in recordings.  Raises FormatError if one is not that of a person."""
        bodies = [torch.from_numpy(canonical(recording)) for recording in recordings]
        lengths = torch.tensor([len(body) for body in bodies])
        ends = lengths.cumsum(0)
        tall = _heights(recordings, bodies)
        per_row = (ends - lengths, ends - 1, torch.tensor([tall[recording.person] for recording in recordings]))
        first, last, height_m = (values.repeat_interleave(lengths).to(device) for values in per_row)
        return cls(torch.cat(bodies).to(device), first, last, height_m)

    def windows(self, rows: Tensor, frames: Tensor) -> Tensor:
        """The bodies (B, T, 25, 3) in frames (B, T) relative to rows (B,); before the start of a recording its first
        pose is repeated, as in live use, and after its end the last."""
        at = (rows[:, None] + frames).maximum(self.first[rows, None]).minimum(self.last[rows, None])
        return self.points[at]


def canonical(recording: SeenRecording) -> Floats:
    """The 25 canonical points (T, 25, 3) m in the camera's axes.  Human3.6M's joints are kept, the face, heels and
    toes are those of mean heads and feet: the further points of Fit3D have no names that are certain."""
    level = recording.joints_m[:, : len(H36M17)].astype(np.float64) @ _LEVEL
    points = complete({name: level[:, joint] for joint, name in enumerate(H36M17.joints)})
    if problem := implausibility(points):
        raise FormatError(f"{recording.name}: {problem}")
    back: Floats = (points @ _LEVEL.T).astype(np.float32)
    return back


def _heights(recordings: Sequence[SeenRecording], bodies: Sequence[Tensor]) -> dict[str, float]:
    """How tall everybody is, m, by all recordings of them."""
    of_person: dict[str, list[Tensor]] = {}
    for recording, body in zip(recordings, bodies, strict=True):
        of_person.setdefault(recording.person, []).append(body)
    return {person: float(upright_stature(torch.cat(all_of))) for person, all_of in of_person.items()}
