"""Which cycles of a signal are repetitions, which are partial ones, and which are something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from ....motion import Floats
from ..result import Partial, Repetition
from .cycles import Cycle
from .likeness import ALIKE, FAR, Movement, Profile, mean_square

_AFFINE = 3.0  # how unlike the others one may be in a set of which some are sure
_SHALLOW, _AT_LEAST = 0.5, 3  # of the limit: so alike are shallow ones, of which so many are a set
_WHOLE_UNTOLD = 0.4  # of the way of the set's repetitions, at least: dancing has small ones too
_LISTED = 0.15  # of the way of the set's repetitions: less is fidgeting
_CROOKED = 0.4, 0.3  # what goes less than this share of their way is level: its ends differ by no more of its own way
_BRIEF = 0.45  # of their duration: what is shorter is a slip of the tracking
_LONG = 3.0  # of their duration: what is longer, and does not look like the exercise by itself, is something else
_AT_ONCE_S, _NOT_BACK, _TOGETHER = 0.15, 0.2, 1.25  # two halves of one: the time and way between, how long they last


@dataclass(frozen=True, eq=False)
class Candidate:
    """A cycle, and how it was moved; `unlike`: how unlike the exercise that is, 1 at its limit, and `evidence`: how
    much speaks for the exercise if it is one of its repetitions."""

    cycle: Cycle
    movement: Movement
    unlike: float
    evidence: float
    numbers: Floats

    @classmethod
    def of(cls, cycle: Cycle, movement: Movement, profile: Profile) -> Candidate:
        """By the profile of an exercise."""
        unlike = profile.unlike(movement)
        evidence = max(1 - unlike / profile.told_limit, 0.0)
        return cls(cycle, movement, unlike / profile.limit, evidence, profile.numbers(movement))


@dataclass(frozen=True)
class Selection:
    """What was counted, and what was partial, both in order of time."""

    counted: tuple[Candidate, ...] = ()
    partial: tuple[Candidate, ...] = ()
    usual: float | None = None  # the way of those of which there is no doubt

    def repetitions(self, sided: bool) -> tuple[Repetition, ...]:
        """The counted ones, numbered."""
        return tuple(
            Repetition(number, one.cycle.start_s, one.cycle.turn_s, one.cycle.end_s, one.movement.side if sided else "")
            for number, one in enumerate(self.counted, 1)
        )

    def partials(self) -> tuple[Partial, ...]:
        """The partial ones, with their share of the way of those that were counted."""
        usual = float(np.median([one.cycle.way for one in self.counted])) if self.counted else float("nan")
        return tuple(_partial(one.cycle, one.cycle.way / usual) for one in self.partial)


def select(candidates: Sequence[Candidate], profile: Profile) -> Selection:
    """Those that look like the exercise and go as far as the others of their set.

    A set needs one of which there is no doubt, or some that are shallow but very alike.  The others are measured by
    these and not by what is usual, so that the repetitions of somebody stiff count, and they need not look like the
    exercise if they look like those."""
    sure = _sure(candidates, profile)
    if not sure:
        return Selection()
    usual = float(np.median([one.cycle.way for one in sure]))
    lasts_s = float(np.median([_lasts_s(one) for one in sure]))
    candidates = _joined(candidates, usual, lasts_s)
    near = _near(candidates, sure, _AFFINE)
    alike = [
        one
        for one, is_near in zip(candidates, near, strict=True)
        if one.unlike <= 1 or (is_near and _lasts_s(one) < _LONG * lasts_s)
        if _lasts_s(one) > _BRIEF * lasts_s
    ]
    least = profile.whole if profile.is_told else max(profile.whole, _WHOLE_UNTOLD)
    whole = [one.cycle.way >= least * usual and not _is_crooked(one.cycle, usual) for one in alike]
    return Selection(
        counted=tuple(compress(alike, whole)),
        partial=tuple(
            one for one, is_whole in zip(alike, whole, strict=True) if not is_whole and one.cycle.way >= _LISTED * usual
        ),
        usual=usual,
    )


def evidence_of(counted: Iterable[Candidate]) -> float:
    """How much speaks for it that an exercise was done; 0 if nothing was counted."""
    return sum(one.evidence for one in counted)


def _sure(candidates: Sequence[Candidate], profile: Profile) -> list[Candidate]:
    sure = [one for one in candidates if one.unlike <= 1 and one.cycle.way >= profile.least * profile.way]
    if profile.is_told:
        for most, share in ((profile.told_far, FAR[1]), (profile.told_alike, ALIKE[1])):
            sure = sure or [one for one in candidates if one.unlike <= most and one.cycle.way >= share * profile.way]
    shallow = [one for one in candidates if one.unlike <= _SHALLOW]
    return sure or (shallow if len(shallow) >= _AT_LEAST else [])


def _joined(candidates: Sequence[Candidate], usual: float, lasts_s: float) -> list[Candidate]:
    """Candidates in order of time, of which two are one that follow each other before it has come back, and that last
    no longer together than the others: the tracking has slipped on the way."""
    found: list[Candidate] = []
    for one in candidates:
        before = found[-1].cycle if found else None
        if before is not None and _are_one(before, one.cycle, usual, lasts_s):
            higher = max(found[-1], one, key=lambda half: half.cycle.turn)
            whole = replace(
                higher.cycle, start_s=before.start_s, start=before.start, end_s=one.cycle.end_s, end=one.cycle.end
            )
            found[-1] = replace(higher, cycle=whole)
        else:
            found.append(one)
    return found


def _are_one(first: Cycle, second: Cycle, usual: float, lasts_s: float) -> bool:
    follows = (
        second.start_s - first.end_s <= _AT_ONCE_S and first.end - min(first.start, second.end) > _NOT_BACK * usual
    )
    return follows and second.end_s - first.start_s <= _TOGETHER * lasts_s


def _is_crooked(cycle: Cycle, usual: float) -> bool:
    """Whether somebody who goes so little has come to stand otherwise than before: no repetition."""
    least, most = _CROOKED
    return cycle.way < least * usual and abs(cycle.start - cycle.end) > most * cycle.way


def _near(candidates: Sequence[Candidate], others: Sequence[Candidate], most: float) -> list[bool]:
    """Which candidates move as the others do in the middle."""
    middle = np.median([one.numbers for one in others], axis=0)
    return [mean_square(one.numbers - middle) <= most for one in candidates]


def _lasts_s(one: Candidate) -> float:
    return one.cycle.end_s - one.cycle.start_s


def _partial(cycle: Cycle, share: float) -> Partial:
    why = f"it turned after {share:.0%} of the way of the others"
    return Partial(cycle.start_s, cycle.turn_s, cycle.end_s, share, why)
