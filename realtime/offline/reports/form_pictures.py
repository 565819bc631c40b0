"""The pictures in the report of a set: start, bottom and lock-out of each repetition, and what shows each fault.

Those of one repetition are cut alike, so that its way down is seen.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ...analysis.form.result import FormResult
from ...motion import Floats, Motion3D
from ...pose import Frame, Pose2D
from ...report.form.moments import Moment, moments
from ...report.form.pictures import Picture
from ...report.markup import Markup
from ...report.photographs import Cut, cut_around, photograph
from ...report.stick_figures import side_views
from ..frame_log import FrameLog

_ABOUT = "the person, with the keypoints that were found"


class Photographs:
    """Cut out of the recording's frames, which are added as they come."""

    def __init__(self, log: FrameLog, motion: Motion3D, result: FormResult) -> None:
        self._moments = moments(result, motion.times_s)
        self._seen = {m.row: seen for m in self._moments if (seen := log.keypoints_at(m.row)) is not None}
        self._cuts = _cuts(self._moments, self._seen)
        self._by_row: defaultdict[int, list[int]] = defaultdict(list)  # numbers of repetitions
        for moment in self._moments:
            if moment.number not in self._by_row[moment.row]:
                self._by_row[moment.row].append(moment.number)
        self._shown: dict[tuple[int, int], Markup] = {}

    @property
    def last_row(self) -> int:
        """The last row that is shown, -1 if none is."""
        return max(self._seen, default=-1)

    def add(self, row: int, frame: Frame) -> None:
        """Take a frame's picture where it is shown."""
        if row in self._seen:
            for number in self._by_row[row]:
                self._shown[number, row] = photograph(frame.image, self._seen[row], _ABOUT, self._cuts[number])

    def pictures(self) -> list[Picture]:
        """Those of the frames that were added."""
        return [Picture(m, self._shown[m.number, m.row]) for m in self._moments if (m.number, m.row) in self._shown]


def _cuts(found: list[Moment], seen: dict[int, Pose2D]) -> dict[int, Cut]:
    """The part of the picture for each repetition."""
    of_number: defaultdict[int, list[Pose2D]] = defaultdict(list)
    for moment in found:
        if moment.row in seen:
            of_number[moment.number].append(seen[moment.row])
    return {number: cut_around(*every) for number, every in of_number.items()}


def drawings(motion: Motion3D, result: FormResult) -> list[Picture]:
    """The joints from the side, of motion without pictures."""
    found = [moment for moment in moments(result, motion.times_s) if motion.valid[moment.row]]
    if not found:
        return []
    bodies = [motion.joints[moment.row].astype(float) for moment in found]
    drawn = side_views(bodies, motion.skeleton, heading_deg(motion))
    return [Picture(moment, drawing) for moment, drawing in zip(found, drawn, strict=True)]


def heading_deg(motion: Motion3D) -> float:
    """Where the person faces, or its head points to where it lies: degrees from x to y, as in most frames."""
    at = {name: motion.joints[:, i].astype(float) for i, name in enumerate(motion.skeleton.joints)}
    across = at["right_hip"] - at["left_hip"]
    trunk = sum(at[f"{side}_shoulder"] - at[f"{side}_hip"] for side in ("left", "right"))
    facing = np.stack([-across[:, 1], across[:, 0]], -1)  # up × across: the body's front
    lies = np.nanmedian(np.hypot(trunk[:, 0], trunk[:, 1])) > np.nanmedian(np.abs(trunk[:, 2]))
    ahead: Floats = np.nanmedian(trunk[:, :2] if lies else facing, axis=0)
    return float(np.degrees(np.arctan2(ahead[1], ahead[0])))
