"""All measures of a repetition, each with its error, or with the reason why there is no number."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ...body import SIDES
from ..result import LIFTED, MARKERS, Measure, Tilt, View
from .movement import Movement
from .offsets import Offset, offset_of
from .reading import Reading
from .row import FRONTAL, SAGITTAL, Row, Take
from .table import EITHER_LEG, ROWS, SIDED
from .tilt import height_error_m
from .view import BACK, BACK_QUARTER, FRONT, FRONT_QUARTER, SIDE

_LEAST_SCORE = 0.3
_HIDDEN_SCORE = 0.5  # of the knee or elbow of one side
# Of what is measured by markers: centres of joints under the skin (hips: Harrington et al., J. Biomech. 40(3), 2007).
_MARKERS_ERROR = {"cm": 2.0, "°": 3.0, "%": 5.0, "% of leg": 2.0}
_SIZE_SHARE = 0.04, 0.08  # of lengths, where the person's height was told, and where it was not
DEPTH_CM = -3.0  # the hip's crease is above its centre and the patella above the knee's, by not quite as much
_FROM = {
    FRONT: "from the front",
    FRONT_QUARTER: "obliquely from the front",
    SIDE: "from the side",
    BACK_QUARTER: "obliquely from behind",
    BACK: "from behind",
}
_LEVEL_DEG = 2.0  # a tilt known so well is no reason
TOO_CLOSE = "too close to call"
ERROR_NOT_KNOWN = "its error is not known"
ERROR_ASSUMED = "its error is assumed: it was not measured at this exercise"


@dataclass(frozen=True)
class Circumstances:
    """How a set was recorded.  `view` and `tilt` are None where no camera saw it; `height_told` is whether lengths have
    the person's size; `offsets` whether constant errors are taken out."""

    origin: str = MARKERS
    view: View | None = None
    tilt: Tilt | None = None
    height_told: bool = True
    offsets: bool = True

    def offset(self, key: str, exercise: str) -> Offset | None:
        """The row for a measure, None without one and for markers."""
        return None if self.view is None else offset_of(key, self.view.name, self.origin, exercise)


def measures_of(movement: Movement, how: Circumstances) -> tuple[Measure, ...]:
    """The measures of a repetition, in the order of the table."""
    found: list[Measure] = []
    for row in ROWS:
        if movement.exercise in row.exercises:
            found.append(_measure(movement, row, row.take, "", how))
            if row.key in SIDED:
                found += [_measure(movement, row, _of_side(row.key, side), side, how) for side in SIDES]
    return tuple(found)


def _of_side(key: str, side: str) -> Take:
    return lambda movement: SIDED[key](movement, side)


def _measure(movement: Movement, row: Row, take: Take, side: str, how: Circumstances) -> Measure:
    nothing = Measure(
        row.key,
        row.label,
        row.unit,
        None,
        side=side,
        estimate=row.estimate,
        definition=row.definition,
        source=row.source,
    )
    if why := _not_seen(movement, row, how):
        return replace(nothing, why=why)
    if side and how.origin == LIFTED and movement.seen(side) < _HIDDEN_SCORE:
        return replace(nothing, why=f"the {movement.joint} is hidden")
    reading = take(movement)
    if not math.isfinite(reading.value):
        return replace(nothing, why=reading.why or "its points are not known")
    value, error = _corrected(movement, row, reading, how)
    if row.limit is not None and error > row.limit:
        return replace(nothing, why=_not_trusted(row, error, how))
    return replace(
        nothing,
        value=value,
        error=error,
        at_s=reading.at_s,
        low=_low(movement, row, value, error, how),
    )


def too_close(depth_cm: float, error_cm: float) -> str:
    """A sentence where depth cannot be told, "" where it can."""
    if not abs(depth_cm - DEPTH_CM) <= error_cm:
        return ""
    return f"{TOO_CLOSE}: whether the hip was below the knee cannot be told within ± {error_cm:.0f} cm"


def _low(movement: Movement, row: Row, value: float, error: float, how: Circumstances) -> str:
    """Why a value is to be taken with care, "" where there is no reason."""
    if row.key == "depth" and movement.exercise == "squat":
        return too_close(value, error)
    if how.origin != LIFTED:
        return ""
    if not math.isfinite(error):
        return ERROR_NOT_KNOWN
    offset = how.offset(row.key, movement.exercise)
    return ERROR_ASSUMED if offset is not None and offset.assumed else ""


def _not_seen(movement: Movement, row: Row, how: Circumstances) -> str:
    """Why the parts of the body that a measure needs were not seen well enough, "" where they were."""
    if missing := [part for part in row.parts if not movement.body.has(part)]:
        return f"the skeleton has no {_listed(missing)}"
    if how.origin != LIFTED:
        return ""
    low = [part for part in row.parts if movement.score(part, either=row.key in EITHER_LEG) < _LEAST_SCORE]
    return f"the {_listed(low)} were not seen well enough" if low else ""


def _listed(parts: list[str]) -> str:
    return " and ".join(f"{part}s" for part in parts)


def _corrected(movement: Movement, row: Row, reading: Reading, how: Circumstances) -> tuple[float, float]:
    """The value and its error."""
    offset = how.offset(row.key, movement.exercise)
    if how.origin == MARKERS:
        return reading.value, _MARKERS_ERROR.get(row.unit, math.nan)
    if offset is None:
        return reading.value, math.nan
    value = reading.value - (offset.bias if how.offsets else 0.0)
    of_size = _SIZE_SHARE[not how.height_told] * abs(value) if row.size else 0.0
    return value, float(np.hypot(np.hypot(offset.within, _tilt_error(movement, row, how)), of_size))


def _tilt_error(movement: Movement, row: Row, how: Circumstances) -> float:
    """Of a measure against the vertical, for the camera's tilt: it turns what lies along the view."""
    if how.tilt is None or not row.gravity:
        return 0.0
    if row.key in ("depth", "thigh_angle"):
        thigh = np.mean([movement.thigh(side)[movement.bottom] for side in movement.working], axis=0)
        error_m = height_error_m(how.tilt, thigh)
        return (
            100 * error_m
            if row.unit == "cm"
            else math.degrees(math.asin(min(error_m / float(np.linalg.norm(thigh)), 1.0)))
        )
    if row.unit != "°":
        return 0.0
    along = {SAGITTAL: movement.ahead, FRONTAL: movement.left}[row.plane]
    return how.tilt.error_deg * abs(float(along[1]))


def _not_trusted(row: Row, error: float, how: Circumstances) -> str:
    from_where = "" if how.view is None else f"seen {_FROM[how.view.name]}, "
    unit = row.unit if row.unit.startswith("°") else f" {row.unit}"
    words = f"{from_where}it is known to within ± {error:.0f}{unit} only"
    if row.gravity and how.tilt is not None and how.tilt.error_deg > _LEVEL_DEG:
        words += f", with the camera's tilt known to within ± {how.tilt.error_deg:.0f}°"
    return words
