"""Knee flexion and depth at the turn of a repetition against the truth, and the constant offsets by which they are off,
learned on other people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.body import body_of
from ....analysis.form.result import Repetition, Tilt
from ....analysis.form.technique import legs
from ....analysis.form.technique.assess import CUTOFF_HZ
from ....analysis.form.technique.movement import Movement
from ....analysis.form.technique.tilt import TOLD, levelled
from ....motion import Floats, Motion3D

KNEE, DEPTH = "knee_flexion", "depth"
MEASURES = {KNEE: legs.knee_flexion, DEPTH: legs.depth}
UNITS = {KNEE: "°", DEPTH: "cm"}
_FEWEST = 3  # repetitions from a view; with fewer, those from all views tell the offset


@dataclass(frozen=True)
class Turn:
    """A measure of one repetition: what a `source` says, in axes levelled as `tilt` tells, and what is true.  `view` is
    from where the camera saw the person."""

    person: str
    exercise: str
    view: str
    source: str
    tilt: str
    measure: str
    true: float
    found: float

    @property
    def error(self) -> float:
        """Found less true."""
        return self.found - self.true


def at_turn(
    motion: Motion3D, exercise: str, span_s: tuple[float, float], pitch_deg: float | None, side: str = ""
) -> dict[str, float]:
    """The MEASURES, as the analysis takes them, where the knees are bent most between two times (or that of the `side`
    that works); in axes levelled by `pitch_deg`, or for None as they are.  NaN where the joints are not known."""
    body = body_of(motion)
    if body is None:
        return dict.fromkeys(MEASURES, np.nan)
    tilt = None if pitch_deg is None else Tilt(pitch_deg, TOLD, 0.0)
    level = levelled(body, motion, tilt).filtered(CUTOFF_HZ)
    start_s, end_s = span_s
    whole = Movement(level, exercise, Repetition(1, start_s, start_s, end_s, side))
    bent = whole.knee_deg()
    if not np.isfinite(bent).any():
        return dict.fromkeys(MEASURES, np.nan)
    turn_s = whole.at_s(int(np.nanargmax(bent)))
    movement = Movement(level, exercise, Repetition(1, start_s, turn_s, end_s, side), lifted=bool(motion.model))
    return {name: take(movement).value for name, take in MEASURES.items()}


def some(turns: Iterable[Turn], **wanted: str) -> list[Turn]:
    """Those whose fields have these values."""
    return [one for one in turns if all(getattr(one, field) == value for field, value in wanted.items())]


def offset_of(turns: Sequence[Turn], view: str | None = None) -> float:
    """The median error, of repetitions from a view where one is named and there are enough of them."""
    errors = [one.error for one in turns if view in (None, one.view)]
    return float(np.median(errors if len(errors) >= _FEWEST else [one.error for one in turns]))


def corrected(turns: Sequence[Turn], *, by_view: bool = False) -> Floats:
    """Errors (n,) of one measure and source, less the offset that is learned on all other people: one for all views, or
    one for each.  NaN where there are no other people."""
    others = {person: [one for one in turns if one.person != person] for person in {one.person for one in turns}}
    if not all(others.values()):
        return np.full(len(turns), np.nan)
    return np.array([one.error - offset_of(others[one.person], one.view if by_view else None) for one in turns])
