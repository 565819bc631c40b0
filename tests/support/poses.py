"""Poses, frames and places that several test modules share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realtime.pose import Frame, Pose2D
from realtime.skeleton import COCO17

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"  # small files that programs met in public and read wrong
SHARED = ROOT.parent / "shared"  # material for trials that stays outside the project


def pose_2d(xy, *, score=1.0, index=0, size_wh=(640, 480), t_s=None, person=0, skeleton=COCO17, **more):
    """A Pose2D with plain defaults, 30 frames a second."""
    t_ns = int((index / 30 if t_s is None else t_s) * 1e9)
    xy = np.asarray(xy, np.float32)
    scores = np.broadcast_to(np.float32(score), len(xy)).copy()
    return Pose2D(xy, scores, size_wh, skeleton, index, t_ns, t_ns, person=person, **more)


def frame_at(index, *, image=None, fps=30.0, **more):
    """A Frame of a steady camera; grey unless an image is given."""
    if image is None:
        image = np.full((48, 64, 3), 128, np.uint8)
    t_ns = int(index / fps * 1e9) + 1_000_000_000
    return Frame(image, index, t_ns, t_ns + 10**18, **more)
