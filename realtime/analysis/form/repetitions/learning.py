"""Profiles of exercises, learned from sets whose repetitions are known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...body import Body, stretches
from ..exercises import ARMS, EXERCISES, LEGS
from .cycles import Cycle
from .likeness import ALIKE, FAR, LIMITS, Movement, Profile, Seen, learned, movement_of
from .offline import CUTOFF_HZ, candidates_of, cycles_of, directions_of, selection_of, side_of, smooth_effort

_SAME_S = 0.5  # a cycle that turns so near to where a repetition does is that
_QUANTILE, _FACTOR, _LEAST = 0.95, 1.8, 0.6  # the limit: of how unlike examples are, so many times, and at least
_BELOW_OTHERS = 0.8  # of how unlike the likest movement is that is no repetition: the limit is not above that
_LEAST_SHARES = 0.4, 0.5, 0.65  # of the way: the first one from which on the limit is wide enough
_TOLD_SHARES = 0.3, 0.4, 0.5, 0.65
_TOLD = 2.0  # times the limit: where the exercise is told, if nothing else is so like it
_WIDE = 1.5  # times how unlike examples are
_JITTER_DEG = 40.0  # lifted arms of somebody who stands move by less
_WHOLE_SHARES = np.arange(0.28, 0.605, 0.01)
_WHOLE_OF_LEGS = 0.36  # at most: who is told to go little bends the knees by so little of what the others do
_DECIMALS = 1


@dataclass(frozen=True, eq=False)
class KnownSet:
    """A set of an exercise of EXERCISES, with the time (N,) at which each repetition turns."""

    body: Body
    exercise: str
    turns_s: Sequence[float]


def learn(sets: Iterable[KnownSet], others: Iterable[Body] = ()) -> dict[str, Profile]:
    """The profiles of all exercises that sets are given of: what the cycles look like that are repetitions.  `others`
    are bodies that walk, dance …: what they do is none."""
    movements: dict[str, list[Movement]] = {}
    for known in sets:
        movements.setdefault(known.exercise, []).extend(_movements(known))
    found = {}
    for exercise, examples in movements.items():
        if examples:
            found[exercise] = learned(exercise, examples, float(np.median([one.way for one in examples])))
    sets, others = list(sets), list(others)
    unlike = _others(found, others)
    floor_deg = {name: _JITTER_DEG if EXERCISES[name].limbs == ARMS else 0.0 for name in found}
    limited = {name: _limited(one, movements[name], unlike[name], floor_deg[name]) for name, one in found.items()}
    limited = {name: _with_told(one, [] if EXERCISES[name].sinks else unlike[name]) for name, one in limited.items()}
    return {
        name: _with_whole(one, [known for known in sets if known.exercise == name]) for name, one in limited.items()
    }


def stored(profiles: Mapping[str, Profile]) -> dict[str, Any]:
    """Profiles as they are stored in `exercise_profiles.json`."""
    return {
        name: {
            "way": round(one.way, _DECIMALS),
            **{key: round(getattr(one, key), 2) for key in LIMITS},
            "centre": np.round(one.centre, _DECIMALS).tolist(),
            "spread": np.round(one.spread, _DECIMALS).tolist(),
        }
        for name, one in profiles.items()
    }


def _movements(known: KnownSet) -> list[Movement]:
    """Of the cycles that turn where a repetition does."""
    body, row = known.body.filtered(CUTOFF_HZ), EXERCISES[known.exercise]
    effort, seen = smooth_effort(body, row), Seen(body)
    cycles = cycles_of(body, effort, row.turns - row.rests)
    turns, wanted = np.array([cycle.turn_s for cycle in cycles]), np.array(known.turns_s)
    nearest = {int(np.abs(turns - turn_s).argmin()) for turn_s in wanted if cycles}
    return [
        movement_of(body, effort, cycles[i], side_of(body, row, cycles[i], seen), seen)
        for i in sorted(nearest)
        if np.abs(turns[i] - wanted).min() < _SAME_S
    ]


def _with_whole(profile: Profile, sets: Sequence[KnownSet]) -> Profile:
    """The profile with the share of the way that tells repetitions of sets best from what their people do between."""
    told = replace(profile.told(), whole=0.0)
    legs = EXERCISES[sets[0].exercise].limbs == LEGS
    wholes = _WHOLE_SHARES[(_WHOLE_OF_LEGS if legs else 1) >= _WHOLE_SHARES]
    shares: list[tuple[float, bool]] = []
    for known in sets:
        body = known.body.filtered(CUTOFF_HZ)
        found = selection_of(body, EXERCISES[known.exercise], told, Seen(body))
        shares += [(one.cycle.way / (found.usual or 1.0), _turns_in(one.cycle, known)) for one in found.counted]
    wrong = [sum((share >= whole) != is_one for share, is_one in shares) for whole in wholes]
    widest = max(stretches(np.array(wrong) == min(wrong)), key=lambda part: part.stop - part.start)
    return replace(profile, whole=float(wholes[widest].mean()))


def _turns_in(cycle: Cycle, known: KnownSet) -> bool:
    return any(cycle.start_s <= turn_s <= cycle.end_s for turn_s in known.turns_s)


def _others(profiles: Mapping[str, Profile], bodies: Iterable[Body]) -> dict[str, list[tuple[float, float]]]:
    """Of what bodies do that is no repetition, by exercise: its share of the way, and how unlike the exercise it is."""
    found: dict[str, list[tuple[float, float]]] = {exercise: [] for exercise in profiles}
    for body in bodies:
        smooth = body.filtered(CUTOFF_HZ)
        seen = Seen(smooth)
        for exercise, profile in profiles.items():
            row = EXERCISES[exercise]
            for sign, looks in directions_of(row, profile):
                some = candidates_of(smooth, row, sign, looks, seen)
                found[exercise] += [(one.cycle.way / profile.way, one.unlike * profile.limit) for one in some]
    return found


def _limited(
    profile: Profile, examples: Sequence[Movement], others: Sequence[tuple[float, float]], floor_deg: float
) -> Profile:
    """The profile with its limit: above the examples, and below what is something else and goes as far."""
    unlike = float(np.quantile([profile.unlike(one) for one in examples], _QUANTILE))
    for least in _LEAST_SHARES:
        limit = min(
            [max(_FACTOR * unlike, _LEAST), *(_BELOW_OTHERS * away for share, away in others if share >= least)]
        )
        if limit >= _WIDE * unlike:
            break
    likest = min([away for share, away in others if share >= least], default=math.inf)
    told = max(limit, unlike, min(_BELOW_OTHERS * likest, _TOLD * limit))
    pass_it = [sum(share >= some and away <= told for share, away in others) for some in _TOLD_SHARES]
    told_least = next(some for some, many in zip(_TOLD_SHARES, pass_it, strict=True) if many == pass_it[-1])
    floor = floor_deg / profile.way
    return replace(profile, limit=limit, told_limit=told, least=max(least, floor), told_least=max(told_least, floor))


def _with_told(profile: Profile, others: Sequence[tuple[float, float]]) -> Profile:
    """The profile with what counts besides where the exercise is told, below what others do."""
    far, alike = (
        min([most, *(_BELOW_OTHERS * away / profile.told_limit for share, away in others if share >= some)])
        for most, some in (FAR, ALIKE)
    )
    return replace(profile, told_far=far, told_alike=alike)
