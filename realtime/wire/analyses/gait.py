"""Gait on the socket: topic `gait`.

docs/message.md documents every field.  The publisher fills in `session`, `seq` and `t_publish_ns`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..field_types import (
    Count,
    MaybeFlag,
    MaybeNumber,
    Milliseconds,
    Person,
    Stamp,
    Text,
    record,
    several,
)

STANDING = "standing"  # a kind of gait beside those of analysis/gait: somebody is there and makes no steps


@dataclass(frozen=True)
class GaitEvent:
    """A foot that touches the ground (`kind` "contact") or leaves it ("toe-off").

    `number` increases by one with every event of a session; a gap is a lost message.  `t_ns` is the instant of the
    event on the clock of `t_capture_ns`, `t_unix_ns` the same on the wall clock, `t_known_ns` when the publisher knew
    of it, `delay_ms` the time between.  `side` is "left" or "right"; `low` tells why the event is less certain,
    "" where nothing does.
    """

    number: Count
    side: Text
    kind: Text
    t_ns: Stamp
    t_unix_ns: Stamp
    t_known_ns: Stamp
    delay_ms: Milliseconds
    method: Text
    low: Text


@dataclass(frozen=True)
class Feet:
    """Whether each foot is on the ground, None where that is not known."""

    left: MaybeFlag = None
    right: MaybeFlag = None


@dataclass(frozen=True)
class Sides:
    """A figure of each foot, None where it cannot be told."""

    left: MaybeNumber = None
    right: MaybeNumber = None


@dataclass(frozen=True)
class Asymmetry:
    """100 (L - R) / (0.5 (L + R)) of two times, percent: 0 is the same on both sides."""

    step_time: MaybeNumber = None
    contact_time: MaybeNumber = None


@dataclass(frozen=True)
class GaitMessage:
    """How somebody walks or runs now (topic `gait`): with every event, with every change of `kind`, and once a second.

    `kind` is "walk", "run", "run without flight", "standing" or "none"; `why` says why there is none, or why figures
    are missing, "" where all is known.  `contact`: the feet on the ground; `events`: those found since the message
    before, in order of time.  The figures are means over the last `steps` steps, None where these are too few:
    `steps_per_min` counts the steps of both feet, `strides_per_min` those of one foot, half of it.  `seq`, `frame` and
    `person` are those of the newest pose.
    """

    frame: Count
    t_capture_ns: Stamp
    t_unix_ns: Stamp
    person: Person
    kind: Text
    why: Text
    contact: Annotated[Feet, record(Feet)] = Feet()
    events: Annotated[tuple[GaitEvent, ...], several(record(GaitEvent))] = ()
    steps: Count = 0
    steps_per_min: MaybeNumber = None
    strides_per_min: MaybeNumber = None
    contact_time_s: Annotated[Sides, record(Sides)] = Sides()
    flight_time_s: MaybeNumber = None
    double_support_time_s: MaybeNumber = None
    duty_factor: MaybeNumber = None
    symmetry_index_percent: Annotated[Asymmetry, record(Asymmetry)] = Asymmetry()
    session: Text = ""
    seq: Count = 0
    t_publish_ns: Stamp = 0

    def check(self) -> None:
        """Raise ValueError if an event is of no side or of no kind."""
        if not all(event.side in ("left", "right") and event.kind in ("contact", "toe-off") for event in self.events):
            raise ValueError("events: must be a contact or a toe-off of the left or the right foot")
