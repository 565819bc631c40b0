"""Strides: from a foot's contact to its next one, and which of them take part in the measures."""

from __future__ import annotations

from bisect import bisect
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...body import Body
from ..progress import Progress
from ..result import OTHER_SIDE, SIDES, Stride
from .finding import Step

MOST_TURN_DEG = 20.0
_MOST_ASIDE_DEG, _BACKWARDS_DEG = 60.0, 120.0
_PHASE = 0.2, 0.8  # of the stride, in which the other foot lands
_USUAL = 0.6, 1.6  # of the median stride time
BACKWARDS = "goes backwards"


def strides_of(steps: list[Step], body: Body, progress: Progress) -> tuple[Stride, ...]:
    """All strides between consecutive steps of a foot, in the order of time."""
    found = []
    for side in SIDES:
        own = [step for step in steps if step.side == side]
        others = [step for step in steps if step.side == OTHER_SIDE[side]]
        fronts = [step.swing.front for step in others]
        for step, following in pairwise(own):
            if step.contact and following.contact and step.swing.segment == following.swing.segment:
                first = bisect(fronts, step.swing.front) - 1
                last = bisect(fronts, following.swing.front) + 1
                near = others[max(first, 0) : last]
                found.append(_stride(step, step.contact.t_s, following.contact.t_s, near, body, progress))
    usual_s = float(np.median([stride.duration_s for stride in found])) if found else 0.0
    checked = [_checked_duration(stride, usual_s) for stride in found]
    return tuple(sorted(checked, key=lambda stride: stride.contact_s))


def _stride(
    step: Step, contact_s: float, next_contact_s: float, others: list[Step], body: Body, progress: Progress
) -> Stride:
    landed = [s for s in others if s.contact and contact_s < s.contact.t_s < next_contact_s]
    other_contact = landed[0].contact.t_s if len(landed) == 1 and landed[0].contact else None
    until = next_contact_s if other_contact is None else other_contact
    left = [s.toe_off.t_s for s in others if s.toe_off and contact_s < s.toe_off.t_s < until]
    toe_off = step.toe_off.t_s if step.toe_off and step.toe_off.t_s < next_contact_s else None
    heading, turn = _headings(body, progress, contact_s, next_contact_s)
    phase = np.nan if other_contact is None else (other_contact - contact_s) / (next_contact_s - contact_s)
    reasons = (
        (not np.isfinite(phase), "the other foot's contact was not found"),
        (not _PHASE[0] <= phase <= _PHASE[1], "both feet land together"),
        (abs(turn) > MOST_TURN_DEG, f"turns by {abs(turn):.0f}°"),
        *_aside(body, progress, contact_s, next_contact_s),
    )
    return Stride(
        side=step.side,
        contact_s=contact_s,
        toe_off_s=toe_off,
        other_toe_off_s=left[0] if left else None,
        other_contact_s=other_contact,
        next_contact_s=next_contact_s,
        heading_deg=heading,
        turn_deg=turn,
        left_out=next((words for bad, words in reasons if bad), ""),
    )


def _headings(body: Body, progress: Progress, start_s: float, stop_s: float) -> tuple[float, float]:
    """Direction in the middle of a stride, and by how much it turns from its start to its end, degrees."""
    start, middle, stop = _indices(body, start_s, stop_s)
    angles = [np.degrees(np.arctan2(progress.ahead[i, 1], progress.ahead[i, 0])) for i in (start, middle, stop)]
    return float(angles[1]), float((angles[2] - angles[0] + 180) % 360 - 180)


def _aside(body: Body, progress: Progress, start_s: float, stop_s: float) -> tuple[tuple[bool, str], ...]:
    """Whether a stride leads elsewhere than the body faces."""
    start, _, stop = _indices(body, start_s, stop_s)
    along = float((progress.ahead[start : stop + 1] * progress.facing[start : stop + 1]).sum(1).mean())
    away = np.degrees(np.arccos(np.clip(along, -1, 1)))
    backwards = away > _BACKWARDS_DEG or progress.backwards
    return (backwards, BACKWARDS), (away > _MOST_ASIDE_DEG, "goes sideways")


def _indices(body: Body, start_s: float, stop_s: float) -> tuple[int, int, int]:
    times = np.array([start_s, (start_s + stop_s) / 2, stop_s])
    start, middle, stop = np.clip(np.round((times - body.times_s[0]) * body.fps), 0, len(body.times_s) - 1).astype(int)
    return int(start), int(middle), int(stop)


def _checked_duration(stride: Stride, usual_s: float) -> Stride:
    if stride.left_out or _USUAL[0] * usual_s <= stride.duration_s <= _USUAL[1] * usual_s:
        return stride
    return replace(stride, left_out=f"lasts {stride.duration_s:.2f} s, the others {usual_s:.2f} s")
