"""Events of walking and running: found from markers and from lifted joints, against those of the markers at their
native rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.gait.analyse import analyse_gait
from ....analysis.gait.result import CONTACT, EVENTS, NO_GAIT, GaitResult
from ....motion import Floats, Motion3D
from ...synthesis.recorded_errors import ErrorBank
from ..intervals import interval, shown
from ..lifts import Way, lifted
from ..text_table import text_table
from .contacts import Event, true_events
from .matching import Matches, Span, match
from .trials import Trial
from .wayside import shoot

MARKERS = "markers"
_MOVES_M_S = 0.6  # who is slower has not started yet


@dataclass(frozen=True)
class Recording:
    """A trial under one camera, lifted one way; or its markers, with the `view` MARKERS.  `gait` is what the analysis
    says of its `motion`."""

    trial: Trial
    view: str
    way: str
    rate_hz: float
    motion: Motion3D
    gait: GaitResult

    def matches(self, kind: str, true: Sequence[Event] | None = None) -> Matches:
        """The events of a kind against the true ones."""
        known = true_events(self.trial) if true is None else true
        return match(known, self.gait.events, kind, span_of(self.trial, known))


def record(
    trials: Iterable[Trial], view: str, way: Way, rate_hz: float = 30.0, cameras: int = 1, *, bank: ErrorBank | None
) -> list[Recording]:
    """Every trial under so many cameras of a view."""
    found = []
    for trial in trials:
        for camera in range(cameras):
            motion = lifted(shoot(trial, view, camera, rate_hz, bank), way)
            found.append(Recording(trial, view, way.name, rate_hz, motion, analyse_gait(motion)))
    return found


def from_markers(trials: Iterable[Trial]) -> list[Recording]:
    """Every trial by its markers, at their native rate."""
    pairs = ((trial, trial.motion()) for trial in trials)
    return [Recording(trial, MARKERS, MARKERS, trial.rate_hz, motion, analyse_gait(motion)) for trial, motion in pairs]


def span_of(trial: Trial, events: Sequence[Event]) -> Span:
    """The part of a trial in which the person moves on."""
    moves = trial.times_s[trial.speed_m_s > _MOVES_M_S]
    contacts = sorted(event.t_s for event in events if event.kind == CONTACT)
    return Span(float(moves[0]), float(moves[-1]), 2 * float(np.median(np.diff(contacts))))


def event_table(groups: Mapping[str, Sequence[Recording]]) -> str:
    """For each group and kind of event: how many, how many were found and invented, and how far from the truth in
    milliseconds, with intervals over trials."""
    heads = ("", "event", "trials", "true", "found %", "false %", "bias", "half IQR", "median |e|", "no gait")
    rows = [row for name, recordings in groups.items() for row in _rows(name, recordings)]
    return text_table(heads, rows, labels=2)


def _rows(name: str, recordings: Sequence[Recording]) -> Iterable[tuple[str, ...]]:
    by_trial: dict[str, list[Recording]] = {}
    for recording in recordings:
        by_trial.setdefault(recording.trial.name, []).append(recording)
    silent = sum(recording.gait.kind == NO_GAIT for recording in recordings)
    for kind in EVENTS:
        units = [sum((one.matches(kind) for one in of_trial), Matches()) for of_trial in by_trial.values()]
        everything = sum(units, Matches())
        yield (
            name,
            kind,
            str(len(units)),
            str(everything.true),
            shown(interval(units, found_percent), 1),
            shown(interval(units, false_percent), 1),
            shown(interval(units, bias_ms)),
            f"{half_iqr_ms(units):.0f}",
            shown(interval(units, median_error_ms)),
            str(silent),
        )


def errors_ms(units: Sequence[Matches]) -> Floats:
    """All errors (n,)."""
    return 1000 * np.array([error for unit in units for error in unit.errors_s])


def found_percent(units: Sequence[Matches]) -> float:
    """Of the true events."""
    return _percent(sum(unit.found for unit in units), sum(unit.true for unit in units))


def false_percent(units: Sequence[Matches]) -> float:
    """Invented events, relative to the true ones."""
    return _percent(sum(unit.false for unit in units), sum(unit.true for unit in units))


def bias_ms(units: Sequence[Matches]) -> float:
    """The median error."""
    errors = errors_ms(units)
    return float(np.median(errors)) if len(errors) else np.nan


def median_error_ms(units: Sequence[Matches]) -> float:
    """The median of the absolute errors."""
    errors = errors_ms(units)
    return float(np.median(np.abs(errors))) if len(errors) else np.nan


def half_iqr_ms(units: Sequence[Matches]) -> float:
    """Half the range of the middle half of the errors."""
    errors = errors_ms(units)
    return float(np.subtract(*np.quantile(errors, (0.75, 0.25))) / 2) if len(errors) else np.nan


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else np.nan
