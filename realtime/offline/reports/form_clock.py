"""What a set looks like at an instant: for its film, and for the drawing of the whole set."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain

import numpy as np

from ...analysis.body import SIDES, body_of
from ...analysis.form.exercises import EXERCISES, elbow_flexion_deg, knee_flexion_deg
from ...analysis.form.result import BOTTOM, DOWN, LOCKOUT, UP, FormResult, Measure, Partial, Repetition, RepetitionForm
from ...motion import Floats, Motion3D

_CUTOFF_HZ = 6.0
_BOTTOM_S = 0.12  # before and after the turn
_NOT_COUNTED_S, _FAULT_S = 1.5, 2.5  # how long it is told
_RECENT_S, _RECENT = 6.0, 120  # the signal that is shown, and its points
_QUIET = 5.0, 95.0  # percentiles of the signal that are its bottom and its top
_SCALES = 0.5, 2.0  # no more is made of an angle, whatever was measured
NOT_COUNTED, READY = "not counted", "ready"
KNEE, ELBOW = "knee", "elbow"


class FormClock:
    """The set of a motion, asked by time.  `part`: where the angles are that are shown, knee or elbow."""

    def __init__(self, result: FormResult, motion: Motion3D) -> None:
        self._result = result
        row = EXERCISES.get(result.exercise)
        body = body_of(motion)
        self._body = None if body is None else body.filtered(_CUTOFF_HZ)
        self._effort = row.effort if row and not row.sinks else knee_flexion_deg
        self._sided = bool(row and row.sided)
        self.unit = row.unit if row else "deg"
        self.part = ELBOW if row and row.effort is elbow_flexion_deg else KNEE
        self._moves: list[Repetition | Partial] = sorted(
            chain((form.repetition for form in result.repetitions), result.partials), key=lambda move: move.start_s
        )

    @cached_property
    def effort(self) -> tuple[Floats, Floats]:
        """Times (T,) and the signal (T,) by which repetitions were counted, or the knees' part of it if hips sink
        too: that has a zero.  Empty where there is none."""
        body = self._body
        if body is None:
            return np.empty(0), np.empty(0)
        if not self._sided:
            return body.times_s, self._effort(body, "")
        return body.times_s, np.fmax(*(self._effort(body, side) for side in SIDES))

    def count(self, t_s: float) -> int:
        """Repetitions that were complete by then."""
        return sum(form.repetition.end_s <= t_s for form in self._result.repetitions)

    def phase(self, t_s: float) -> str:
        """One of PHASES, or that a movement was not counted, or READY before the first one."""
        move = self._move(t_s)
        if move is None:
            return READY
        if t_s > move.end_s:
            recent = t_s - move.end_s < _NOT_COUNTED_S
            return NOT_COUNTED if isinstance(move, Partial) and recent else LOCKOUT if self.count(t_s) else READY
        if abs(t_s - move.bottom_s) <= _BOTTOM_S:
            return BOTTOM
        return DOWN if t_s < move.bottom_s else UP

    def tempo(self, t_s: float) -> str:
        """How long the way down and the way up of the newest movement take, as far as it has come."""
        move = self._move(t_s)
        if move is None:
            return ""
        down_s = min(t_s, move.bottom_s) - move.start_s
        up_s = min(t_s, move.end_s) - move.bottom_s
        return f"↓ {down_s:.1f} s" + (f"  ↑ {up_s:.1f} s" if up_s > 0 else "")

    def fault(self, t_s: float) -> str:
        """The newest fault in a sentence, for a while from the instant that shows it."""
        every = [fault for form in self._result.repetitions for fault in form.faults]
        now = [fault for fault in every if 0 <= t_s - fault.at_s < _FAULT_S]
        return _first_sentence(max(now, key=lambda fault: fault.at_s).sentence) if now else ""

    def angles(self, t_s: float) -> dict[str, float]:
        """The flexion of the knees or elbows by side, deg, where it is known: in a repetition scaled to what was
        measured at its turn, so that film and table agree there.  A side that was not measured has none."""
        body = self._body
        if body is None or not body.times_s[0] <= t_s <= body.times_s[-1]:
            return {}
        found = {
            side: self._scale(side, t_s) * float(body.value(path, t_s))
            for side, path in self._flexion.items()
            if side not in self._hidden
        }
        return {side: angle for side, angle in found.items() if np.isfinite(angle)}

    def recent(self, t_s: float) -> Floats:
        """The signal of the last seconds, 0 at rest and 1 at the turn."""
        times_s, signal = self.effort
        if not np.isfinite(signal).any():
            return np.full(_RECENT, np.nan)
        asked = np.linspace(t_s - _RECENT_S, t_s, _RECENT)
        low, high = self._range
        share: Floats = (np.interp(asked, times_s, signal, np.nan, np.nan) - low) / max(high - low, 1e-9)
        return share

    @cached_property
    def _range(self) -> Floats:
        bounds: Floats = np.nanpercentile(self.effort[1], _QUIET)
        return bounds

    @cached_property
    def _flexion(self) -> dict[str, Floats]:
        flexion = elbow_flexion_deg if self.part == ELBOW else knee_flexion_deg
        return {} if self._body is None else {side: flexion(self._body, side) for side in SIDES}

    @cached_property
    def _hidden(self) -> set[str]:
        """The sides whose angle was not measured in some repetition."""
        every = [(side, self._measured(form, side)) for form in self._result.repetitions for side in SIDES]
        return {side for side, measure in every if measure is not None and measure.value is None}

    def _measured(self, form: RepetitionForm, side: str) -> Measure | None:
        return form.measure(f"{self.part}_flexion", side)

    def _scale(self, side: str, t_s: float) -> float:
        """What was measured at the turn of the repetition of this time as a share of what the joints have there."""
        for form in self._result.repetitions:
            one, measure = form.repetition, self._measured(form, side)
            if measure and measure.value is not None and one.start_s <= t_s <= one.end_s and self._body is not None:
                lifted_deg = float(self._body.value(self._flexion[side], one.bottom_s))
                return min(max(measure.value / max(lifted_deg, 1.0), _SCALES[0]), _SCALES[1])
        return 1.0

    def _move(self, t_s: float) -> Repetition | Partial | None:
        """The newest movement that has begun."""
        begun = [move for move in self._moves if move.start_s <= t_s]
        return begun[-1] if begun else None


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]
