"""What detectors and lifters answer, checked: shapes, and numbers that are finite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...pose import NOT_FINITE, STAGE_FAILED, Detection, Estimate

# Beyond these, and beyond any picture and any room, are numbers that are finite and mean nothing.
_FARTHEST_PX, _FARTHEST_M = 1e6, 1e4


class WrongAnswer(Exception):
    """A stage has answered what is none; `reason` is that of the pose of this frame."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


def checked_detection(detection: Detection) -> Detection:
    """The detection.  Raises WrongAnswer for keypoints of the wrong shape, and for numbers that are not finite;
    a joint that was not found is NaN with score 0."""
    for pose in detection.tracked:
        joints = len(pose.skeleton)
        if pose.xy.shape != (joints, 2) or pose.score.shape != (joints,):
            shapes = f"{pose.xy.shape} and {pose.score.shape}"
            raise WrongAnswer(f"keypoints and scores of the shapes {shapes} for {joints} joints", STAGE_FAILED)
        if not (np.abs(pose.xy[pose.score != 0]) <= _FARTHEST_PX).all() or not np.isfinite(pose.score).all():
            raise WrongAnswer("keypoints that are not finite numbers, or far outside", NOT_FINITE)
    return detection


def checked_estimates(estimates: Sequence[Estimate]) -> Sequence[Estimate]:
    """The estimates.  Raises WrongAnswer as `checked_detection` does."""
    for estimate in estimates:
        pose = estimate.pose
        if not pose.valid:
            continue
        joints = len(pose.skeleton)
        if pose.xyz.shape != (joints, 3):
            raise WrongAnswer(f"an array of the shape {pose.xyz.shape} for {joints} joints", STAGE_FAILED)
        if not (np.abs(pose.xyz) <= _FARTHEST_M).all() or not np.isfinite(pose.score).all():
            raise WrongAnswer("joints that are not finite numbers, or far outside", NOT_FINITE)
    return estimates
