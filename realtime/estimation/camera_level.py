"""By how much published axes are levelled: a camera's pitch, given or estimated as poses come."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

import numpy as np

from ..camera import Points, camera_to_published
from ..kinematics.camera_tilt import COLUMNS, Sample, estimated_pitch, upright_sample
from ..pose import ESTIMATED, GIVEN, UNKNOWN, Array, CameraPitch
from ..skeleton import Skeleton

# One pose in 0.1 s is a sample, as every third one at 30 fps, whose times are not exact.  The newest two minutes of
# them are kept, and of all at least as many, evenly.
_SAMPLE_EVERY_S, _KEPT = 0.095, 1200
SETTLED = 50  # samples: 5 s of standing or walking
_SMALLEST_CHANGE_DEG = 1.0  # smaller ones are not followed
_TURN_DEG_PER_S = 6.0  # 3 mm a frame at a metre from the pelvis


class CameraLevel:
    """How far below the horizon a camera is taken to look: given, or, with `pitch_deg` None, estimated as the
    poses come.  One object for all people before the camera.

    An estimate is made after 5 s of upright poses, again when there are twice as many, and from two minutes
    on once in two minutes; between them it is held.  The published axes (`rotation`, which levels by
    `pitch_deg`) turn to it by 6° a second, so that nothing jumps.
    """

    def __init__(self, pitch_deg: float | None = 0.0) -> None:
        self.is_estimated = pitch_deg is None
        self.pitch_deg = pitch_deg or 0.0
        self.rotation = camera_to_published(self.pitch_deg)
        self._settled_deg: float | None = None
        self._newest: deque[Sample] = deque(maxlen=_KEPT)
        self._all: list[Sample] = []
        self._step = 1  # from one of all samples that is kept to the next
        self._count, self._due = 0, SETTLED
        self._sampled_s = self._t_s = -math.inf

    @property
    def now(self) -> CameraPitch:
        """The pitch that is given, or that the estimate has settled on."""
        return self._pitch(self._settled_deg)

    def over_all(self) -> CameraPitch:
        """The pitch from samples of the whole time, for the end of a recording, which may be shorter than 5 s."""
        return self._pitch(estimated_pitch(_array(self._all)))

    def _pitch(self, estimated_deg: float | None) -> CameraPitch:
        if not self.is_estimated:
            return CameraPitch(self.pitch_deg, GIVEN)
        return CameraPitch(0.0, UNKNOWN) if estimated_deg is None else CameraPitch(estimated_deg, ESTIMATED)

    def add(self, joints: Array, root: Array | None, skeleton: Skeleton, t_s: float) -> None:
        """Take in a pose of which knees and ankles were seen: joints (J, 3) and root (3,), m, camera axes."""
        if not self.is_estimated or 0 <= t_s - self._sampled_s < _SAMPLE_EVERY_S:
            return
        sample = upright_sample(joints, root, skeleton)
        if sample is None:
            return
        self._sampled_s = t_s
        self._keep(sample)
        self._count += 1
        if self._count >= self._due:
            self._due = self._count + min(self._count, _KEPT)
            self._settle()

    def _keep(self, sample: Sample) -> None:
        self._newest.append(sample)
        if self._count % self._step == 0:
            self._all.append(sample)
        if len(self._all) == 2 * _KEPT:
            self._all = self._all[::2]
            self._step *= 2

    def turn(self, t_s: float) -> None:
        """Turn the axes towards the estimate, as far as is due at this time."""
        step_s, self._t_s = t_s - self._t_s, t_s
        if self._settled_deg is None or self._settled_deg == self.pitch_deg or not 0 < step_s < math.inf:
            return
        most_deg = _TURN_DEG_PER_S * step_s
        self.pitch_deg += min(max(self._settled_deg - self.pitch_deg, -most_deg), most_deg)
        self.rotation = camera_to_published(self.pitch_deg)

    def _settle(self) -> None:
        found_deg = estimated_pitch(_array(self._newest), SETTLED)
        held_deg = self._settled_deg or 0.0
        if found_deg is not None:
            self._settled_deg = found_deg if abs(found_deg - held_deg) >= _SMALLEST_CHANGE_DEG else held_deg


def _array(samples: Iterable[Sample]) -> Points:
    return np.array(list(samples), np.float64).reshape(-1, COLUMNS)
