"""Per-frame results of a recording: 516 bytes a frame, 564 where feet are among the keypoints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..camera import pitched
from ..estimation.camera_level import CameraLevel
from ..estimation.room.recording import in_room
from ..estimation.trust.account import Account
from ..estimation.trust.findings import findings, lines
from ..estimation.trust.frame_quality import FrameQuality, frame_quality
from ..motion import ASSUMED_FPS, FPS_LIMITS, Floats, Motion3D, motion, rate_of
from ..pose import PELVIS, REASONS, ROOM, Array, CameraPitch, Estimate, Finding, FrameNotes, Pose2D
from ..skeleton import COCO17, Skeleton
from .best_frame import BestFrame

_BLOCK = 4096  # rows: two minutes


class Rows:
    """Rows of one shape in large blocks: an array for each row would weigh more than the row."""

    def __init__(self, *shape: int, kind: type[np.floating[Any]] = np.float32) -> None:
        self._shape, self._kind = shape, kind
        self._blocks: list[NDArray[Any]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: ArrayLike) -> None:
        """Add a row of the shape."""
        place = self._count % _BLOCK
        if place == 0:
            self._blocks.append(np.empty((_BLOCK, *self._shape), self._kind))
        self._blocks[-1][place] = row
        self._count += 1

    def __getitem__(self, place: int) -> NDArray[Any]:
        if not 0 <= place < self._count:
            raise IndexError(place)
        row: NDArray[Any] = self._blocks[place // _BLOCK][place % _BLOCK]
        return row

    def array(self) -> NDArray[Any]:
        """All of them (T, …), copied."""
        rows: NDArray[Any] = np.concatenate([np.empty((0, *self._shape), self._kind), *self._blocks])
        return rows[: self._count]


class FrameLog:
    """Times, joints and keypoints of the frames, in order; `best` finds the one for a picture, if its
    `keeps_picture`.  `most_fps`: frames were skipped to have at most so many a second; `time_0_unix_s` as
    and `height_m` as in Motion3D; `level`: how far the camera looks down, which is one angle for the whole
    motion, whatever the poses were levelled by as they came; `place`: that of the motion, while the poses are about
    the pelvis; `points`: the keypoints that are kept, COCO-17 among them."""

    def __init__(
        self,
        model: str,
        skeleton: Skeleton,
        most_fps: float | None = None,
        time_0_unix_s: float | None = None,
        keeps_picture: bool = False,
        level: CameraLevel | None = None,
        height_m: float | None = None,
        place: str = PELVIS,
        points: Skeleton = COCO17,
    ) -> None:
        self.model = model
        self._height_m = height_m
        self._level = level or CameraLevel()
        self._place = place
        self._account = Account()
        self.time_0_unix_s = time_0_unix_s
        self._most_fps = most_fps or FPS_LIMITS[1]
        self.skeleton = skeleton
        self.people = 0  # frames with a person
        self.size_wh = (1, 1)
        self.best = BestFrame()
        self._keeps_picture = keeps_picture
        self._times_s = Rows(kind=np.float64)
        self._joints, self._scores, self._roots = Rows(len(skeleton), 3), Rows(len(skeleton)), Rows(3)
        self._kept = points
        self._points = Rows(len(points), 3)
        self._pitches_deg = Rows()
        self._notes = Rows(4)  # reason, people, height, keypoints at the edge

    def __len__(self) -> int:
        return len(self._times_s)

    def add(self, estimate: Estimate, t_s: float) -> None:
        """Take in the estimate of a frame, at a time of the recording."""
        pose = estimate.pose
        if self._keeps_picture:
            self.best.add(estimate)
        if estimate.frame is not None:
            self.size_wh = estimate.frame.size_wh
        self.people += pose.usable
        self._times_s.append(t_s)
        self._points.append(_points(estimate.keypoints, self._kept))
        self._joints.append(pose.xyz if pose.valid else np.nan)
        self._scores.append(pose.score if pose.valid else 0)
        self._roots.append(pose.root_m if pose.valid and pose.root_m is not None else np.nan)
        self._pitches_deg.append(pose.pitch_deg)
        quality = frame_quality(estimate)
        self._account.add(quality)
        self._notes.append(_notes(quality))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What makes the poses less trustworthy, the most important first."""
        return tuple(findings(self._account, None if self._level.is_estimated else self._level.pitch_deg))

    @property
    def camera_pitch(self) -> CameraPitch:
        """How far the camera looks down, from the whole motion."""
        return self._level.over_all()

    def best_estimate(self) -> Estimate:
        """The frame for a picture.  Raises ValueError without a frame."""
        best = self.best.chosen()
        if not (self._level.is_estimated and best.pose.valid):
            return best
        more_deg = np.array([self.camera_pitch.deg - best.pose.pitch_deg])
        return replace(best, pose=replace(best.pose, xyz=pitched(best.pose.xyz[None], more_deg)[0]))

    @property
    def trust_lines(self) -> tuple[str, ...]:
        """The same for people, at most three lines; one if there is nothing."""
        return lines(self._account, list(self.findings))

    @property
    def rate_hz(self) -> float:
        """Average frames a second, holes included: for files whose rows are frames, and have no times."""
        times_s = self.times_s()
        if len(times_s) < 2:
            return ASSUMED_FPS
        return float(np.clip((len(times_s) - 1) / (times_s[-1] - times_s[0]), *FPS_LIMITS))

    def motion(self, source: str) -> Motion3D:
        """The joints as a motion."""
        times_s, camera_pitch = self.times_s(), self.camera_pitch
        joints, roots = self._joints.array(), self._roots.array()
        more_deg = camera_pitch.deg - self._pitches_deg.array()
        if self._level.is_estimated:
            joints, roots = pitched(joints, more_deg), pitched(roots, more_deg)
        lifted = motion(
            joints,
            min(rate_of(times_s), self._most_fps),
            times_s=times_s,
            score=self._scores.array(),
            root_m=roots,
            skeleton=self.skeleton,
            source=source,
            model=self.model,
            time_0_unix_s=self.time_0_unix_s,
            height_m=self._height_m,
            notes=self._frame_notes(),
            findings=self.findings,
            camera_pitch=camera_pitch,
        )
        return in_room(lifted) if self._place == ROOM else lifted

    def _frame_notes(self) -> FrameNotes:
        reason, people, height_px, at_edge = self._notes.array().T
        return FrameNotes(
            reason=tuple(REASONS[number] for number in reason.astype(int)),
            people=people.astype(np.int16),
            height_px=height_px,
            at_edge=at_edge.astype(np.int16),
        )

    def times_s(self) -> Floats:
        """(T,): seconds since the start of the recording."""
        return self._times_s.array()

    def points(self) -> Array:
        """(T, 17, 3): x, y px and score of COCO-17, NaN where nobody was seen."""
        coco: Array = self._points.array()[:, self._kept.indices(COCO17.joints)]
        return coco

    def keypoints_at(self, row: int) -> Pose2D | None:
        """All keypoints that are kept of a frame, None where nobody was seen."""
        points = self._points[row].copy()
        if not np.isfinite(points).any():
            return None
        return Pose2D(points[:, :2], np.nan_to_num(points[:, 2]), self.size_wh, self._kept, row, 0, 0)


def _notes(quality: FrameQuality) -> ArrayLike:
    people, at_edge = (-1 if number is None else number for number in (quality.people, quality.at_edge))
    height_px = np.nan if quality.height_px is None else quality.height_px
    return [REASONS.index(quality.reason), people, height_px, at_edge]


def _points(keypoints: Pose2D | None, kept: Skeleton) -> ArrayLike:
    if keypoints is None:
        return np.nan
    chosen = keypoints.select(kept)
    points: Array = np.concatenate([chosen.xy, chosen.score[:, None]], 1)
    return points
