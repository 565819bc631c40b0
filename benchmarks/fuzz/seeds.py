"""Small files that can be read, to begin with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from realtime.motion import Motion3D, motion
from realtime.skeleton import H36M17, Skeleton

FRAMES = 3


def written(write: Callable[[Path], object], name: str) -> dict[str, bytes]:
    """The contents of the files that `write` makes in the folder of the path it is given, by their names."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / name)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def a_motion(skeleton: Skeleton = H36M17) -> Motion3D:
    """Somebody who trembles, 4 m away; unseen in the second frame."""
    joints = np.random.default_rng(0).normal(0, 0.3, (FRAMES, len(skeleton), 3))
    joints[:, skeleton.parents.index(-1)] = 0
    joints[1] = np.nan
    root = np.tile([0.0, 4.0, 1.0], (FRAMES, 1))
    about = {"root_m": root, "source": "a.mp4", "model": "causal-27@1a2b3c4d", "height_m": 1.8}
    return motion(joints, 30.0, skeleton=skeleton, **about)


def points(joints: int, columns: int = 3) -> np.ndarray:
    """(T, joints, columns) of small numbers."""
    return np.random.default_rng(1).normal(0, 0.5, (FRAMES, joints, columns)).round(3)
