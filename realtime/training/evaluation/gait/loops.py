"""Looped trials: one captured stride, closed and repeated, with stretches and asymmetries that are known.

A stride from a left contact to the next one is cut out.  By how much the body is not back at where it was, but for its
way forward, is taken away over the stride in proportion to time, so that the loop closes; repeated strides are
stretched by N(1, 2 %), and the two steps in them by a known asymmetry.  All events, and so all true times, follow from
those of the one stride.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ....analysis.gait.result import CONTACT, LEFT, OTHER_SIDE, RIGHT, SIDES, TOE_OFF, symmetry_index_percent
from ....motion import Floats
from .contacts import Event, true_events
from .trials import Trial

STRETCH = 0.02  # standard deviation of stride times, relative
_SEED = 127
_MOST_RESIDUE_M = 0.25  # a stride after which a point of the body is farther from where it was is no stride


@dataclass(frozen=True, eq=False)
class Stride:
    """A closed stride of `duration_s` from a left contact: `points` (T, 25, 3) at evenly spaced phases from 0 to 1, at
    whose ends the body is the same but for `travel` (3,), the horizontal way; `events` (side, kind, phase)."""

    name: str
    person: str
    held_out: bool
    points: Floats
    duration_s: float
    travel: Floats
    events: tuple[tuple[str, str, float], ...]

    @property
    def middle(self) -> float:
        """Phase of the right contact."""
        return next(phase for side, kind, phase in self.events if (side, kind) == (RIGHT, CONTACT))

    def at(self, phase: Floats) -> Floats:
        """Points (T, 25, 3) at rising phases (T,), of which each whole number is another stride, on the way."""
        turn, part = np.divmod(phase, 1)
        row = part * (len(self.points) - 1)
        low = np.minimum(row.astype(int), len(self.points) - 2)
        share = (row - low)[:, None, None]
        points: Floats = (1 - share) * self.points[low] + share * self.points[low + 1]
        return points + turn[:, None, None] * self.travel


def strides_of(trial: Trial) -> list[Stride]:
    """The closed strides of a trial, from each left contact to the next, in which every event is known and after which
    the body is nearly as before."""
    events = true_events(trial)
    starts = [event.t_s for event in events if (event.side, event.kind) == (LEFT, CONTACT)]
    found = []
    for start, end in pairwise(starts):
        inside = [event for event in events if start <= event.t_s < end]
        if sorted((event.side, event.kind) for event in inside) == [(s, k) for s in SIDES for k in (CONTACT, TOE_OFF)]:
            found.append(_closed(trial, start, end, inside))
    return [stride for stride in found if stride is not None]


def _closed(trial: Trial, start_s: float, end_s: float, events: Sequence[Event]) -> Stride | None:
    count = round((end_s - start_s) * trial.rate_hz) + 1
    at = np.linspace(start_s, end_s, count) * trial.rate_hz
    low = np.minimum(at.astype(int), len(trial) - 2)
    share = (at - low)[:, None, None]
    points = (1 - share) * trial.points[low] + share * trial.points[low + 1]
    pelvis = trial.pelvis[low] + share[:, 0] * (trial.pelvis[low + 1] - trial.pelvis[low])
    travel = trial.forward * ((pelvis[-1] - pelvis[0]) @ trial.forward)
    residue = points[-1] - points[0] - travel
    if np.linalg.norm(residue, axis=1).max() > _MOST_RESIDUE_M:
        return None
    closed = points - np.linspace(0, 1, count)[:, None, None] * residue
    duration_s = end_s - start_s
    phases = tuple((event.side, event.kind, (event.t_s - start_s) / duration_s) for event in events)
    return Stride(trial.name, trial.person, trial.held_out, closed, duration_s, travel, phases)


@dataclass(frozen=True, eq=False)
class Loop:
    """A repeated `stride`, by its name, as a `trial`, its true `events`, and the asymmetry of step times
    that was put in; `speed_m_s` over ground or of the belt; `treadmill`: the body stays in place."""

    stride: str
    trial: Trial
    events: tuple[Event, ...]
    asymmetry_percent: float
    treadmill: bool
    speed_m_s: float

    def times(self, side: str, kind: str) -> Floats:
        """When a foot touches or leaves the floor (n,)."""
        return np.array([event.t_s for event in self.events if (event.side, event.kind) == (side, kind)])

    def stride_s(self) -> float:
        """Mean time from a contact to the next one of the same foot, over both feet."""
        return float(np.mean(np.concatenate([np.diff(self.times(side, CONTACT)) for side in SIDES])))

    def step_s(self, side: str) -> float:
        """Mean time from the other foot's contact to that of this one."""
        return float(np.mean(_after(self.times(OTHER_SIDE[side], CONTACT), self.times(side, CONTACT))))

    def contact_s(self, side: str) -> float:
        """Mean time that a foot is on the floor."""
        return float(np.mean(_after(self.times(side, CONTACT), self.times(side, TOE_OFF))))

    def symmetry_percent(self) -> float:
        """The symmetry index of the step times."""
        return symmetry_index_percent(self.step_s(LEFT), self.step_s(RIGHT))

    def step_length_m(self) -> float:
        """Mean way of a heel beyond the other one from its contact to this one's, along the way, over both feet."""
        trial, lengths = self.trial, []
        belt = self.speed_m_s if self.treadmill else 0.0
        for side in SIDES:
            contacts = self.times(side, CONTACT)
            before = self.times(OTHER_SIDE[side], CONTACT)
            for t_s in contacts[contacts > before[0]]:
                other_s = before[before < t_s][-1]
                ahead = self._along(f"{side}_heel", t_s) - self._along(f"{OTHER_SIDE[side]}_heel", other_s)
                lengths.append(ahead + belt * (t_s - other_s))
        assert trial.direction is not None
        return float(np.mean(lengths))

    def _along(self, joint: str, t_s: float) -> float:
        return float(np.interp(t_s, self.trial.times_s, self.trial.at(joint) @ self.trial.forward))


def loop(
    stride: Stride,
    repeats: int,
    rate_hz: float,
    asymmetry_percent: float = 0.0,
    *,
    treadmill: bool = False,
    stretch: float = STRETCH,
) -> Loop:
    """A stride, so many times over.  `asymmetry_percent`: how much longer the step to the left contact gets than that
    to the right one, as a symmetry index: half of it longer, half of it shorter."""
    rng = np.random.default_rng(_SEED)
    longer = asymmetry_percent / 200
    right_step, left_step = stride.middle * (1 - longer), (1 - stride.middle) * (1 + longer)
    durations = stride.duration_s * np.maximum(0.5, rng.normal(1, stretch, repeats))
    # Time against phase: straight from contact to contact.
    phases = np.concatenate([[n, n + stride.middle] for n in range(repeats)] + [[repeats]])
    parts = np.stack([right_step * durations, left_step * durations], 1).reshape(-1)
    times_s = np.concatenate([[0.0], np.cumsum(parts)])
    total_s = float(times_s[-1])
    clock = np.arange(int(total_s * rate_hz) + 1) / rate_hz
    points = stride.at(np.minimum(np.interp(clock, times_s, phases), repeats - 1e-9))
    speed = float(np.linalg.norm(stride.travel)) * repeats / total_s
    direction = stride.travel / np.linalg.norm(stride.travel)
    if treadmill:
        points = points - (speed * clock)[:, None, None] * direction
    events = sorted(
        (
            Event(side, kind, float(np.interp(turn + phase, phases, times_s)))
            for turn in range(repeats)
            for side, kind, phase in stride.events
        ),
        key=lambda event: event.t_s,
    )
    about = f"{stride.name} {asymmetry_percent:g} {'treadmill' if treadmill else 'overground'}"
    trial = Trial(about, stride.person, stride.held_out, points, rate_hz, direction)
    return Loop(stride.name, trial, tuple(events), asymmetry_percent, treadmill, speed)


def _after(starts: Floats, ends: Floats) -> Floats:
    """From each start to the first end after it; starts without one are left out."""
    place = np.searchsorted(ends, starts, side="right")
    known = place < len(ends)
    after: Floats = ends[place[known]] - starts[known]
    return after
