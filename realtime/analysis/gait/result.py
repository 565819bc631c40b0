"""What an analysis of gait says: events, strides, measures, curves, and what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..plain_values import plain_values

LEFT, RIGHT = SIDES = "left", "right"
OTHER_SIDE = {LEFT: RIGHT, RIGHT: LEFT}
WALK, RUN, RUN_WITHOUT_FLIGHT, NO_GAIT = KINDS = "walk", "run", "run without flight", "none"
CONTACT, TOE_OFF = EVENTS = "contact", "toe-off"
MARKERS, LIFTED = ORIGINS = "markers", "lifted"  # where points come from: measured in 3D, or lifted from a picture
SIDE_VIEW, OBLIQUE_VIEW, FRONT_VIEW, BACK_VIEW = VIEWS = "side", "oblique", "front", "back"
LEAST_A_SIDE = 3  # single values, for left against right
CYCLE_POINTS = 101  # 0..100 % of the cycle, from a contact to the next one of the same foot


@dataclass(frozen=True)
class FootEvent:
    """A foot that touches the ground (`kind` CONTACT) or leaves it (TOE_OFF).

    `t_s` is on the clock of the motion's `times_s`, the constant offset of the method taken out; `frame` is the
    same instant as a place among the motion's frames: 12.25 lies a quarter of the way from frame 12 to frame 13.
    `interval_s`: the event is taken to lie within ± this; half a frame and the method's residual spread.  `low`
    tells why it is less certain than its interval says, "" where nothing does.
    """

    side: str
    kind: str
    t_s: float
    frame: float
    method: str
    interval_s: float
    low: str = ""


@dataclass(frozen=True)
class Stride:
    """From a foot's contact to its next contact.  The order of times is that of a walk; of a run, the other foot's
    toe-off precedes `contact_s`, and `other_toe_off_s` is None.

    | field | meaning |
    |---|---|
    | `contact_s`, `next_contact_s` | the two contacts of the foot `side` |
    | `toe_off_s` | its toe-off between them, None where none was found |
    | `other_contact_s` | the other foot's contact between them, None where none was found |
    | `other_toe_off_s` | the other foot's toe-off between `contact_s` and `other_contact_s`, None where there is none |
    | `heading_deg` | direction of progress, 0 along x, 90 along y |
    | `turn_deg` | by how much that direction changes from the start to the end of the stride; left is positive |
    | `left_out` | why it takes no part in the measures; "" where it does |
    """

    side: str
    contact_s: float
    toe_off_s: float | None
    other_toe_off_s: float | None
    other_contact_s: float | None
    next_contact_s: float
    heading_deg: float
    turn_deg: float
    left_out: str = ""

    @property
    def used(self) -> bool:
        """Whether it takes part in the measures."""
        return not self.left_out

    @property
    def duration_s(self) -> float:
        """Stride time."""
        return self.next_contact_s - self.contact_s


@dataclass(frozen=True)
class Value:
    """Mean and standard deviation of `n` single values; the deviation of one value is NaN."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True)
class Symmetry:
    """Left against right, of the means of at least three strides each.  0 % and 100 % are the same on both sides.

    `index_percent` is (L - R) / (0.5 (L + R)) x 100, the symmetry index of Robinson, Herzog and Nigg, "Use of force
    platform variables to quantify the effects of chiropractic manipulation on gait symmetry", J. Manipulative
    Physiol. Ther. 10(4), 1987; `right_to_left_percent` is R / L x 100, as OpenCap reports it.
    """

    index_percent: float
    right_to_left_percent: float


def symmetry_index_percent(left: float, right: float) -> float:
    """The symmetry index (Symmetry) of two means whose sum is not 0."""
    return (left - right) / (0.5 * (left + right)) * 100


@dataclass(frozen=True)
class Measure:
    """A quantity of the gait.

    `key` is its name in files, `label` that for people; `left` and `right` are None for a quantity without sides,
    `both` takes all single values of both sides.  `definition` says from which event to which, `source` where the
    definition or the formula comes from, `method` how it was got here; `low` why it is to be taken with care, ""
    where there is no reason.  `typical` is what others measured at this speed, with its source, "" where none is
    known: a context and no verdict.
    """

    key: str
    label: str
    unit: str
    left: Value | None
    right: Value | None
    both: Value
    definition: str
    source: str
    method: str
    low: str = ""
    typical: str = ""
    symmetry: Symmetry | None = None


@dataclass(frozen=True)
class Curve:
    """Mean and standard deviation of `n` strides at CYCLE_POINTS points of the cycle."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    n: int


@dataclass(frozen=True)
class AngleCycle:
    """An angle over the cycle from a foot's contact (0 %) to its next contact (100 %), in degrees.  A side without a
    used stride is None.  `toe_off_percent`: where the stance ends, by side, where it is known."""

    key: str
    label: str
    left: Curve | None
    right: Curve | None
    definition: str
    toe_off_percent: Mapping[str, float]
    low: str = ""


@dataclass(frozen=True)
class NotMeasured:
    """Something that a reader may look for, and `why` it is not there."""

    what: str
    why: str


@dataclass(frozen=True)
class Offset:
    """The constant of an event's method: what is found lies `bias_s` after the truth (negative: before), and after
    that was subtracted spreads by `residual_s`.  `source`: on what it was learned."""

    kind: str
    event: str
    method: str
    points: str
    bias_s: float
    residual_s: float
    source: str


@dataclass(frozen=True)
class View:
    """How the camera sees the gait.  `angle_deg`: between the direction of progress and the picture plane, 0 from the
    side, 90 from the front or the back; `name` is one of VIEWS; `trust` says what that means, one sentence."""

    angle_deg: float
    name: str
    trust: str


@dataclass(frozen=True)
class GaitResult:
    """The gait of one person.

    With the `kind` NO_GAIT, `why_none` tells in one sentence why there is none (standing, too few steps, …), and
    events and measures are empty.  `heading_deg` is the mean direction of progress (see Stride), None without one;
    `treadmill` says that the person advances against the ground and not in the room.  `origin`: see ORIGINS.
    `view` is None for a motion that no camera saw.  `notes` are sentences for people.
    """

    kind: str
    why_none: str
    source: str
    origin: str
    skeleton: str
    fps: float
    duration_s: float
    heading_deg: float | None
    treadmill: bool
    speed_m_s: float | None
    view: View | None
    events: tuple[FootEvent, ...] = ()
    strides: tuple[Stride, ...] = ()
    measures: tuple[Measure, ...] = ()
    cycles: tuple[AngleCycle, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()
    offsets: tuple[Offset, ...] = ()
    notes: tuple[str, ...] = ()

    def measure(self, key: str) -> Measure | None:
        """The measure of this name, None where it was not measured."""
        return next((measure for measure in self.measures if measure.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """All of it in dicts, lists, numbers, texts and null, for `json.dumps`; NaN is null."""
        plain: dict[str, Any] = plain_values(self)
        return plain
