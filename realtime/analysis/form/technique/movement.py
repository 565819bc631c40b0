"""One repetition as a movement of a level body: the paths that its measures are read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....kinematics.vectors import unit
from ....motion import Floats
from ...body import SIDES, Body
from ..exercises import elbow_flexion_deg, hip_flexion_deg, knee_flexion_deg
from ..result import Repetition

# What rises in the second half: from where to where.  In a squat the shoulders, on which a bar lies.
_RISES = {
    "squat": ("ankle", "shoulder"),
    "deadlift": ("ankle", "wrist"),
    "bench-press": ("shoulder", "wrist"),
    "push-up": ("wrist", "shoulder"),
}
_HIPS_RISE = "ankle", "hip"
ARMS = "bench-press", "push-up"  # the exercises whose effort is that of the elbows
LYING = ARMS  # the trunk is not upright
BAR = "deadlift", "bench-press"  # the wrists' mean is a bar
_NEAR_TURN = 0.1  # of the range
_HARDLY_SEEN = 0.01
_ABOUT_TURN_S = 0.1
_STANDING_S = 0.3  # before a repetition


@dataclass(frozen=True, eq=False)
class Movement:
    """The frames (T,) of a repetition of an exercise, from its start to lock-out, of a level, filtered body; `lifted`
    from a picture, or measured."""

    body: Body
    exercise: str
    repetition: Repetition
    lifted: bool = False

    @property
    def working(self) -> tuple[str, ...]:
        """The sides that work."""
        return (self.repetition.side,) if self.repetition.side else SIDES

    @cached_property
    def part(self) -> slice:
        """The frames of the body."""
        return slice(self._frame(self.repetition.start_s), self._frame(self.repetition.end_s) + 1)

    @cached_property
    def bottom(self) -> int:
        """Where it turns, among the movement's frames."""
        return self._frame(self.repetition.bottom_s) - self._frame(self.repetition.start_s)

    @cached_property
    def times_s(self) -> Floats:
        """(T,) on the clock of the motion."""
        return self.body.times_s[self.part]

    def point(self, name: str) -> Floats:
        """A point (T, 3) about the middle of the hips; NaN where the body does not have it."""
        path = self.body.at.get(name)
        return np.full((len(self.times_s), 3), np.nan) if path is None else path[self.part]

    def middle(self, part: str) -> Floats:
        """Between the left and the right one of a part (T, 3)."""
        middle: Floats = (self.point(f"left_{part}") + self.point(f"right_{part}")) / 2
        return middle

    def between(self, part: str) -> Floats:
        """From the right to the left one of a part (T, 3)."""
        return self.point(f"left_{part}") - self.point(f"right_{part}")

    @property
    def joint(self) -> str:
        """That which bends most in the exercise."""
        return "elbow" if self.exercise in ARMS else "knee"

    def seen(self, side: str) -> float:
        """The mean score of a side's knee (elbow), 0..1; 1 where it is no joint of the skeleton."""
        score = self.body.score.get(f"{side}_{self.joint}")
        return 1.0 if score is None else float(score[self.part].mean())

    @cached_property
    def shares(self) -> dict[str, float]:
        """What the working sides count in means, by how well their knees (elbows) are seen: from the side a camera
        hardly sees the farther leg."""
        seen = {side: max(self.seen(side), _HARDLY_SEEN) for side in self.working}
        return {side: score / sum(seen.values()) for side, score in seen.items()}

    @cached_property
    def left(self) -> Floats:
        """To the left of the body (3,), horizontal: across hips and shoulders, the mean of the repetition."""
        return left_of(self.between("hip"), self.between("shoulder"))

    @cached_property
    def ahead(self) -> Floats:
        """Ahead of the body (3,), horizontal."""
        x, y, _ = self.left
        return np.array([y, -x, 0.0])

    @cached_property
    def trunk(self) -> Floats:
        """From between the hips to between the shoulders (T, 3)."""
        return self.middle("shoulder") - self.middle("hip")

    @cached_property
    def lean_deg(self) -> Floats:
        """Of the trunk against the vertical in the sagittal plane (T,); forwards is positive."""
        lean: Floats = np.degrees(np.arctan2(self.trunk @ self.ahead, self.trunk[:, 2]))
        return lean

    @cached_property
    def sideways_deg(self) -> Floats:
        """Of the trunk against the vertical in the frontal plane (T,); to the left is positive."""
        along = np.linalg.norm(self.trunk, axis=1)
        sideways: Floats = np.degrees(np.arcsin(np.clip(self.trunk @ self.left / along, -1, 1)))
        return sideways

    def knee_deg(self, side: str = "") -> Floats:
        """Flexion of the knee (T,), of the working legs without a side."""
        return self._flexion(knee_flexion_deg, side)

    def hip_deg(self, side: str = "") -> Floats:
        """Flexion of the hip (T,), of the working legs without a side."""
        return self._flexion(hip_flexion_deg, side)

    def elbow_deg(self, side: str = "") -> Floats:
        """Flexion of the elbow (T,), of both without a side."""
        return self._flexion(elbow_flexion_deg, side)

    @cached_property
    def effort_deg(self) -> Floats:
        """The angle that the exercise goes through (T,): high where it turns."""
        if self.exercise in ARMS:
            return self.elbow_deg()
        return self.hip_deg() if self.exercise == "deadlift" else self.knee_deg()

    @cached_property
    def height_m(self) -> Floats:
        """Of what rises in the second half (T,)."""
        below, above = _RISES.get(self.exercise, _HIPS_RISE)
        height: Floats = (self.middle(above) - self.middle(below))[:, 2]
        return height

    @cached_property
    def knee_separation(self) -> Floats:
        """Distance of the knees across the body (T,) as a share of the ankles, which stand still: their median."""
        apart = float(np.nanmedian(self.between("ankle") @ self.left))
        separation: Floats = (self.between("knee") @ self.left) / apart
        return separation

    @cached_property
    def turning(self) -> tuple[int, int]:
        """The first and the last frame in which the effort is within a tenth of its range from that at the turn."""
        effort = self.effort_deg
        turn, rest = self.at_turn(effort), min(effort[0], effort[-1])
        near = np.flatnonzero(effort >= turn - _NEAR_TURN * (turn - rest)).tolist()  # none where points are not known
        return min([self.bottom, *near[:1]]), max([self.bottom, *near[-1:]])

    def thigh(self, side: str) -> Floats:
        """From the knee to the hip (T, 3)."""
        return self.point(f"{side}_hip") - self.point(f"{side}_knee")

    def at_turn(self, path: Floats) -> float:
        """The value of a path (T,) where it turns: the median of a fifth of a second, which a spoiled frame does not
        move."""
        near = path[np.abs(self.times_s - self.times_s[self.bottom]) <= _ABOUT_TURN_S]
        return float(np.nanmedian(near)) if np.isfinite(near).any() else np.nan

    def standing(self, path: Floats) -> float:
        """The value of a path of the body, as it stands before the repetition: the median of the last 0.3 s, NaN where
        it is not known."""
        start = self.part.start
        before = path[max(0, start - round(_STANDING_S * self.body.fps)) : start + 1]
        known = before[np.isfinite(before)]
        return float(np.median(known)) if len(known) else np.nan

    def at_s(self, frame: int) -> float:
        """The time of one of the movement's frames."""
        return float(self.times_s[frame])

    def score(self, part: str, either: bool) -> float:
        """The mean score of a part during the repetition: of the working sides the lower one, or with `either` the
        higher one; NaN where it is no joint."""
        names = [f"{side}_{part}" for side in self.working]
        found = [self.body.score[name][self.part].mean() for name in names if name in self.body.score]
        return float((max if either else min)(found, default=np.nan))

    def _flexion(self, of: Callable[[Body, str], Floats], side: str) -> Floats:
        """Of one side, or the mean of the working ones."""
        shares = {side: 1.0} if side else self.shares
        mean: Floats = np.sum([share * of(self.body, one)[self.part] for one, share in shares.items()], axis=0)
        return mean

    def _frame(self, t_s: float) -> int:
        return int(np.clip(round((t_s - self.body.times_s[0]) * self.body.fps), 0, len(self.body.times_s) - 1))


def left_of(hips: Floats, shoulders: Floats) -> Floats:
    """To the left of a body (3,), horizontal, from the lines across hips and shoulders (T, 3); those of the shoulders
    may be unknown."""
    across = np.nanmean(hips + np.nan_to_num(shoulders), axis=0) * [1, 1, 0]
    return unit(across)
