"""The moments of a stride that are shown: contact, mid-stance and toe-off of each foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.gait.result import SIDES, GaitResult, Stride
from ...motion import Floats

CONTACT, MID_STANCE, TOE_OFF = MOMENTS = "contact", "mid-stance", "toe-off"
_WITHIN_S = 60.0  # of the first stride: what comes later is not read a second time for its pictures


@dataclass(frozen=True)
class Moment:
    """A moment of the foot `side`, one of MOMENTS, and its frame `row`."""

    side: str
    name: str
    t_s: float
    row: int


def moments(result: GaitResult, times_s: Floats, clearness: Floats | None = None) -> list[Moment]:
    """Those of the stance of each foot that is seen best, at times (T,) of the motion's frames.

    `clearness` (T,): how well the person is seen, the higher the better; without it the middle stance is taken.  The
    other foot's stance is the nearest one.  Strides that take part in the measures go first.  Mid-stance is halfway
    between contact and toe-off.
    """
    whole = [stride for stride in result.strides if stride.toe_off_s is not None]
    stances = _used_if_any(whole)
    if not stances:
        return []
    early = [stride for stride in stances if stride.contact_s - stances[0].contact_s <= _WITHIN_S]
    first = _clearest(early, times_s, clearness)
    others = _used_if_any([stride for stride in whole if stride.side != first.side])
    nearest = min(others, key=lambda stride: abs(stride.contact_s - first.contact_s), default=None)
    shown = {stride.side: stride for stride in (first, nearest) if stride is not None}
    return [moment for side in SIDES if side in shown for moment in _of(shown[side], times_s)]


def _used_if_any(strides: list[Stride]) -> list[Stride]:
    return [stride for stride in strides if stride.used] or strides


def _clearest(strides: list[Stride], times_s: Floats, clearness: Floats | None) -> Stride:
    if clearness is None:
        return strides[len(strides) // 2]
    return max(strides, key=lambda stride: float(np.min(clearness[[m.row for m in _of(stride, times_s)]])))


def _of(stride: Stride, times_s: Floats) -> list[Moment]:
    assert stride.toe_off_s is not None  # it has a stance
    middle_s = (stride.contact_s + stride.toe_off_s) / 2
    at_s = zip(MOMENTS, (stride.contact_s, middle_s, stride.toe_off_s), strict=True)
    return [Moment(stride.side, name, t_s, int(np.argmin(np.abs(times_s - t_s)))) for name, t_s in at_s]
