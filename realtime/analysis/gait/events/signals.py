"""A filtered body and where it goes: the paths that events are read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ....motion import Floats
from ...body import Body
from ..posture import foot_pitch, knee_flexion
from ..progress import Progress, Swing, swings_of
from ..result import SIDES


@dataclass(frozen=True, eq=False)
class Signals:
    """A filtered body and where it goes, from which methods read what they need.  Paths are worked out once."""

    body: Body
    progress: Progress
    _known: dict[str, Floats] = field(default_factory=dict, repr=False)

    def swings(self) -> list[Swing]:
        """The swings of both feet, those of the left one first."""
        return [swing for side in SIDES for swing in swings_of(self.body, side, self.progress.ahead)]

    def place(self, point: str) -> Floats:
        """How far (T,) a point is ahead of the hips, m."""
        return self._once(f"{point} place", lambda: (self.body.at[point] * self.progress.ahead).sum(1))

    def height(self, point: str) -> Floats:
        """Height (T,) of a point in the room, or where that is not known above the hips, m."""
        height = self.body.at[point][:, 2]
        travel = self.body.travel
        return self._once(f"{point} height", lambda: height if travel is None else height + travel[:, 2])

    def knee_flexion(self, side: str) -> Floats:
        """Flexion (T,) of a knee, degrees."""
        return self._once(f"{side} knee flexion", lambda: knee_flexion(self.body, side))

    def foot_pitch(self, side: str) -> Floats:
        """Foot (T,) against the ground, degrees; the toe up is positive."""
        return self._once(f"{side} foot pitch", lambda: foot_pitch(self.body, side, self.progress.ahead))

    def fall(self, point: str) -> Floats:
        """Vertical velocity (T,) of a point, m/s."""
        return self._once(f"{point} fall", lambda: np.gradient(self.height(point), 1 / self.body.fps))

    def speed_in_room(self, point: str) -> Floats:
        """Speed (T,) of a point over the ground in the sagittal plane, m/s; on a treadmill over its belt."""
        return self._once(f"{point} speed", lambda: self._speed_in_room(point))

    def _speed_in_room(self, point: str) -> Floats:
        body, ahead = self.body, self.progress.ahead
        path = body.at[point] if body.travel is None else body.at[point] + body.travel
        velocity = np.gradient(path, 1 / body.fps, axis=0)
        forwards = (velocity * ahead).sum(1) + (self.progress.pace_m_s if self.progress.treadmill else 0.0)
        speed: Floats = np.hypot(forwards, velocity[:, 2])
        return speed

    def _once(self, name: str, path: Callable[[], Floats]) -> Floats:
        if name not in self._known:
            self._known[name] = path()
        return self._known[name]
