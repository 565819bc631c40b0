"""What an analysis of form says: repetitions, their measures, faults and scores, and what could not be measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..plain_values import plain_values

# Of a repetition, in their order.  The turn is called "bottom" also where it is at the top (an arm that is raised).
DOWN, BOTTOM, UP, LOCKOUT = PHASES = "down", "bottom", "up", "lock-out"
NO_EXERCISE = "none"
MARKERS, LIFTED = ORIGINS = "markers", "lifted"  # where points come from: measured in 3D, or lifted from a picture


@dataclass(frozen=True)
class Repetition:
    """From the start of the movement to lock-out.

    `number` counts from 1 in order of time.  `start_s`, `bottom_s` (where it turns) and `end_s` (lock-out) are on the
    clock of the motion's `times_s`.  `side`: the leg or arm that works, where one does, else "".
    """

    number: int
    start_s: float
    bottom_s: float
    end_s: float
    side: str = ""

    @property
    def duration_s(self) -> float:
        """From its start to lock-out."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Partial:
    """A movement that is no repetition: it turned too early, or never came back.  `share` is its range as a share of
    that of the set's repetitions (their median), `why` tells in one sentence why it is not counted."""

    start_s: float
    bottom_s: float
    end_s: float
    share: float
    why: str


@dataclass(frozen=True)
class Measure:
    """A quantity of one repetition, or of the set.

    `key` is its name in files, `label` that for people.  `value` is None where it is not measured, and `why` then says
    why.  `error` is the half width within which the truth is taken to lie (in `unit`; NaN where nothing is known of
    it), `estimate` that the value is an estimate and no result.  `side`: "left", "right" or "".  `at_s`: the instant
    that it was read at, where it is one.  `definition` says how it is measured, `source` where the definition comes
    from; `low` why it is to be taken with care, "" where there is no reason.
    """

    key: str
    label: str
    unit: str
    value: float | None
    error: float = math.nan
    side: str = ""
    at_s: float | None = None
    estimate: bool = False
    why: str = ""
    definition: str = ""
    source: str = ""
    low: str = ""


@dataclass(frozen=True)
class Fault:
    """Something about a repetition that costs points: `key` names it in files, `sentence` tells it to the person,
    `at_s` is the instant that shows it, `measure` the key of the measure that it was found by."""

    key: str
    sentence: str
    at_s: float
    measure: str


@dataclass(frozen=True)
class ScorePart:
    """`points` of `of` that a repetition got for one thing, and `why` in words."""

    key: str
    label: str
    points: float
    of: float
    why: str


@dataclass(frozen=True)
class Score:
    """0 to 100: the points of all parts that could be measured, as a share of what these can give.  None where too
    little could be measured, which `why` tells."""

    total: float | None
    parts: tuple[ScorePart, ...]
    why: str = ""


@dataclass(frozen=True)
class RepetitionForm:
    """How one repetition was done.  `against_best`: its score where the measures of the person's own best repetition
    have all points."""

    repetition: Repetition
    measures: tuple[Measure, ...] = ()
    faults: tuple[Fault, ...] = ()
    score: Score = Score(None, (), "nothing was measured")
    against_best: Score = Score(None, (), "there is no best repetition")

    def measure(self, key: str, side: str = "") -> Measure | None:
        """The measure of this name, None where there is none."""
        return next((m for m in self.measures if m.key == key and m.side == side), None)


@dataclass(frozen=True)
class Curve:
    """A signal of every repetition, each over its own time from start to lock-out: `by_repetition` (R, 101), in
    `unit`; NaN where not known."""

    key: str
    label: str
    unit: str
    by_repetition: tuple[tuple[float, ...], ...]
    definition: str = ""


@dataclass(frozen=True)
class NotMeasured:
    """Something that a reader may look for, and `why` it is not there."""

    what: str
    why: str


@dataclass(frozen=True)
class Tilt:
    """By how much the camera looks down and what that does to depth.

    `pitch_deg` is that which was taken out, `how` where it comes from: "told", "standing feet and trunk", "estimated
    by lift", or "not known" (0 is taken); the truth lies within ± `error_deg`.
    """

    pitch_deg: float
    how: str
    error_deg: float


@dataclass(frozen=True)
class View:
    """How the camera sees the person: `angle_deg` between the picture plane and the sagittal plane of the body, 0 from
    the side, 90 from the front or the back; `name` in words, `trust` says what that means for the measures."""

    angle_deg: float
    name: str
    trust: str


@dataclass(frozen=True)
class FormResult:
    """The form of one person in one set of an exercise.

    With the `exercise` NO_EXERCISE, `why_none` tells in one sentence why nothing was found.  `how_exercise` says
    whether the exercise was told or recognised, and by what.  `validated` is False for exercises that were tried on
    synthetic motion only.  `best` is the number of the person's own best repetition, None without one; `own_best`
    compares the others with it.  `set_measures` are those of the whole set (velocity loss, …).  `view` is None for a
    motion that no camera saw.  `notes` are sentences for people.
    """

    exercise: str
    why_none: str
    how_exercise: str
    validated: bool
    source: str
    origin: str
    skeleton: str
    fps: float
    duration_s: float
    repetitions: tuple[RepetitionForm, ...] = ()
    partials: tuple[Partial, ...] = ()
    set_measures: tuple[Measure, ...] = ()
    curves: tuple[Curve, ...] = ()
    best: int | None = None
    tilt: Tilt | None = None
    view: View | None = None
    not_measured: tuple[NotMeasured, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many repetitions were counted."""
        return len(self.repetitions)

    def to_json(self) -> dict[str, Any]:
        """All of it in dicts, lists, numbers, texts and null, for `json.dumps`; NaN is null."""
        plain: dict[str, Any] = plain_values(self)
        return plain
