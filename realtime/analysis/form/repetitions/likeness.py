"""How alike a movement and an exercise are: what a repetition looks like, learned from examples, in few numbers.

A movement is told by the posture that it starts from, by how that has changed where it turns and on the way, by what is
left of the change at its end, and by how long it takes.  A shallow repetition changes less: what an exercise changes is
scaled by how far it went.  What is of no concern (the arms in a squat, whether somebody sits who raises an arm) is
allowed to be anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from ....motion import Floats
from ...body import Body
from ..exercises import ARMS as WORKING_ARMS
from ..exercises import EXERCISES
from ..exercises import LEGS as WORKING_LEGS
from .cycles import Cycle
from .posture import ARMS, LEGS, POSTURE, postures

PROFILES = Path(__file__).resolve().parents[3] / "assets" / "exercise_profiles.json"
LEAST_SHARE, MOST_SHARE = 0.3, 1.5  # of the usual way: what the change is scaled by at least and at most
FAR, ALIKE = (1.8, 0.7), (0.6, 0.35)  # times the limit at most, from this share of the way on: see Profile
LIMITS = "limit", "told_limit", "least", "told_least", "whole", "told_far", "told_alike"
_OF_UNIT = {"shank forwards", "feet apart", "foot ahead", "foot above"}
_OF_UNIT |= {"arm outwards", "arm forwards", "forearm up", "chest up"}
_LEAST_SPREAD = np.array([12.0 if name in _OF_UNIT else 8.0 for name in POSTURE])  # between people, views, styles
_START_SPREAD = 1.5  # times the least
_ANYTHING, _NEARLY = 70.0, 40.0
_MANNER_SPREAD = 0.5, 0.2  # of the logarithm of the duration; of the share of it that is spent at the turn
_MOST = 4.0  # spreads: what one number can count at most
_AROUND = 2  # instants before and after, whose mean is taken
_WHOLE = 0.28
_HELD = 0.85  # of the way: at the turn


@dataclass(frozen=True, eq=False)
class Movement:
    """`start`, `change`, `mean` and `back`: POSTURE (17,) at the start, and as it differs from that at the turn, on
    average, and at the end; `manner`: the logarithm of its seconds, and the share of them that is spent at the turn.
    `way`: that of the effort; `side`: which limb works."""

    start: Floats
    change: Floats
    mean: Floats
    back: Floats
    manner: Floats
    way: float
    side: str


@dataclass(frozen=True, eq=False)
class Profile:
    """What an exercise looks like: the numbers of a movement of the usual `way`, in one row (70,), by how much they
    vary, how unlike (`limit`) a movement may be, and the `least` share of the way that it goes without a doubt; where
    somebody says that the exercise is done these are `told_limit` and `told_least`.  `whole`: the share of the way of
    a set's other repetitions from which on one is not partial.  `told_far` and `told_alike`: where it is told,
    how many times the limit what goes the share of FAR of the way may be unlike, and what only goes that of ALIKE."""

    way: float
    centre: Floats
    spread: Floats
    limit: float
    told_limit: float
    least: float
    told_least: float
    whole: float
    told_far: float = 0.0
    told_alike: float = 0.0
    is_told: bool = False

    def told(self) -> Profile:
        """The same where somebody says that the exercise is done."""
        return replace(self, limit=self.told_limit, least=self.told_least, is_told=True)

    def unlike(self, movement: Movement) -> float:
        """Mean square of how many spreads the numbers are away, each at most 16; 0 is alike."""
        away = (_row(movement) - self.centre * self._scale(movement)) / self.spread
        return mean_square(away)

    def numbers(self, movement: Movement) -> Floats:
        """The numbers (70,) of a movement as if it had gone the usual way, in spreads; those of repetitions of one set
        are near to each other."""
        return _row(movement) / self._scale(movement) / self.spread

    def backwards(self) -> Profile:
        """That of the same movement from its turn to where it starts, and back."""
        start, change, mean, back, manner = np.split(self.centre, np.cumsum([len(POSTURE)] * 4))
        return replace(self, centre=np.concatenate([start + change, -change, mean - change, back, manner]))

    def _scale(self, movement: Movement) -> Floats:
        share = min(max(movement.way / self.way, LEAST_SHARE), MOST_SHARE)
        parts = len(POSTURE)
        return np.repeat([1.0, share, share, 1.0, 1.0], [parts, parts, parts, parts, 2])


def mean_square(away: Floats) -> float:
    """Mean of squares of numbers in spreads, each at most 16."""
    return float(np.nanmean(np.minimum(away**2, _MOST**2)))


def movement_of(body: Body, effort: Floats, cycle: Cycle, side: str, seen: Seen) -> Movement:
    """The movement of a cycle of an `effort` (T,) of a body; `seen`: its postures (T, 17) by the side that works."""
    first, turn, last = np.searchsorted(body.times_s, [cycle.start_s, cycle.turn_s, cycle.end_s]).tolist()
    posture = seen[side]
    start = _at(posture, first)
    high = effort[first : last + 1] >= cycle.turn - (1 - _HELD) * cycle.way
    return Movement(
        start=start,
        change=_at(posture, turn) - start,
        mean=_mean(posture[first : last + 1]) - start,
        back=_at(posture, last) - start,
        manner=np.array([math.log(max(cycle.end_s - cycle.start_s, 0.1)), float(high.mean()) if len(high) else 0.0]),
        way=cycle.way,
        side=side,
    )


class Seen:
    """The postures (T, 17) of a body with either side as the one that works, each made when it is asked for."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._known: dict[str, Floats] = {}

    def __getitem__(self, side: str) -> Floats:
        if side not in self._known:
            self._known[side] = postures(self._body, side)
        return self._known[side]


def learned(exercise: str, movements: Iterable[Movement], way: float) -> Profile:
    """The profile of an exercise of EXERCISES from examples of its repetitions: medians and standard deviations, the
    latter widened by what people, cameras and styles vary more than examples do; without limits."""
    movements = list(movements)
    scaled = []
    for movement in movements:
        share = min(max(movement.way / way, LEAST_SHARE), MOST_SHARE)
        parts = (movement.start, movement.change / share, movement.mean / share, movement.back, movement.manner)
        scaled.append(np.concatenate(parts))
    widened = _least_spread(EXERCISES[exercise].limbs)
    return Profile(way, np.nanmedian(scaled, 0), np.hypot(np.nanstd(scaled, 0), widened), 1.0, 1.0, 0.0, 0.0, _WHOLE)


@cache
def profiles() -> dict[str, Profile]:
    """Those that ship, by exercise."""
    stored = json.loads(PROFILES.read_text(encoding="utf-8"))["profiles"]
    return {name: _read(row) for name, row in stored.items()}


def _read(row: Mapping[str, object]) -> Profile:
    centre, spread = (np.array(row[key], np.float64) for key in ("centre", "spread"))
    limit, told_limit, least, told_least, whole, far, alike = (float(str(row[key])) for key in LIMITS)
    return Profile(float(str(row["way"])), centre, spread, limit, told_limit, least, told_least, whole, far, alike)


def _row(movement: Movement) -> Floats:
    return np.concatenate([movement.start, movement.change, movement.mean, movement.back, movement.manner])


def _least_spread(limbs: str) -> Floats:
    start, change, back = _START_SPREAD * _LEAST_SPREAD, _LEAST_SPREAD.copy(), _LEAST_SPREAD.copy()
    if limbs == WORKING_ARMS:
        start[[POSTURE.index(name) for name in LEGS]] = _NEARLY
    elif limbs == WORKING_LEGS:
        arms = [POSTURE.index(name) for name in ARMS]
        start[arms] = change[arms] = _ANYTHING
        back[arms] = _NEARLY
    return np.concatenate([start, change, change, back, _MANNER_SPREAD])


def _at(posture: Floats, index: int) -> Floats:
    return _mean(posture[max(index - _AROUND, 0) : index + _AROUND + 1])


def _mean(posture: Floats) -> Floats:
    mean: Floats = posture.mean(0)
    return mean
