"""Methods that find the contact and the toe-off of a foot, each with its paper.

A method looks at one swing of a foot (`progress.Swing`) and returns where the event is among the instants, between
them too; NaN where it does not find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ....motion import Floats
from ..progress import Swing
from ..result import CONTACT, TOE_OFF
from .extrema import crossing_within, peak_within
from .signals import Signals

Find = Callable[[Signals, Swing], float]


@dataclass(frozen=True)
class Method:
    """How an event is found: which one, from which parts of the foot and leg, whether the place in the room (or a
    treadmill's speed) must be known, the paper, and in words what it looks for."""

    event: str
    find: Find
    parts: tuple[str, ...]
    in_room: bool
    source: str
    words: str


def _around_front(swing: Swing) -> tuple[float, float]:
    """From the middle of the swing to the middle of the stance after it."""
    after = _next_back(swing)
    before = swing.back if swing.back is not None else max(swing.segment.start, 2 * swing.front - after)
    return (before + swing.front) / 2, (swing.front + after) / 2


def _next_back(swing: Swing) -> int:
    return swing.segment.stop - 1 if swing.next_back is None else swing.next_back


def _around_back(swing: Swing) -> tuple[float, float] | None:
    """From the middle of the stance to the middle of the next swing."""
    if swing.next_back is None:
        return None
    half = (swing.next_back - swing.front) / 2
    return swing.next_back - half, min(swing.next_back + half, swing.segment.stop - 1)


def _foremost(part: str) -> Find:
    def find(signals: Signals, swing: Swing) -> float:
        return peak_within(signals.place(f"{swing.side}_{part}"), *_around_front(swing))

    return find


def _rearmost(part: str) -> Find:
    def find(signals: Signals, swing: Swing) -> float:
        window = _around_back(swing)
        return np.nan if window is None else peak_within(-signals.place(f"{swing.side}_{part}"), *window)

    return find


def _lowest(part: str) -> Find:
    def find(signals: Signals, swing: Swing) -> float:
        return crossing_within(signals.fall(f"{swing.side}_{part}"), *_around_front(swing))

    return find


def _middle_falls(signals: Signals, swing: Swing) -> float:
    start, _ = _around_front(swing)
    return peak_within(-_middle_rate(signals, swing.side), start, swing.front + (swing.front - start) / 2)


def _ankle_rises(signals: Signals, swing: Swing) -> float:
    window = _around_back(swing)
    return np.nan if window is None else peak_within(signals.fall(f"{swing.side}_ankle"), *window)


def _middle_rises(signals: Signals, swing: Swing) -> float:
    window = _around_back(swing)
    return np.nan if window is None else peak_within(_middle_rate(signals, swing.side), *window)


def _middle_rate(signals: Signals, side: str) -> Floats:
    return (signals.fall(f"{side}_heel") + signals.fall(f"{side}_toe")) / 2


_STANDS, _LEAVES = 0.78, 0.66  # shares of the walking speed (Bruening & Ridge)


def _heel_stands(signals: Signals, swing: Swing) -> float:
    slow = _STANDS * signals.progress.pace_m_s - signals.speed_in_room(f"{swing.side}_heel")
    return crossing_within(slow, *_around_front(swing))


def _toe_leaves(signals: Signals, swing: Swing) -> float:
    window = _around_back(swing)
    if window is None:
        return np.nan
    fast = signals.speed_in_room(f"{swing.side}_toe") - _LEAVES * signals.progress.pace_m_s
    return crossing_within(fast, *window, last=True)


_MID_STANCE = 0.45  # of the way from front to back: after the knee's flexion under load


def _knee_straightest(signals: Signals, swing: Swing) -> float:
    window = _around_back(swing)
    if window is None or swing.next_back is None:
        return np.nan
    flexion = signals.knee_flexion(swing.side)
    start = swing.front + _MID_STANCE * (swing.next_back - swing.front)
    bent = flexion[swing.next_back : int(window[1]) + 1]
    if not len(bent) or not np.isfinite(bent).all():
        return np.nan
    return peak_within(-flexion, start, swing.next_back + int(np.argmax(bent)))


_ZENI = (
    "Zeni, Richards & Higginson, Two simple methods for determining gait events during treadmill and overground "
    "walking using kinematic data, Gait & Posture 27(4), 2008"
)
_OCONNOR = (
    "O'Connor, Thorpe, O'Malley & Vaughan, Automatic detection of gait events using kinematic data, "
    "Gait & Posture 25(3), 2007"
)
_BRUENING = (
    "Bruening & Ridge, Automated event detection algorithms in pathological gait, Gait & Posture 39(1), 2014, after "
    "Ghoussayni et al., Assessment and validation of a simple automated method for the detection of gait events and "
    "intervals, Gait & Posture 20(3), 2004"
)
_FELLIN = (
    "Fellin, Rose, Royer & Davis, Comparison of methods for kinematic identification of footstrike and toe-off during "
    "overground and treadmill running, J. Sci. Med. Sport 13(6), 2010"
)

METHODS = {
    "zeni-heel": Method(CONTACT, _foremost("heel"), ("heel",), False, _ZENI, "the heel farthest ahead of the hips"),
    "zeni-ankle": Method(CONTACT, _foremost("ankle"), ("ankle",), False, _ZENI, "the ankle farthest ahead of the hips"),
    "heel-lowest": Method(CONTACT, _lowest("heel"), ("heel",), False, _FELLIN, "the heel stops falling"),
    "ankle-lowest": Method(CONTACT, _lowest("ankle"), ("ankle",), False, _FELLIN, "the ankle stops falling"),
    "foot-falls": Method(
        CONTACT, _middle_falls, ("heel", "toe"), False, _OCONNOR, "the middle of the foot falls fastest"
    ),
    "heel-stands": Method(CONTACT, _heel_stands, ("heel",), True, _BRUENING, "the heel slows below 0.78 x speed"),
    "zeni-toe": Method(TOE_OFF, _rearmost("toe"), ("toe",), False, _ZENI, "the toe farthest behind the hips"),
    "zeni-ankle-back": Method(
        TOE_OFF, _rearmost("ankle"), ("ankle",), False, _ZENI, "the ankle farthest behind the hips"
    ),
    "foot-rises": Method(
        TOE_OFF, _middle_rises, ("heel", "toe"), False, _OCONNOR, "the middle of the foot rises fastest"
    ),
    "ankle-rises": Method(TOE_OFF, _ankle_rises, ("ankle",), False, _OCONNOR, "the ankle rises fastest"),
    "toe-leaves": Method(TOE_OFF, _toe_leaves, ("toe",), True, _BRUENING, "the toe speeds up above 0.66 x speed"),
    "knee-straightest": Method(
        TOE_OFF, _knee_straightest, (), False, _FELLIN, "the knee at its straightest before it bends for the swing"
    ),
}
