"""The moments of a set that are shown: start, bottom and lock-out of each repetition, and what shows a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.form.result import FormResult
from ...motion import Floats

START, BOTTOM, LOCKOUT = MOMENTS = "start", "bottom", "lock-out"
FAULT = "fault"
MOST = 30  # repetitions with pictures: a page of more is too heavy for a phone


@dataclass(frozen=True)
class Moment:
    """A moment of the repetition with this `number`: one of MOMENTS, or what shows a fault with the key `fault`; and
    its frame `row`."""

    number: int
    name: str
    t_s: float
    row: int
    fault: str = ""


def moments(result: FormResult, times_s: Floats) -> list[Moment]:
    """Those of the first repetitions, at times (T,) of the motion's frames."""

    def at(number: int, name: str, t_s: float, fault: str = "") -> Moment:
        return Moment(number, name, t_s, int(np.argmin(np.abs(times_s - t_s))), fault)

    found = []
    for form in result.repetitions[:MOST]:
        one = form.repetition
        ordered = zip(MOMENTS, (one.start_s, one.bottom_s, one.end_s), strict=True)
        found += [at(one.number, name, t_s) for name, t_s in ordered]
        found += [at(one.number, FAULT, fault.at_s, fault.key) for fault in form.faults]
    return found
