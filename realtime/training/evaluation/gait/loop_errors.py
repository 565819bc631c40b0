"""What the analysis says of looped trials, against what was put into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ....analysis.gait.result import SIDES, GaitResult
from ....motion import Floats
from ..intervals import interval, shown
from ..text_table import text_table
from .loops import Loop

_MS = {"ms": 0.001}  # measures are in milliseconds, loops in seconds


@dataclass(frozen=True)
class Quantity:
    """A measure of the analysis by its `key`, the truth of it, how an error is told, and the target."""

    key: str
    true: Callable[[Loop], float]
    unit: str
    target: float | None = None
    of_symmetry: bool = False

    def error(self, loop: Loop, gait: GaitResult) -> float:
        """Measured less true, in percent of it for the unit "%", else in `unit`; NaN where nothing was measured."""
        measure = gait.measure(self.key)
        if measure is None or (self.of_symmetry and measure.symmetry is None):
            return np.nan
        if self.of_symmetry:
            assert measure.symmetry is not None
            return measure.symmetry.index_percent - self.true(loop)
        error = _MS.get(measure.unit, 1.0) * measure.both.mean - self.true(loop)
        scale = {"%": 100 / self.true(loop), "ms": 1000.0, "cm": 100.0}.get(self.unit, 1.0)
        return error * scale


QUANTITIES = {
    "cadence": Quantity("cadence", lambda loop: 120 / loop.stride_s(), "%", 1.0),
    "stride time": Quantity("stride_time", Loop.stride_s, "%", 2.0),
    "symmetry of step times": Quantity("step_time", Loop.symmetry_percent, "points", 2.0, of_symmetry=True),
    "speed": Quantity("speed", lambda loop: loop.speed_m_s, "m/s", 0.1),
    "step length": Quantity("step_length", Loop.step_length_m, "cm", 5.0),
    "contact time": Quantity(
        "contact_time", lambda loop: float(np.mean([loop.contact_s(side) for side in SIDES])), "ms"
    ),
}


CHANGE = "change of symmetry"  # of a loop with an asymmetry against the same one without
QUANTITIES[CHANGE] = QUANTITIES["symmetry of step times"]


@dataclass(frozen=True)
class LoopResult:
    """A loop as the analysis saw it."""

    loop: Loop
    gait: GaitResult


def loop_table(groups: Mapping[str, Sequence[LoopResult]], names: Sequence[str] = tuple(QUANTITIES)) -> str:
    """For each group and quantity: the mean error, the mean absolute error with an interval over loops, the largest
    one, and for how many loops there was an answer."""
    heads = ("", "quantity", "loops", "answers", "mean error", "mean |error|", "largest", "unit", "wanted")
    rows = []
    for group, results in groups.items():
        for name in names:
            quantity = QUANTITIES[name]
            errors = _changes(results) if name == CHANGE else _errors(quantity, results)
            known = errors[np.isfinite(errors)]
            if not len(known):
                rows.append((group, name, str(len(errors)), "0", "–", "–", "–", quantity.unit, ""))
                continue
            mean = interval(np.abs(known).tolist(), lambda values: float(np.mean(values)))
            rows.append(
                (
                    group,
                    name,
                    str(len(errors)),
                    str(len(known)),
                    f"{known.mean():+.2f}",
                    shown(mean, 2),
                    f"{np.abs(known).max():.2f}",
                    quantity.unit,
                    "" if quantity.target is None else f"≤ {quantity.target:g}",
                )
            )
    return text_table(heads, rows, labels=2)


def _errors(quantity: Quantity, results: Sequence[LoopResult]) -> Floats:
    return np.array([quantity.error(one.loop, one.gait) for one in results])


def _changes(results: Sequence[LoopResult]) -> Floats:
    """Errors of the asymmetry that was put in: what the stride itself is wrong by is in both loops."""
    errors = dict(
        zip(
            ((one.loop.stride, one.loop.asymmetry_percent) for one in results),
            _errors(QUANTITIES[CHANGE], results),
            strict=True,
        )
    )
    return np.array([error - errors[stride, 0.0] for (stride, asymmetry), error in errors.items() if asymmetry])
