"""What users get of a shot: lifted as `lift` does with a quality, or as live use gives it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....formats.keypoints_npz import write_keypoints
from ....motion import Motion3D
from ....offline.lift import lift_video
from ....offline.quality import FAST, GOOD
from .shots import Shot


@dataclass(frozen=True)
class Way:
    """From keypoints to joints: a `name` for tables, the network, by name or path, and the --quality."""

    name: str
    model: str
    quality: str


OFFLINE = Way("lift --quality good", "symmetric-runner-feet-81", GOOD)
LIVE = Way("live", "causal-runner-feet-27", FAST)


def lifted(shot: Shot, way: Way, *, told: bool = True) -> Motion3D:
    """The motion of a shot, in the trial's time; `told`: with the person's height.  As `gait` and `run` do by
    themselves, the tilt of the camera is estimated for a recording, and not live."""
    settings: dict[str, Any] = {"height": shot.trial.height_m} if told else {}
    if way.quality != FAST:
        settings["camera_pitch"] = "auto"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keypoints.npz"
        write_keypoints(path, shot.seen)
        motion = lift_video(path, model=way.model, quality=way.quality, **settings)
    return replace(motion, times_s=motion.times_s + np.float64(shot.start_s))
