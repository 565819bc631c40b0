"""Repetitions of a recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ....motion import Floats
from ...body import Body, stretches
from ...low_pass import low_pass
from ..exercises import ARMS, EXERCISES, Exercise
from ..options import AUTO
from ..result import NO_EXERCISE, Partial, Repetition
from .affinity import period_s
from .cycles import Cycle, CycleFinder
from .likeness import Profile, Seen, movement_of, profiles
from .posture import POSTURE
from .selection import Candidate, Selection, evidence_of, select

CUTOFF_HZ, EFFORT_HZ = 4.0, 2.0  # of the points, of the effort: repetitions are slower
_SHALLOW = 0.7  # of the way of the exercise
_AHEAD = POSTURE.index("foot ahead")


@dataclass(frozen=True)
class Found:
    """Of which exercise, by what that is known, what was counted of it, and why nothing was."""

    exercise: str
    how: str
    repetitions: tuple[Repetition, ...] = ()
    partials: tuple[Partial, ...] = ()
    why_none: str = ""


def find_repetitions(body: Body, exercise: str, known: Mapping[str, Profile] | None = None) -> Found:
    """The repetitions of an exercise of EXERCISES, or with AUTO of that which they show most evidence of; `known` are
    the profiles of exercises, those that ship if None."""
    known = known or profiles()
    smooth = body.filtered(CUTOFF_HZ)
    seen = Seen(smooth)
    if exercise != AUTO:
        found = selection_of(smooth, EXERCISES[exercise], known[exercise].told(), seen)
        why = "" if found.counted else f"no repetition of the exercise ({EXERCISES[exercise].name}) was found"
        return Found(exercise, "told", found.repetitions(EXERCISES[exercise].sided), found.partials(), why)
    rows = {name: EXERCISES[name] for name in known if EXERCISES[name].recognised}
    selections = {name: selection_of(smooth, row, known[name], seen) for name, row in rows.items()}
    best = max(selections, key=lambda name: EXERCISES[name].prior * evidence_of(selections[name].counted))
    if not selections[best].counted:
        return Found(NO_EXERCISE, "", why_none=_why_none(smooth))
    how = f"recognised by how the {'arms' if EXERCISES[best].limbs == ARMS else 'legs'} and the trunk move"
    return Found(best, how, selections[best].repetitions(EXERCISES[best].sided), selections[best].partials())


def _why_none(body: Body) -> str:
    """Why nothing was recognised, in one sentence."""
    period = period_s(body)
    repeats = "" if period is None else f": something repeats every {period:.1f} s, which is none of those"
    return f"no repetition of an exercise that is known was found{repeats}"


def selection_of(body: Body, row: Exercise, profile: Profile, seen: Seen) -> Selection:
    """What is counted of an exercise, and what is partial; `seen`: the postures of the body."""
    found = [_selected(body, row, sign, looks, seen) for sign, looks in directions_of(row, profile)]
    return max(found, key=lambda one: evidence_of(one.counted))


def _selected(body: Body, row: Exercise, sign: float, profile: Profile, seen: Seen) -> Selection:
    """What is selected, with the way that is usual in this set once that is known to be shorter than the exercise's."""
    first = select(candidates_of(body, row, sign, profile, seen), profile)
    span = span_of(first, profile)
    if span == profile.way:
        return first
    return select(candidates_of(body, row, sign, profile, seen, span), profile)


def directions_of(row: Exercise, profile: Profile) -> list[tuple[float, Profile]]:
    """The signs with which the effort of an exercise is taken, and what it looks like then."""
    return [(1.0, profile), *([(-1.0, profile.backwards())] if row.either_way else [])]


def span_of(found: Selection, profile: Profile) -> float:
    """The span for finding cycles: the way of the exercise, or that of a set which goes much less far."""
    return found.usual if found.usual is not None and found.usual < _SHALLOW * profile.way else profile.way


def candidates_of(
    body: Body, row: Exercise, sign: float, profile: Profile, seen: Seen, span: float | None = None
) -> list[Candidate]:
    """All cycles of the effort, with how they were moved; `span` is their usual way, if that is not the profile's."""
    effort = sign * smooth_effort(body, row)
    found = []
    for cycle in cycles_of(body, effort, span or profile.way):
        movement = movement_of(body, effort, cycle, side_of(body, row, cycle, seen), seen)
        found.append(Candidate.of(cycle, movement, profile))
    return found


def smooth_effort(body: Body, row: Exercise) -> Floats:
    """The effort (T,); NaN in holes, of the arms too."""
    effort = row.effort(body, "").copy()
    for part in _known(body, effort):
        effort[part] = low_pass(effort[part], body.fps, EFFORT_HZ)
    return effort


def _known(body: Body, effort: Floats) -> Iterator[slice]:
    """The stretches of the body's segments in which an effort (T,) is known."""
    for segment in body.segments:
        for part in stretches(np.isfinite(effort[segment])):
            yield slice(segment.start + part.start, segment.start + part.stop)


def side_of(body: Body, row: Exercise, cycle: Cycle, seen: Seen) -> str:
    """The side that works in a cycle; the left one where both do."""
    first, last = np.searchsorted(body.times_s, [cycle.start_s, cycle.end_s])
    during = slice(first, last + 1)
    if row.front_foot:
        return "left" if np.nanmean(seen["left"][during, _AHEAD]) > 0 else "right"
    if not row.sided:
        return "left"
    moved = {side: float(np.ptp(row.effort(body, side)[during])) for side in ("left", "right")}
    return max(moved, key=lambda side: moved[side])


def cycles_of(body: Body, effort: Floats, way: float) -> list[Cycle]:
    """The cycles of an effort (T,), each stretch in which it is known by itself."""
    finder = CycleFinder(way)
    found: list[Cycle | None] = []
    for part in _known(body, effort):
        pairs = zip(body.times_s[part].tolist(), effort[part].tolist(), strict=True)
        found += [finder.push(t_s, value) for t_s, value in pairs]
        found.append(finder.end())
    return [cycle for cycle in found if cycle is not None]
