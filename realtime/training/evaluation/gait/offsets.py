"""The constant by which each method for events is off, learned on people that the networks were trained with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.gait.analyse import analyse_gait
from ....analysis.gait.events.methods import METHODS
from ....analysis.gait.options import GaitOptions
from ....analysis.gait.result import CONTACT, TOE_OFF, Offset
from ....motion import Motion3D
from .contacts import true_events
from .events import errors_ms, span_of
from .matching import Matches, match
from .trials import Trial

_FEWEST = 8  # events; fewer teach nothing


@dataclass(frozen=True)
class Learned:
    """An offset, and of how many true events it was learned; `missed` were not found."""

    offset: Offset
    events: int
    missed: int


def learn(kind: str, points: str, pairs: Sequence[tuple[Trial, Motion3D]]) -> list[Learned]:
    """The offset of every method for a kind of gait, from motions of trials; `points` is their origin."""
    found = []
    for event in (CONTACT, TOE_OFF):
        for method in (name for name, row in METHODS.items() if row.event == event):
            units = _matches(kind, event, method, pairs)
            everything = sum(units, Matches())
            if everything.found < _FEWEST:
                continue
            errors_s = errors_ms(units) / 1000
            bias = float(np.median(errors_s))
            residual = float(np.median(np.abs(errors_s - bias)))
            trials = len({trial.name for trial, _ in pairs})
            source = f"{trials} {kind}s of motion capture"
            offset = Offset(kind, event, method, points, round(bias, 4), round(residual, 4), source)
            found.append(Learned(offset, everything.true, everything.true - everything.found))
    return found


def _matches(kind: str, event: str, method: str, pairs: Sequence[tuple[Trial, Motion3D]]) -> list[Matches]:
    chosen = {"contact_method": method} if event == CONTACT else {"toe_off_method": method}
    units = []
    for trial, motion in pairs:
        try:
            result = analyse_gait(motion, GaitOptions(kind=kind, offsets=False, **chosen))
        except ValueError:  # the points do not have what the method needs
            continue
        true = true_events(trial)
        units.append(match(true, result.events, event, span_of(trial, true)))
    return units


def as_code(learned: Sequence[Learned]) -> str:
    """Rows of analysis/gait/offsets.py."""
    names = {"contact": "CONTACT", "toe-off": "TOE_OFF", "walk": "WALK", "run": "RUN"}
    rows = []
    for one in learned:
        row = one.offset
        kind, event = names[row.kind], names[row.event]
        rows.append(
            f'    Offset({kind}, {event}, "{row.method}", {row.points.upper()}, {row.bias_s:z.3f}, '
            f"{row.residual_s:.3f}, _{row.kind.upper()}S),"
        )
    return "\n".join(rows)
