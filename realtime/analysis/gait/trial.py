"""What measures are taken from: events and strides, and where points were over the ground at any time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...motion import Floats
from ..body import Body
from .events.finding import Step
from .events.signals import Signals
from .result import MARKERS, RUN, RUN_WITHOUT_FLIGHT, SIDES, WALK, Stride

# Which part of the foot stands still, and from which to which share of stance: OpenCap's window of treadmill speed for
# a walk; in a run the forefoot, for the heel lands late and rises early.  In 33 walks of motion capture the heel is 1 %
# faster and the ankle 2 % slower than the hips over the ground, in 6 runs the forefoot 5 % and the ankle 15 % slower.
_STANDING = {
    WALK: (("heel", 0.1, 0.7), ("ankle", 0.1, 0.7)),
    RUN: (("toe", 0.3, 0.8), ("ankle", 0.2, 0.6)),
}
_STANDING[RUN_WITHOUT_FLIGHT] = _STANDING[RUN]


@dataclass(frozen=True, eq=False)
class Trial:
    """`strides` are those that take part in the measures; `origin` is that of the points (result.ORIGINS).
    `speed_factor`: see offsets.speed_factor."""

    signals: Signals
    kind: str
    origin: str
    steps: list[Step]
    strides: tuple[Stride, ...]
    speed_factor: float = 1.0

    @property
    def body(self) -> Body:
        """The filtered body."""
        return self.signals.body

    @property
    def ahead(self) -> Floats:
        """Direction of progress (T, 3)."""
        return self.signals.progress.ahead

    @property
    def in_room(self) -> bool:
        """Whether places over the ground come from the room, and not from how fast the feet go back."""
        return self.origin == MARKERS and self.body.travel is not None

    def value(self, path: Floats, t_s: float) -> float:
        """A path (T,) at a time."""
        return float(self.body.value(path, t_s))

    def place(self, point: str, t_s: float) -> Floats:
        """Where (3,) a point was over the ground, m."""
        return self.body.value(self.body.at[point], t_s) + self.body.value(self.ground, t_s)

    def direction(self, t_s: float) -> Floats:
        """Direction of progress (3,) at a time."""
        return self.body.value(self.ahead, t_s)

    def between(self, path: Floats, start_s: float, stop_s: float) -> Floats:
        """The instants of a path (T,) from one time to another."""
        first, last = np.ceil((np.array([start_s, stop_s]) - self.body.times_s[0]) * self.body.fps).astype(int)
        return path[first : max(last, first + 1)]

    @cached_property
    def standing(self) -> tuple[str, float, float]:
        """The part of the foot whose speed under the hips is taken, and the shares of stance between which."""
        return next(row for row in _STANDING[self.kind] if self.body.has(row[0]))

    @cached_property
    def stance_speeds(self) -> tuple[Floats, Floats]:
        """Times (N,) in the middle of stances and the speed (N,), m/s, at which the standing foot goes back under the
        hips in each."""
        part, *shares = self.standing
        times, speeds = [], []
        places = {side: self.signals.place(f"{side}_{part}") for side in SIDES}
        for step in self.steps:
            if step.contact and step.toe_off:
                start, stop = (step.contact.t_s + share * (step.toe_off.t_s - step.contact.t_s) for share in shares)
                path = places[step.side]
                speed = (self.value(path, start) - self.value(path, stop)) / (stop - start)
                if np.isfinite(speed):
                    times.append((start + stop) / 2)
                    speeds.append(self.speed_factor * speed)
        return np.array(times), np.array(speeds)

    @cached_property
    def speed(self) -> Floats | None:
        """Speed (T,) over the ground by the standing foot, m/s; None where no stance is known."""
        times, speeds = self.stance_speeds
        return np.interp(self.body.times_s, times, speeds) if len(times) else None

    @cached_property
    def ground(self) -> Floats:
        """Path (T, 3) of the middle of the hips over the ground: in the room where points were measured there (on a
        treadmill with its belt's motion added), else from the speed of the standing foot.  Heights are the room's
        where they are known.  NaN where neither is known."""
        body, treadmill = self.body, self.signals.progress.treadmill
        if self.in_room and body.travel is not None and not treadmill:
            return body.travel
        if self.speed is None:
            return np.full_like(self.ahead, np.nan)
        if self.in_room and body.travel is not None:
            return body.travel + self.belt_m_s * _path(self.ahead, np.ones(len(self.ahead)), body.fps)
        path = _path(self.ahead, self.speed, body.fps)
        if body.travel is not None:
            path[:, 2] = body.travel[:, 2]
        return path

    @cached_property
    def height_over_feet(self) -> Floats:
        """Height (T,) of the middle of the hips over the lowest point of the feet, m."""
        parts = [part for part in ("heel", "toe") if self.body.has(part)] or ["ankle"]
        heights = [self.body.at[f"{side}_{part}"][:, 2] for side in SIDES for part in parts]
        height: Floats = -np.fmin.reduce(heights)  # the lowest of those that are known
        return height

    @cached_property
    def belt_m_s(self) -> float:
        """Speed of a treadmill's belt: how fast standing feet go back in the room, the median."""
        assert self.body.travel is not None
        assert self.speed is not None
        drift = (np.gradient(self.body.travel, 1 / self.body.fps, axis=0) * self.ahead).sum(1)
        return float(np.nanmedian(self.speed - drift))


def _path(ahead: Floats, speed: Floats, fps: float) -> Floats:
    steps = ahead * speed[:, None] / fps
    path: Floats = np.cumsum(steps, 0) - steps / 2 - steps[:1] / 2
    return path
