"""The pictures in the report of a gait: contact, mid-stance and toe-off of each foot.

Of a recording of pictures the few frames that are shown are read a second time: so no picture is kept while it is
lifted, and the stride that is seen best can be chosen.
"""

from __future__ import annotations

import numpy as np

from ...analysis.gait.result import GaitResult
from ...motion import Floats, Motion3D
from ...report.gait.moments import moments
from ...report.gait.page import Picture
from ...report.photographs import photograph
from ...report.stick_figures import side_views
from ..frame_log import FrameLog
from ..part import frames_at
from ..task import Task


def photographs(task: Task, log: FrameLog, motion: Motion3D, result: GaitResult) -> list[Picture]:
    """Cut out of the recording's frames, with the keypoints drawn."""
    found = moments(result, motion.times_s, _clearness(motion))
    seen = {moment.row: keypoints for moment in found if (keypoints := log.keypoints_at(moment.row)) is not None}
    about = "the person, with the keypoints that were found"
    shown = {row: photograph(frame.image, seen[row], about) for row, frame in frames_at(task, seen)}
    return [Picture(moment, shown[moment.row]) for moment in found if moment.row in shown]


def drawings(motion: Motion3D, result: GaitResult) -> list[Picture]:
    """The joints from the side, of motion without pictures."""
    found = [moment for moment in moments(result, motion.times_s) if motion.valid[moment.row]]
    if not found:
        return []
    bodies = [motion.joints[moment.row].astype(float) for moment in found]
    drawn = side_views(bodies, motion.skeleton, result.heading_deg or 0.0)
    return [Picture(moment, drawing) for moment, drawing in zip(found, drawn, strict=True)]


def _clearness(motion: Motion3D) -> Floats | None:
    """How well (T,) the person is seen: large, and not cut by the picture's edge."""
    if motion.notes is None:
        return None
    clearness: Floats = np.nan_to_num(motion.notes.height_px.astype(float)) / (1 + np.maximum(motion.notes.at_edge, 0))
    return clearness
