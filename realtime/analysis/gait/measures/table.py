"""The table of measures: what is taken from a stride, in which unit, for which gait, and after whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..result import CONTACT, RUN, RUN_WITHOUT_FLIGHT, TOE_OFF, WALK, Stride
from ..trial import Trial
from . import distances, timing
from .foot_strike import SOURCE, foot_strike_angle
from .joint_angles import first_sentence

Take = Callable[[Trial, Stride], float]
ALL_KINDS = WALK, RUN, RUN_WITHOUT_FLIGHT
_RUNS = RUN, RUN_WITHOUT_FLIGHT
_HOLLMAN = (
    "Hollman, McDade & Petersen, Normative spatiotemporal gait parameters in older adults, Gait & Posture 34(1), 2011"
)
_OPENCAP = (
    "Uhlrich et al., OpenCap: human movement dynamics from smartphone videos, PLOS Comput. Biol. 19(10), 2023 (its "
    "gait analysis)"
)
_PATOZ = "Patoz et al., Duty factor is a viable measure to classify spontaneous running forms, Sports 7(11):233, 2019"
_MORIN = (
    "Morin, Dalleau, Kyröläinen, Jeannin & Belli, A simple method for measuring stiffness during running, "
    "J. Appl. Biomech. 21(2), 2005: spring and flight of a runner"
)


@dataclass(frozen=True)
class Row:
    """A measure.

    | field | meaning |
    |---|---|
    | `take` | gives the value of one stride, NaN where it is not known |
    | `kinds` | the gaits that it is for |
    | `events` | those whose method and uncertainty matter; differences between equal events do not depend on them |
    | `sided` | whether left and right are told apart |
    | `ratio` | whether left and right may be divided by each other for symmetry |
    | `size` | whether it scales with the size of the person |
    | `gravity` | whether it is measured against the vertical |
    """

    key: str
    label: str
    unit: str
    take: Take
    definition: str
    source: str
    kinds: tuple[str, ...] = ALL_KINDS
    events: tuple[str, ...] = ()
    sided: bool = True
    ratio: bool = True
    size: bool = False
    gravity: bool = False


def _row(key: str, label: str, unit: str, take: Take, source: str, **more: Any) -> Row:
    return Row(key, label, unit, take, first_sentence(take), source, **more)


def _timed(key: str, label: str, unit: str, time: Callable[[Stride], float], source: str, **more: Any) -> Row:
    """A row for a function of one stride; seconds are shown as milliseconds."""
    scale = 1000.0 if unit == "ms" else 1.0

    def take(_trial: Trial, stride: Stride) -> float:
        return scale * time(stride)

    return Row(key, label, unit, take, first_sentence(time), source, **more)


_BOTH = CONTACT, TOE_OFF
ROWS = (
    _timed("cadence", "Cadence (both feet)", "steps/min", timing.cadence, _OPENCAP, sided=False),
    _timed("stride_rate", "Stride rate", "strides/min", timing.stride_rate, _HOLLMAN, sided=False),
    _row("speed", "Speed", "m/s", distances.speed, _OPENCAP, sided=False, size=True),
    _timed("stride_time", "Stride time", "ms", timing.stride_time, _HOLLMAN),
    _timed("step_time", "Step time", "ms", timing.step_time, _HOLLMAN),
    _row("stride_length", "Stride length", "m", distances.stride_length, _HOLLMAN, size=True),
    _row("step_length", "Step length", "m", distances.step_length, _HOLLMAN, size=True),
    _row("step_width", "Step width", "m", distances.step_width, _HOLLMAN, ratio=False, sided=False, size=True),
    _timed("contact_time", "Contact time", "ms", timing.contact_time, _PATOZ, events=_BOTH),
    _timed("stance_share", "Stance", "% of stride", timing.stance_share, _HOLLMAN, events=_BOTH, kinds=(WALK,)),
    _timed("swing_time", "Swing time", "ms", timing.swing_time, _HOLLMAN, events=_BOTH),
    _timed("flight_time", "Flight time", "ms", timing.flight_time, _PATOZ, events=_BOTH, kinds=(RUN,)),
    _timed(
        "double_support",
        "Double support",
        "ms",
        timing.double_support,
        _HOLLMAN,
        events=_BOTH,
        kinds=(WALK, RUN_WITHOUT_FLIGHT),
        sided=False,
    ),
    _timed(
        "double_support_share",
        "Double support",
        "% of stride",
        timing.double_support_share,
        _HOLLMAN,
        events=_BOTH,
        kinds=(WALK, RUN_WITHOUT_FLIGHT),
        sided=False,
    ),
    _timed(
        "single_support",
        "Single support",
        "ms",
        timing.single_support,
        _HOLLMAN,
        events=_BOTH,
        kinds=(WALK, RUN_WITHOUT_FLIGHT),
    ),
    _timed("duty_factor", "Duty factor", "1", timing.duty_factor, _PATOZ, events=_BOTH),
    _row(
        "vertical_oscillation",
        "Vertical oscillation",
        "m",
        distances.vertical_oscillation,
        _MORIN,
        events=_BOTH,
        ratio=False,
        sided=False,
        size=True,
    ),
)
FOOT_STRIKE = _row(
    "foot_strike_angle", "Foot strike angle", "°", foot_strike_angle, SOURCE, kinds=_RUNS, events=_BOTH, ratio=False
)
