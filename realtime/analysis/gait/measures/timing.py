"""Quantities of time: functions of one stride.  The first sentence of each is its definition."""

from __future__ import annotations

from ..result import Stride

_NAN = float("nan")


def cadence(stride: Stride) -> float:
    """Steps of both feet a minute: 120 divided by the time (s) from a foot's contact to its next contact."""
    return 120 / stride.duration_s


def stride_rate(stride: Stride) -> float:
    """Strides a minute: 60 divided by the time (s) from a foot's contact to its next contact, half the steps of both
    feet."""
    return 60 / stride.duration_s


def stride_time(stride: Stride) -> float:
    """Time from a foot's contact to its next contact."""
    return stride.duration_s


def step_time(stride: Stride) -> float:
    """Time from the other foot's contact to this foot's next contact."""
    return _NAN if stride.other_contact_s is None else stride.next_contact_s - stride.other_contact_s


def contact_time(stride: Stride) -> float:
    """Time from a foot's contact to its toe-off."""
    return _NAN if stride.toe_off_s is None else stride.toe_off_s - stride.contact_s


def stance_share(stride: Stride) -> float:
    """Part of the stride time from a foot's contact to its toe-off."""
    return 100 * contact_time(stride) / stride.duration_s


def swing_time(stride: Stride) -> float:
    """Time from a foot's toe-off to its next contact."""
    return _NAN if stride.toe_off_s is None else stride.next_contact_s - stride.toe_off_s


def flight_time(stride: Stride) -> float:
    """Time from a foot's toe-off to the other foot's contact, in which no foot is on the ground."""
    if stride.toe_off_s is None or stride.other_contact_s is None:
        return _NAN
    return stride.other_contact_s - stride.toe_off_s


def double_support(stride: Stride) -> float:
    """Time in a stride in which both feet are on the ground: from a foot's contact to the other foot's toe-off, and
    from the other foot's contact to the foot's toe-off."""
    if stride.toe_off_s is None or stride.other_contact_s is None or stride.other_toe_off_s is None:
        return _NAN
    return (stride.other_toe_off_s - stride.contact_s) + (stride.toe_off_s - stride.other_contact_s)


def double_support_share(stride: Stride) -> float:
    """Part of the stride time in which both feet are on the ground."""
    return 100 * double_support(stride) / stride.duration_s


def single_support(stride: Stride) -> float:
    """Time from the other foot's toe-off to its contact, in which this foot alone is on the ground."""
    if stride.other_contact_s is None or stride.other_toe_off_s is None:
        return _NAN
    return stride.other_contact_s - stride.other_toe_off_s


def duty_factor(stride: Stride) -> float:
    """Part of the stride time in which a foot is on the ground, from its contact to its toe-off; below 0.5 there is
    flight."""
    return contact_time(stride) / stride.duration_s
