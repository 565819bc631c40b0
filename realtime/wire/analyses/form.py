"""Form on the socket: topic `form`, repetitions of an exercise and how each of them is done.

docs/message.md documents every field.  The publisher fills in `session`, `seq` and `t_publish_ns`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..field_types import Count, Flag, MaybeNumber, Milliseconds, Person, Stamp, Text, optional, record, several

PHASES = "down", "bottom", "up", "lock-out"  # of a repetition, in their order


@dataclass(frozen=True)
class FormMeasure:
    """A quantity of a repetition: `key` is its name, `side` "left", "right" or "".

    `value` is None where it is not measured, and `why` says why; otherwise `why` says why it is to be taken with care,
    "" where nothing does.  The truth is taken to lie within ± `error`, None where nothing is known of that.
    `estimate`: it is an estimate and no result.
    """

    key: Text
    side: Text
    unit: Text
    value: MaybeNumber
    error: MaybeNumber
    estimate: Flag
    why: Text


@dataclass(frozen=True)
class FormRepetition:
    """A repetition that was counted, at lock-out.

    `number` increases by one with every one of a session; a gap is a lost message.  `in_set` is its number in its
    set.  `start_ns`, `bottom_ns` (where it turns) and `end_ns` (lock-out) are on the clock of `t_capture_ns`,
    `end_unix_ns` is the end on the wall clock; `t_known_ns` when the publisher knew of it, `delay_ms` the time
    between lock-out and that.  `side`: the leg or arm that works, where one does, else "".
    """

    number: Count
    in_set: Count
    exercise: Text
    side: Text
    start_ns: Stamp
    bottom_ns: Stamp
    end_ns: Stamp
    end_unix_ns: Stamp
    t_known_ns: Stamp
    delay_ms: Milliseconds
    measures: Annotated[tuple[FormMeasure, ...], several(record(FormMeasure))] = ()

    def measure(self, key: str, side: str = "") -> FormMeasure | None:
        """The measure of this name, None where there is none."""
        return next((m for m in self.measures if m.key == key and m.side == side), None)


@dataclass(frozen=True)
class FormFault:
    """Something about a repetition that is to be done better, in one `sentence`; `key` is its name.

    `number` increases by one with every one of a session; a gap is a lost message.  `in_set` is the repetition's
    number in its set, also of one that goes on.  `t_ns` is the instant that shows it; clocks as of a repetition.
    """

    number: Count
    in_set: Count
    key: Text
    sentence: Text
    t_ns: Stamp
    t_unix_ns: Stamp
    t_known_ns: Stamp
    delay_ms: Milliseconds


@dataclass(frozen=True)
class FormMessage:
    """How somebody exercises now (topic `form`): with every repetition that is counted, every change of `exercise`,
    `phase`, `count` or `partials`, every new fault, and once a second.

    `exercise` is "none" where nothing is counted, and `why` says why.  `phase` is one of PHASES, "" where that is not
    known; "lock-out" also while somebody stands between repetitions.  `count` repetitions and `partials` (movements
    that were not counted) are those of the set `set_number`, of which a session has had so many.  `repetition` is the
    newest that was counted in it, None before the first; `faults` are those of the repetition that goes on, and until
    it begins, of the one before.  `seq`, `frame` and `person` are those of the newest pose.
    """

    frame: Count
    t_capture_ns: Stamp
    t_unix_ns: Stamp
    person: Person
    exercise: Text
    why: Text
    phase: Text
    set_number: Count
    count: Count
    partials: Count
    repetition: Annotated[FormRepetition | None, optional(record(FormRepetition))] = None
    faults: Annotated[tuple[FormFault, ...], several(record(FormFault))] = ()
    session: Text = ""
    seq: Count = 0
    t_publish_ns: Stamp = 0

    def check(self) -> None:
        """Raise ValueError if there is no such phase, or a repetition does not begin, turn and end in this order."""
        if self.phase not in ("", *PHASES):
            raise ValueError(f"phase: must be empty or one of {', '.join(PHASES)}")
        one = self.repetition
        if one is not None and not one.start_ns <= one.bottom_ns <= one.end_ns:
            raise ValueError("repetition: must begin, turn and end in this order")
