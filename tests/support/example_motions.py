"""Motions of one person for the tests of file formats: by formula, and whatever Hypothesis thinks of."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.motion_capture import walker

from realtime.motion import Motion3D, motion
from realtime.training.mocap.canonical25 import CANONICAL25_TO_H36M

TOUGH_NAME = 'Ann\'s "clip" nº 1, große Höhe'  # as a file and as what a file says of itself


def walk(frames: int = 20, fps: float = 29.97, **more) -> Motion3D:
    """Somebody who walks along x, 4 m away, with no hole."""
    joints = walker(frames)[:, CANONICAL25_TO_H36M]
    pelvis = joints[:, :1]
    about = {"root_m": pelvis[:, 0] + [0, 4, -1], "source": f"{TOUGH_NAME}.mp4", "model": "causal-27@1a2b3c4d"}
    return motion(joints - pelvis, fps, **(about | more))


def with_holes(frames: int = 12, **more) -> Motion3D:
    """The same; nobody is seen in the first, the fifth and the last frame."""
    whole = walk(frames, **more)
    joints, root = whole.joints.copy(), whole.root_m.copy()
    joints[[0, 4, frames - 1]] = np.nan
    root[[0, 4, 7, frames - 1]] = np.nan
    return motion(joints, whole.fps, root_m=root, source=whole.source, model=whole.model)


@st.composite
def motions(draw) -> Motion3D:
    """One to five frames of any joints within two metres, some without a person; somewhere, or nobody
    knows where."""
    frames = draw(st.integers(1, 5))
    joints = draw(arrays(np.float32, (frames, 17, 3), elements=st.floats(-2, 2, width=32)))
    joints[:, 0] = 0
    seen = draw(st.lists(st.booleans(), min_size=frames, max_size=frames).filter(any))
    joints[~np.array(seen)] = np.nan
    root = draw(st.none() | arrays(np.float32, (frames, 3), elements=st.floats(1, 9, width=32)))
    score = draw(arrays(np.float32, (frames, 17), elements=st.floats(0, 1, width=32)))
    score[~np.array(seen)] = 0
    fps = draw(st.sampled_from([15.0, 24.0, 29.97, 30.0, 50.0, 120.0]))
    height_m = draw(st.none() | st.floats(0.5, 2.5))
    return motion(joints, fps, score=score, root_m=root, height_m=height_m)
