"""Contacts and toe-offs: found by a method for each kind of gait, its constant offset taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....motion import Floats, Motion3D
from ..offsets import UNKNOWN, offset_of
from ..options import GaitOptions
from ..progress import Swing
from ..result import BACK_VIEW, CONTACT, FRONT_VIEW, TOE_OFF, WALK, FootEvent, Offset
from ..view import view_name
from .choice import chosen
from .methods import METHODS
from .signals import Signals

_LOW_SCORE = 0.31  # of a joint that was hardly seen; one of which no keypoint is found has 0.3
LOW_RATE_HZ = 24.0  # below it events are marked


@dataclass(frozen=True)
class Step:
    """A foot that comes forward, stands and leaves: the contact at the end of `swing`, and the toe-off after it."""

    swing: Swing
    contact: FootEvent | None
    toe_off: FootEvent | None

    @property
    def side(self) -> str:
        """Which foot."""
        return self.swing.side


@dataclass(frozen=True)
class EventFinder:
    """A method with its offset, and why its events are uncertain."""

    method: str
    offset: Offset
    low: str


def finders(
    kind: str, signals: Signals, swings: list[Swing], origin: str, options: GaitOptions
) -> dict[str, EventFinder]:
    """By event.  Raises ValueError where a method that was asked for cannot be used."""
    found = {}
    for event, wanted in ((CONTACT, options.contact_method), (TOE_OFF, options.toe_off_method)):
        name = chosen(kind, event, wanted, signals, swings)
        offset = offset_of(kind, event, name, origin)
        found[event] = EventFinder(name, offset, _why_low(kind, name, offset, signals))
    return found


def steps_of(
    signals: Signals,
    swings: list[Swing],
    by_event: dict[str, EventFinder],
    motion: Motion3D,
    away_deg: Floats | None,
    *,
    correct: bool,
) -> list[Step]:
    """Each swing with its contact and its toe-off, in the order of time; `away_deg` (T,) is the direction as the camera
    sees it (view.py), None without a camera; `correct` takes offsets out."""

    def event(swing: Swing, kind: str) -> FootEvent | None:
        finder = by_event[kind]
        position = METHODS[finder.method].find(signals, swing)
        if not np.isfinite(position):
            return None
        times = signals.body.times_s
        bias = finder.offset.bias_s if correct else 0.0
        t_s = float(np.interp(position, np.arange(len(times)), times)) - bias
        if not times[swing.segment.start] <= t_s <= times[swing.segment.stop - 1]:
            return None
        reasons = (
            finder.low,
            _seldom_seen(signals, swing.side, finder.method, position),
            "" if away_deg is None else _poor_view(float(away_deg[round(position)])),
            _slow(motion),
        )
        return FootEvent(
            side=swing.side,
            kind=kind,
            t_s=t_s,
            frame=float(np.interp(t_s, motion.times_s, np.arange(len(motion)))),
            method=finder.method,
            interval_s=0.5 / motion.fps + finder.offset.residual_s,
            low="; ".join(filter(None, reasons)),
        )

    steps = []
    for swing in sorted(swings, key=lambda s: s.front):
        contact = event(swing, CONTACT) if swing.lands else None
        toe_off = event(swing, TOE_OFF)
        if contact and toe_off and toe_off.t_s <= contact.t_s:
            toe_off = None
        steps.append(Step(swing, contact, toe_off))
    return steps


def events_of(steps: list[Step]) -> tuple[FootEvent, ...]:
    """All events in the order of time."""
    found = [event for step in steps for event in (step.contact, step.toe_off) if event is not None]
    return tuple(sorted(found, key=lambda event: event.t_s))


def _why_low(kind: str, method: str, offset: Offset, signals: Signals) -> str:
    reasons = []
    if method == "zeni-ankle" and not signals.body.has("heel"):
        reasons.append("by the ankle: the points have no heel")
    if method == "zeni-ankle-back":
        reasons.append("by the ankle, which leaves the ground long before the toe" if kind == WALK else "by the ankle")
    if offset.source == UNKNOWN:
        reasons.append(f"the offset of {method} is not known for this gait")
    return "; ".join(reasons)


def _seldom_seen(signals: Signals, side: str, method: str, position: float) -> str:
    for part in METHODS[method].parts:
        score: Floats | None = signals.body.score.get(f"{side}_{part}")
        if score is not None and score[round(position)] < _LOW_SCORE:
            return f"the {part} was hardly seen"
    return ""


def _poor_view(away_deg: float) -> str:
    name = view_name(away_deg)
    return f"seen from the {name}" if name in (FRONT_VIEW, BACK_VIEW) else ""


def _slow(motion: Motion3D) -> str:
    return f"{motion.fps:.3g} frames a second" if motion.fps < LOW_RATE_HZ else ""
