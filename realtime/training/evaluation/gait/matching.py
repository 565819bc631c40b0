"""Which found event is which true one, and how many are missing or invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ....motion import Floats

_TOLERANCE = 0.25  # of a stride: beyond that it is another event
_END = 0.5  # of a stride: nearer to the ends nothing is counted


class Timed(Protocol):
    """An event of a foot."""

    @property
    def side(self) -> str:
        """Which foot."""

    @property
    def kind(self) -> str:
        """Contact or toe-off."""

    @property
    def t_s(self) -> float:
        """When."""


@dataclass(frozen=True)
class Matches:
    """Events of one kind in one or several recordings: `errors_s` of those found (found - true), the number of
    `true` ones, and of `false` ones."""

    errors_s: tuple[float, ...] = ()
    true: int = 0
    false: int = 0

    def __add__(self, other: Matches) -> Matches:
        return Matches(self.errors_s + other.errors_s, self.true + other.true, self.false + other.false)

    @property
    def found(self) -> int:
        """How many of the true ones were found."""
        return len(self.errors_s)


@dataclass(frozen=True)
class Span:
    """The part of a recording, in seconds, whose events are counted, and the stride time there."""

    start_s: float
    end_s: float
    stride_s: float
    # Half a stride is taken from both ends.
    inner: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        half = _END * self.stride_s
        object.__setattr__(self, "inner", (self.start_s + half, self.end_s - half))

    def counts(self, t_s: float) -> bool:
        """Whether an event at this time is counted."""
        return self.inner[0] <= t_s <= self.inner[1]


def match(true: Sequence[Timed], found: Sequence[Timed], kind: str, span: Span) -> Matches:
    """The events of a `kind` of both feet.  Each true event has at most one found one, the nearest pair first,
    within a quarter of a stride on the same side.  An event whose partner lies outside the counted part is neither
    missed nor false."""
    errors: list[float] = []
    number = false = 0
    for side in sorted({event.side for event in (*true, *found)}):
        wanted = np.array([event.t_s for event in true if (event.side, event.kind) == (side, kind)])
        got = np.array([event.t_s for event in found if (event.side, event.kind) == (side, kind)])
        partner = _partners(wanted, got, _TOLERANCE * span.stride_s)
        counted = [row for row, t_s in enumerate(wanted) if span.counts(t_s)]
        number += len(counted)
        errors += [float(got[partner[row]] - wanted[row]) for row in counted if row in partner]
        false += sum(span.counts(t_s) for row, t_s in enumerate(got) if row not in partner.values())
    return Matches(tuple(errors), number, false)


def _partners(wanted: Floats, got: Floats, most_s: float) -> dict[int, int]:
    """The number of the found event by that of the true one."""
    apart = np.abs(got[None] - wanted[:, None])
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for pair in np.argsort(apart, axis=None):
        row, column = divmod(int(pair), max(1, len(got)))
        if apart[row, column] > most_s:
            break
        if row not in partner and column not in taken:
            partner[row] = column
            taken.add(column)
    return partner
