"""What users get of a shot: lifted as `lift` does with a quality, or as live use gives it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...formats.keypoints_npz import write_keypoints
from ...motion import Motion3D
from ...offline.lift import lift_video
from ...offline.quality import FAST
from ...track import KeypointTrack
from .shots import Shot


@dataclass(frozen=True)
class Way:
    """From keypoints to joints: a `name` for tables, the network, by name or path, and the --quality."""

    name: str
    model: str
    quality: str


def lifted(shot: Shot, way: Way, *, told: bool = True) -> Motion3D:
    """The motion of a shot, in the time of what was captured; `told`: with the person's height."""
    motion = lift_keypoints(shot.seen, way, shot.captured.height_m if told else None)
    return replace(motion, times_s=motion.times_s + np.float64(shot.start_s))


def lift_keypoints(track: KeypointTrack, way: Way, height_m: float | None = None) -> Motion3D:
    """The motion of keypoints.  As `gait`, `form` and `run` do by themselves, the tilt of the camera is estimated for a
    recording, and not live."""
    settings: dict[str, Any] = {} if height_m is None else {"height": height_m}
    if way.quality != FAST:
        settings["camera_pitch"] = "auto"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keypoints.npz"
        write_keypoints(path, track)
        return lift_video(path, model=way.model, quality=way.quality, **settings)
