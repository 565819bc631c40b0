"""Sets of an exercise: real repetitions of one person, joined with rests of standing in between.

Every repetition is turned and moved to where the first one begins.  Over a rest the body goes from where it is to
where the next repetition begins (2 cm and 1.2 degrees, in the median) and sways as standing people do; where there is
no rest, the difference fades over the next half second.  Starts, turns and ends of all repetitions are known.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.low_pass import low_pass
from ....motion import Floats
from ...mocap.canonical25 import CANONICAL25
from ...mocap.people import HELD_OUT
from ..captured import Captured, facing
from .repetitions import LIFTERS, CapturedRepetition, Repetitions

CORRECT, INCORRECT, MIXED = KINDS = "correct", "incorrect", "mixed"
SHORTEST, LONGEST = 3, 12  # repetitions of most sets
SPECIAL = 1, 2, 15  # repetitions of the others
SETS = {True: 4, False: 2}  # of SHORTEST to LONGEST, for each person: of an exercise of lifters, of another one
REST_S, ENDS_S = (0.0, 5.0), (1.0, 3.0)  # standing between repetitions, and before and after the set
_FADE_S = 0.5
_CUTOFF_HZ = 8.0  # smooths the seams; nobody's joints do more in these exercises
# Of the head; the centre of pressure of people who stand quietly moves by some millimetres, below 1 Hz (Winter et
# al., "Stiffness control of balance in quiet standing", J. Neurophysiol. 80(3), 1998).
_SWAY_M, _SWAY_HZ = 0.006, (0.1, 0.8)
_WAVES = 6
_FEET = CANONICAL25.indices(("left_ankle", "right_ankle", "left_toe", "right_toe"))


@dataclass(frozen=True)
class Mark:
    """A repetition in a set, seconds: where the movement starts, turns and ends, and where the recording was cut
    (`first_s`, `last_s`); `number` is that of the recording."""

    start_s: float
    bottom_s: float
    end_s: float
    first_s: float
    last_s: float
    correct: bool
    number: int


@dataclass(frozen=True, eq=False)
class Performance(Captured):
    """What somebody does before a camera: a set of an exercise, whose `kind` is one of KINDS; or with no `exercise`
    something else, that `kind` says."""

    exercise: str = ""
    kind: str = MIXED
    marks: tuple[Mark, ...] = ()

    @property
    def count(self) -> int:
        """How many repetitions there are."""
        return len(self.marks)


@dataclass(frozen=True)
class Plan:
    """A set that is to be made: its `number` counts the sets of a person and exercise."""

    person: str
    exercise: str
    number: int
    kind: str
    count: int

    @property
    def name(self) -> str:
        """Ends with its number, as all names of performances do."""
        return f"{self.exercise}_{self.person.removeprefix('uiprmd-')}_{self.number}"


def plans_of(repetitions: Repetitions) -> list[Plan]:
    """All sets of all people, those of each person one after the other."""
    found = []
    for row, person in enumerate(repetitions.people):
        for column, exercise in enumerate(dict.fromkeys(one.exercise for one in repetitions.found)):
            if not repetitions.of(person, exercise):
                continue
            rng = np.random.default_rng(zlib.crc32(f"{person} {exercise}".encode()))
            counts = [int(rng.integers(SHORTEST, LONGEST + 1)) for _ in range(SETS[exercise in LIFTERS])]
            counts.append(SPECIAL[(row + column) % len(SPECIAL)])
            done = {CORRECT if one.correct else INCORRECT for one in repetitions.of(person, exercise)}
            kinds = KINDS if len(done) == 2 else tuple(done)
            for number, count in enumerate(counts):
                found.append(Plan(person, exercise, number, kinds[(row + number) % len(kinds)], count))
    return found


def make(plan: Plan, repetitions: Repetitions) -> Performance:
    """The set of a plan: the same plan gives the same set.  No repetition comes again before all others were there."""
    rng = np.random.default_rng(zlib.crc32(plan.name.encode()))
    usable = [
        one
        for one in repetitions.of(plan.person, plan.exercise)
        if plan.kind == MIXED or one.correct == (plan.kind == CORRECT)
    ]
    order: list[int] = []
    while len(order) < plan.count:
        order += list(rng.permutation(len(usable)))
    chosen = [usable[number] for number in order[: plan.count]]
    points, marks = chain(chosen, rng)
    return Performance(
        name=plan.name,
        person=plan.person,
        held_out=plan.person in HELD_OUT,
        points=points,
        rate_hz=chosen[0].rate_hz,
        exercise=plan.exercise,
        kind=plan.kind,
        marks=tuple(marks),
    )


def chain(repetitions: Sequence[CapturedRepetition], rng: np.random.Generator) -> tuple[Floats, list[Mark]]:
    """Points (T, 25, 3) of repetitions of one rate with random rests, and where they are."""
    rate_hz = repetitions[0].rate_hz
    rests = [round(rng.uniform(*REST_S) * rate_hz) for _ in repetitions]
    rests[0], after = (round(rng.uniform(*ENDS_S) * rate_hz) for _ in range(2))
    pieces: list[Floats] = []
    marks, frames = [], 0
    for one, rest, points in zip(repetitions, rests, _together(repetitions), strict=True):
        piece = np.concatenate([np.repeat(points[:1], rest, 0), points])
        if pieces:
            fade = _fade(len(piece), rate_hz)
            piece = piece + fade[:, None, None] * (pieces[-1][-1] - piece[0])
        pieces.append(piece)
        first = frames + rest
        start, turn, end = ((first + frame) / rate_hz for frame in one.phases)
        frames += len(piece)
        marks.append(Mark(start, turn, end, first / rate_hz, (frames - 1) / rate_hz, one.correct, one.number))
    pieces.append(np.repeat(pieces[-1][-1:], after, 0))
    joined = low_pass(np.concatenate(pieces), rate_hz, _CUTOFF_HZ)
    return joined + sway(joined, rate_hz, rng), marks


def _together(repetitions: Sequence[CapturedRepetition]) -> Iterator[Floats]:
    """All of them facing along x, their feet at the origin as they begin."""
    for one in repetitions:
        x, y, _ = facing(one.points[:1])
        turned = one.points @ np.array([[x, -y, 0], [y, x, 0], [0, 0, 1]])
        yield turned - turned[0, _FEET].mean(0) * (1, 1, 0)


def _fade(frames: int, rate_hz: float) -> Floats:
    """From 1 to 0 over half a second, as a cosine."""
    share = np.minimum(np.arange(frames) / (_FADE_S * rate_hz), 1.0)
    fade: Floats = (1 + np.cos(np.pi * share)) / 2
    return fade


def sway(points: Floats, rate_hz: float, rng: np.random.Generator) -> Floats:
    """How far points (T, 25, 3) of a standing body lean to the sides: the higher the farther."""
    times_s = np.arange(len(points)) / rate_hz
    lean = np.zeros((len(points), 3))
    for axis in (0, 1):
        hz, phases = rng.uniform(*_SWAY_HZ, _WAVES), rng.uniform(0, 2 * np.pi, _WAVES)
        waves = np.sin(2 * np.pi * hz * times_s[:, None] + phases)
        lean[:, axis] = _SWAY_M * np.sqrt(2 / _WAVES) * waves.sum(1)
    floor_m, top_m = np.quantile(points[..., 2], (0.01, 0.999))
    height = np.clip((points[..., 2] - floor_m) / (top_m - floor_m), 0, None)
    swayed: Floats = height[..., None] * lean[:, None]
    return swayed
