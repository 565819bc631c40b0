"""What the analysis of form finds, as it is published: stamps on both clocks, and only what can be sent."""

from __future__ import annotations

import math
import time

from ..analysis.form.live import Counted
from ..analysis.form.result import Fault, Measure
from ..pose import Estimate
from ..runtime.text import printable
from ..wire.analyses.form import FormFault, FormMeasure, FormRepetition
from ..wire.field_types import MAX_TEXT


class Stamps:
    """Instants on the clocks of an estimate, with which they became known."""

    def __init__(self, estimate: Estimate) -> None:
        pose = estimate.pose
        self._unix_ns = pose.t_unix_ns - pose.t_capture_ns
        # On the clock of the frames, which in a recording is the film's.
        self.known_ns = pose.t_capture_ns + time.monotonic_ns() - estimate.lag_start_ns

    def at_ns(self, t_s: float) -> int:
        """On the clock of `t_capture_ns`."""
        return round(t_s * 1e9)

    def unix_ns(self, t_s: float) -> int:
        """On the wall clock."""
        return self.at_ns(t_s) + self._unix_ns

    def delay_ms(self, t_s: float) -> float:
        """From the instant to when it is known."""
        return (self.known_ns - self.at_ns(t_s)) / 1e6


def repetition_of(counted: Counted, stamps: Stamps, *, number: int, in_set: int, exercise: str) -> FormRepetition:
    """A repetition with its numbers in the session and in its set."""
    one = counted.repetition
    return FormRepetition(
        number=number,
        in_set=in_set,
        exercise=exercise,
        side=one.side,
        start_ns=stamps.at_ns(one.start_s),
        bottom_ns=stamps.at_ns(min(max(one.bottom_s, one.start_s), one.end_s)),
        end_ns=stamps.at_ns(one.end_s),
        end_unix_ns=stamps.unix_ns(one.end_s),
        t_known_ns=stamps.known_ns,
        delay_ms=stamps.delay_ms(one.end_s),
        measures=tuple(map(_measure, counted.measures)),
    )


def fault_of(fault: Fault, stamps: Stamps, *, number: int, in_set: int) -> FormFault:
    """A fault with its number in the session and that of its repetition in the set."""
    return FormFault(
        number=number,
        in_set=in_set,
        key=as_text(fault.key),
        sentence=as_text(fault.sentence),
        t_ns=stamps.at_ns(fault.at_s),
        t_unix_ns=stamps.unix_ns(fault.at_s),
        t_known_ns=stamps.known_ns,
        delay_ms=stamps.delay_ms(fault.at_s),
    )


def _measure(measure: Measure) -> FormMeasure:
    return FormMeasure(
        key=as_text(measure.key),
        side=measure.side,
        unit=as_text(measure.unit),
        value=_finite(measure.value),
        error=_finite(measure.error),
        estimate=measure.estimate,
        why=as_text(measure.why or measure.low),
    )


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def as_text(text: str) -> str:
    """Words as they can be sent."""
    return printable(text)[:MAX_TEXT]
