"""Measures of a trial: a value for each stride, then mean and spread for left, right and both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....motion import Floats
from ..result import (
    CONTACT,
    LEAST_A_SIDE,
    LEFT,
    LIFTED,
    RIGHT,
    RUN,
    SIDES,
    TOE_OFF,
    WALK,
    FootEvent,
    Measure,
    NotMeasured,
    Symmetry,
    Value,
    symmetry_index_percent,
)
from ..trial import Trial
from .foot_strike import LEAST_RATE_HZ, pattern
from .joint_angles import ANGLES, AT_EVENTS, MOMENTS, Angle, Moment
from .table import ALL_KINDS, FOOT_STRIKE, ROWS, Row
from .typical import typical_at

_SLOWER = {"toe": 5, "ankle": 15}  # per cent, in 6 runs of motion capture (trial.py)


def measures_of(
    trial: Trial, events: tuple[FootEvent, ...], tilt: str
) -> tuple[tuple[Measure, ...], tuple[NotMeasured, ...]]:
    """All measures that the trial allows, and what it does not, with the reason; `tilt` says why the vertical is not
    certain, "" where it is."""
    measured: list[Measure] = []
    missing: list[NotMeasured] = []
    speed = _speed(trial)
    for row in (*_rows(trial), *_angle_rows(trial)):
        values = _values(trial, row)
        if not any(values.values()):
            missing.append(NotMeasured(row.label, _why_missing(trial, row)))
            continue
        kinds = _events(trial, row)
        reasons = (
            tilt if row.gravity else "",
            _rolls(trial, row),
            _not_validated(trial, kinds),
            _uncertain(events, kinds),
        )
        measured.append(_measure(trial, row, values, "; ".join(filter(None, reasons)), speed))
    return tuple(measured), (*missing, *_absent(trial))


def foot_strike_words(measures: tuple[Measure, ...]) -> str:
    """The foot-strike pattern of each side in a sentence, "" where it was not measured."""
    found = next((measure for measure in measures if measure.key == FOOT_STRIKE.key), None)
    if found is None:
        return ""
    sides = [(side, getattr(found, side)) for side in SIDES]
    words = [f"{side} {pattern(value.mean)} ({value.mean:.0f}°)" for side, value in sides if value is not None]
    return f"Foot strike: {', '.join(words)}."


def speed_of(measures: tuple[Measure, ...]) -> float | None:
    """The mean speed, m/s."""
    return next((measure.both.mean for measure in measures if measure.key == "speed"), None)


def _rows(trial: Trial) -> Iterator[Row]:
    yield from (row for row in ROWS if trial.kind in row.kinds)
    if trial.kind in FOOT_STRIKE.kinds and _strike_is_seen(trial):
        yield FOOT_STRIKE


def _angle_rows(trial: Trial) -> Iterator[Row]:
    for key, moments in AT_EVENTS.items():
        angle = ANGLES[key]
        if trial.body.has(*angle.parts):
            paths = {side: angle.path(trial, side) for side in SIDES}
            for name in moments:
                yield _angle_row(angle, name, MOMENTS[name], paths)


def _angle_row(angle: Angle, name: str, moment: Moment, paths: dict[str, Floats]) -> Row:
    return Row(
        key=f"{angle.key}_{name}",
        label=f"{angle.label}, {moment.words}",
        unit="°",
        take=lambda trial, stride: moment.pick(trial, paths[stride.side], stride),
        definition=f"{angle.definition.removesuffix('.')}: {moment.words}.",
        source=angle.source,
        kinds=ALL_KINDS,
        events=(CONTACT, TOE_OFF) if moment.toe_off else (CONTACT,) if name == "contact" else (),
        ratio=False,
        gravity=angle.gravity,
    )


def _values(trial: Trial, row: Row) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {side: [] for side in SIDES}
    for stride in trial.strides:
        value = row.take(trial, stride)
        if np.isfinite(value):
            values[stride.side].append(value)
    return values


def _measure(trial: Trial, row: Row, values: dict[str, list[float]], low: str, speed: float | None) -> Measure:
    left, right = (_value(values[side]) if row.sided else None for side in (LEFT, RIGHT))
    both = _value(values[LEFT] + values[RIGHT])
    assert both is not None
    return Measure(
        key=row.key,
        label=row.label,
        unit=row.unit,
        left=left,
        right=right,
        both=both,
        definition=row.definition,
        source=row.source,
        method=_method(trial, row),
        low=low,
        typical=typical_at(row.key, trial.kind, speed),
        symmetry=_symmetry(left, right) if row.ratio else None,
    )


def _value(values: list[float]) -> Value | None:
    if not values:
        return None
    return Value(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else np.nan, len(values))


def _symmetry(left: Value | None, right: Value | None) -> Symmetry | None:
    if left is None or right is None or min(left.n, right.n) < LEAST_A_SIDE:
        return None
    if left.mean == 0 or left.mean + right.mean == 0:
        return None
    return Symmetry(symmetry_index_percent(left.mean, right.mean), right.mean / left.mean * 100)


def _method(trial: Trial, row: Row) -> str:
    events = (event for step in trial.steps for event in (step.contact, step.toe_off) if event is not None)
    used = sorted({event.method for event in events if event.kind in _events(trial, row)})
    words = [f"events: {', '.join(used)}"] if used else []
    if row.key == "vertical_oscillation":
        words.append(_oscillation_method(trial))
    elif row.key == "step_width" and not trial.in_room:
        words.append("both feet about the hips")
    elif row.size:
        words.append(_distance_method(trial))
    return "; ".join(words) or "times of contacts"


def _distance_method(trial: Trial) -> str:
    if trial.in_room:
        return "places in the room" + (" and the speed of the belt" if trial.signals.progress.treadmill else "")
    part, start, stop = trial.standing
    factor = f" x {trial.speed_factor:.3f}, learned on training people" if trial.speed_factor != 1 else ""
    return f"speed of the standing {part} under the hips, {100 * start:.0f} to {100 * stop:.0f} % of stance{factor}"


def _rolls(trial: Trial, row: Row) -> str:
    """Why a distance or a speed is low in a run whose place in the room is not known."""
    if trial.in_room or trial.kind == WALK or not row.size or row.key in ("step_width", "vertical_oscillation"):
        return ""
    part = trial.standing[0]
    if trial.speed_factor != 1:
        return f"the standing {part} of a lifted runner goes back slower than the ground; the factor is a median"
    return f"the standing {part} of a runner goes back {_SLOWER[part]} % slower than the ground"


def _oscillation_method(trial: Trial) -> str:
    if trial.in_room:
        return "height of the hips in the room"
    if trial.kind == RUN:
        return "a spring under a mass, from contact and flight time"
    return "height of the hips over the lowest point of the feet"


def _not_validated(trial: Trial, kinds: tuple[str, ...]) -> str:
    """Toe-offs of lifted runners were off by 60 to 100 ms in a rendered clip, on each side differently."""
    is_lifted_run = trial.origin == LIFTED and trial.kind != WALK
    return "toe-offs of lifted runners are not validated" if is_lifted_run and TOE_OFF in kinds else ""


def _events(trial: Trial, row: Row) -> tuple[str, ...]:
    """The events that a row depends on; a height in the room does not."""
    return () if row.size and trial.in_room else row.events


def _uncertain(events: tuple[FootEvent, ...], kinds: tuple[str, ...]) -> str:
    """What makes at least half of the events of these kinds uncertain."""
    reasons = []
    for kind in kinds:
        lows = [event.low for event in events if event.kind == kind]
        most = [words for words in dict.fromkeys(lows) if words and lows.count(words) >= len(lows) / 2]
        reasons += [f"{kind} {words}" for words in most]
    return "; ".join(reasons)


def _why_missing(trial: Trial, row: Row) -> str:
    if TOE_OFF in row.events and not any(stride.toe_off_s is not None for stride in trial.strides):
        return "no toe-off was found in a stride that could be used"
    return "no stride has all the events and points that it needs"


def _strike_is_seen(trial: Trial) -> bool:
    return trial.body.has("heel", "toe") and trial.body.fps >= LEAST_RATE_HZ


def _absent(trial: Trial) -> Iterator[NotMeasured]:
    """What the points or the rate do not allow."""
    if trial.kind in FOOT_STRIKE.kinds and not _strike_is_seen(trial):
        why = (
            f"it takes {LEAST_RATE_HZ:.0f} frames a second, this has {trial.body.fps:.3g}"
            if trial.body.has("heel", "toe")
            else "it takes heel and toe, and these points do not have both"
        )
        yield NotMeasured("Foot strike pattern", why)
    for angle in ANGLES.values():
        if not trial.body.has(*angle.parts):
            parts = [part for part in angle.parts if not trial.body.has(part)]
            yield NotMeasured(angle.label, f"the points have no {' and no '.join(parts)}")


def _speed(trial: Trial) -> float | None:
    row = next(row for row in ROWS if row.key == "speed")
    values = _values(trial, row)
    both = _value(values[LEFT] + values[RIGHT])
    return None if both is None else both.mean
