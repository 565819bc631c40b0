"""The motion of a runner."""

from __future__ import annotations

import numpy as np

from realtime.motion import motion
from realtime.pose import ROOM
from realtime.skeleton import RUNNER18


def runner(frames=4, fps=85.0, skeleton=RUNNER18, seed=0):
    """Somebody of some shape who moves along x, 1 m above the floor."""
    shape = np.random.default_rng(seed).uniform(-0.8, 0.8, (len(skeleton), 3))
    shape[skeleton.root] = 0
    root = np.stack([np.arange(frames) / fps * 3, np.zeros(frames), np.ones(frames)], -1)
    return motion(np.repeat(shape[None], frames, 0), fps, root_m=root, skeleton=skeleton, place=ROOM)
