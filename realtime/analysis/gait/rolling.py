"""Figures of the newest steps, from their events as they come."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean as mean

from .result import CONTACT, LEAST_A_SIDE, LEFT, OTHER_SIDE, RIGHT, SIDES, FootEvent, symmetry_index_percent

_SPAN_S = 8.0
_MOST_STEPS = 20
_LEAST_STEPS = 4  # two of each foot
_STEP_S = 0.15, 1.5  # shorter or longer, an event was invented or missed between
_CONTACT_S = 0.05, 1.5
_GAP_S = 0.5  # between a contact and the toe-off of the other foot that belongs to it

Times = Mapping[str, list[float]]  # by side


@dataclass(frozen=True)
class Figures:
    """Means over the newest `steps` steps, None where these are too few: then `why` says so.

    `steps_per_min`: 60 by the mean of the left and the right step time (a step ends with the contact that names
    its side); `strides_per_min` is half of it.  `contact_time_s`: from a foot's contact to its toe-off.
    `flight_time_s`: from a toe-off to the other foot's contact, `double_support_time_s`: from a contact to the other
    foot's toe-off; of both the one that there is.  `duty_factor`: contact time by stride time.  The symmetry indices
    are 100 (L - R) / (0.5 (L + R)) (result.Symmetry).
    """

    steps: int = 0
    steps_per_min: float | None = None
    strides_per_min: float | None = None
    contact_time_s: Mapping[str, float | None] = field(default_factory=lambda: dict.fromkeys(SIDES))
    flight_time_s: float | None = None
    double_support_time_s: float | None = None
    duty_factor: float | None = None
    step_time_symmetry_percent: float | None = None
    contact_time_symmetry_percent: float | None = None
    why: str = "too few steps"


class Rolling:
    """The events of the last 8 s, in order of time for each foot, and the figures of at most 20 steps."""

    def __init__(self) -> None:
        self._events: deque[FootEvent] = deque()

    def reset(self) -> None:
        """Forget all."""
        self._events.clear()

    def add(self, event: FootEvent) -> None:
        """Take in an event."""
        self._events.append(event)

    def figures(self, t_s: float) -> Figures:
        """Those at a time."""
        while self._events and self._events[0].t_s < t_s - _SPAN_S:
            self._events.popleft()
        return figures(sorted(self._events, key=lambda event: event.t_s))

    def on_ground(self, t_s: float) -> dict[str, bool | None]:
        """Whether each foot is on the ground at a time, by its newest event; None after two seconds without one."""
        newest = {event.side: event for event in sorted(self._events, key=lambda event: event.t_s)}
        known = {side: event for side, event in newest.items() if event.t_s > t_s - _CONTACT_S[1] - _GAP_S}
        return {side: known[side].kind == CONTACT if side in known else None for side in SIDES}


def figures(events: Sequence[FootEvent]) -> Figures:
    """The figures of events in order of time."""
    contacts = [event for event in events if event.kind == CONTACT][-_MOST_STEPS - 1 :]
    step_s = _step_times(contacts)
    steps = sum(map(len, step_s.values()))
    if steps < _LEAST_STEPS or not all(step_s.values()):
        return Figures(steps=steps)
    mean_step_s = mean([mean(step_s[side]) for side in SIDES])
    contact_s = _contact_times(events)
    gap_s = _gaps(contacts, events)
    of_sides = {side: mean(times) if len(times) > 1 else None for side, times in contact_s.items()}
    known = [time_s for time_s in of_sides.values() if time_s is not None]
    gap = mean(gap_s) if len(gap_s) >= _LEAST_STEPS else None
    return Figures(
        steps=steps,
        steps_per_min=60 / mean_step_s,
        strides_per_min=30 / mean_step_s,
        contact_time_s=of_sides,
        flight_time_s=gap if gap is not None and gap > 0 else None,
        double_support_time_s=-gap if gap is not None and gap <= 0 else None,
        duty_factor=mean(known) / (2 * mean_step_s) if known else None,
        step_time_symmetry_percent=_symmetry_percent(step_s),
        contact_time_symmetry_percent=_symmetry_percent(contact_s),
        why="" if min(map(len, step_s.values())) >= LEAST_A_SIDE else "too few steps for symmetry",
    )


def _step_times(contacts: Sequence[FootEvent]) -> Times:
    """From a contact to that of the other foot, by the side of the second."""
    shortest, longest = _STEP_S
    found: dict[str, list[float]] = {LEFT: [], RIGHT: []}
    for first, second in pairwise(contacts):
        if first.side != second.side and shortest < second.t_s - first.t_s < longest:
            found[second.side].append(second.t_s - first.t_s)
    return found


def _contact_times(events: Sequence[FootEvent]) -> Times:
    shortest, longest = _CONTACT_S
    found: dict[str, list[float]] = {LEFT: [], RIGHT: []}
    since_s: dict[str, float] = {}
    for event in events:
        if event.kind == CONTACT:
            since_s[event.side] = event.t_s
        else:
            time_s = event.t_s - since_s.pop(event.side, -math.inf)
            found[event.side] += [time_s] if shortest < time_s < longest else []
    return found


def _gaps(contacts: Sequence[FootEvent], events: Sequence[FootEvent]) -> list[float]:
    """From the other foot's toe-off that is nearest to a contact up to it: negative where both feet are down."""
    offs = {side: [e.t_s for e in events if e.side == side and e.kind != CONTACT] for side in SIDES}
    gaps = []
    for contact in contacts:
        found = [contact.t_s - off_s for off_s in offs[OTHER_SIDE[contact.side]]]
        gaps += [gap for gap in [min(found, key=abs)] if abs(gap) < _GAP_S] if found else []
    return gaps


def _symmetry_percent(times: Times) -> float | None:
    if min(map(len, times.values())) < LEAST_A_SIDE:
        return None
    return symmetry_index_percent(mean(times[LEFT]), mean(times[RIGHT]))
