"""Gait while it happens: the analysis of recordings, of the newest seconds, again and again.

Every tenth of a second events are looked for in the last three seconds by the functions that look for them in a
recording, with the same filter, and those that are new and settled are told.  An event is settled when 0.06 s after it
are known: on the clips the end of the filtered signals then moves it by 1 ms (median).  That, the time in which a
movement turns, and the time to the next look are its delay.  A causal filter would be late by its group delay,
differently for each frequency; this one has none to be subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...motion import Motion3D
from ...pose import Pose3D
from ...wire.analyses.gait import STANDING
from ..body import Body, body_of
from .analyse import CUTOFF_HZ
from .events.finding import LOW_RATE_HZ, events_of, finders, steps_of
from .events.kind import kind_of, told_by_flight
from .events.signals import Signals
from .events.strides import MOST_TURN_DEG
from .live_window import LiveWindow
from .options import DEFAULTS
from .progress import Progress, progress_of
from .result import CONTACT, LIFTED, NO_GAIT, RUN, SIDES, WALK, FootEvent
from .rolling import Figures, Rolling
from .view import away_from_camera_deg
from .words import LEAST_CONTACTS, ON_THE_SPOT_M_S

SPAN_S = 3.0  # two strides of a slow walk
EVERY_S = 0.1
SETTLED_S = 0.06
_FIRST_S = 1.0  # so much must be known before anything is looked for
_SAME_S = 0.3  # events of one foot and kind that are nearer are one: nobody makes 400 steps a minute
_AGREED = 5  # so many looks in a row must find another kind of gait before it is taken
_OLDEST_S = 1.5  # what happened longer ago is not told any more
_HOLE_S = 0.25  # after a longer one the poses before it are of no use
_GAP_S = 1.0  # after a longer one everything begins anew
_ENDED_S = 1.5  # after the newest contact nobody walks any more
_STANDS = 0.15  # of the leg's length: what a foot goes forwards and back at least


@dataclass(frozen=True)
class LiveState:
    """What is known now: the kind of gait (result.KINDS, or STANDING), why there is none or figures are missing,
    which feet are on the ground (None where that is not known), and the figures of the newest steps."""

    kind: str
    why: str
    contact: Mapping[str, bool | None] = field(default_factory=lambda: dict.fromkeys(SIDES))
    figures: Figures = field(default_factory=Figures)


_TOO_FEW_POSES = LiveState(NO_GAIT, "too few poses yet")


@dataclass(frozen=True)
class _Look:
    """What the window shows: a kind of gait with its events, or why there is none."""

    kind: str
    why: str = ""
    events: tuple[FootEvent, ...] = ()


class LiveGait:
    """The gait of one person, pose by pose, in order; `state` is what is known as of the newest look."""

    def __init__(self) -> None:
        self._window, self._rolling = LiveWindow(SPAN_S), Rolling()
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._window.clear()
        self._rolling.reset()
        self._told: dict[tuple[str, str], float] = {}  # when the newest event of a foot and kind was
        self._due_s = -math.inf
        self._gait = WALK  # whose methods are used
        self._other_looks = 0  # in a row that found the other one
        self.state = _TOO_FEW_POSES

    def push(self, pose: Pose3D) -> list[FootEvent]:
        """The events that are known with this pose and were not before, in order of time; their `t_s` is on the
        clock of `t_capture_ns`."""
        t_s, before_s = pose.t_capture_ns / 1e9, self._window.newest_s
        if before_s is not None and not 0 < t_s - before_s <= _GAP_S:
            self.reset()
        elif before_s is not None and t_s - before_s > _HOLE_S:
            self._window.clear()
            self.state = _TOO_FEW_POSES
        self._window.add(pose)
        if t_s < self._due_s or self._window.length_s < _FIRST_S:
            return []
        # A little early rather than a frame late.
        self._due_s = t_s + 0.8 * EVERY_S
        look = self._look()
        settled = [event for event in look.events if SETTLED_S <= t_s - event.t_s <= _OLDEST_S]
        fresh = [event for event in settled if self._is_new(event)]
        for event in fresh:
            self._told[event.side, event.kind] = event.t_s
            self._rolling.add(event)
        self.state = self._state(look.kind, look.why, t_s)
        return fresh

    def miss(self, t_s: float) -> list[FootEvent]:
        """There is no pose at this time: no events; what the feet do is not known until there are poses again."""
        before_s = self._window.newest_s
        if before_s is not None and t_s - before_s > _GAP_S:
            self.reset()
        self.state = replace(self.state, contact=dict.fromkeys(SIDES))
        return []

    def _state(self, kind: str, why: str, t_s: float) -> LiveState:
        if kind in (NO_GAIT, STANDING):
            return LiveState(kind, why)
        figures = self._rolling.figures(t_s)
        kind = told_by_flight(kind, figures.duty_factor or 0.0)
        return LiveState(kind, figures.why, self._rolling.on_ground(t_s), figures)

    def _is_new(self, event: FootEvent) -> bool:
        return event.t_s > self._told.get((event.side, event.kind), -math.inf) + _SAME_S

    def _look(self) -> _Look:
        motion = self._window.motion()
        body = body_of(motion)
        if body is None:
            return _Look(NO_GAIT, "hips, knees and ankles are not known")
        first = body.filtered(CUTOFF_HZ[WALK])
        progress = progress_of(first, DEFAULTS)
        if progress is None:
            return _Look(STANDING) if _stands(first) else _Look(NO_GAIT, "the feet do not come forward in turn")
        signals = Signals(first, progress)
        self._choose(kind_of(signals, signals.swings()))
        if self._gait == RUN:
            signals = Signals(body.filtered(CUTOFF_HZ[RUN]), progress)
        return self._found(signals, motion)

    def _choose(self, gait: str) -> None:
        """Change to the methods for another gait when it is found again."""
        self._other_looks = self._other_looks + 1 if gait != self._gait else 0
        if self._other_looks >= _AGREED or not self._told:
            self._gait, self._other_looks = gait, 0

    def _found(self, signals: Signals, motion: Motion3D) -> _Look:
        progress, times = signals.progress, signals.body.times_s
        swings = signals.swings()
        by_event = finders(self._gait, signals, swings, LIFTED, DEFAULTS)
        away_deg = away_from_camera_deg(signals.body, progress.ahead)
        steps = steps_of(signals, swings, by_event, motion, away_deg, correct=True)
        events = events_of(steps)
        contacts = [event.t_s for event in events if event.kind == CONTACT]
        if len(contacts) < LEAST_CONTACTS:
            return _Look(NO_GAIT, "too few steps yet")
        if contacts[-1] < times[-1] - max(_ENDED_S, progress.stride_s):
            return _Look(STANDING)
        if progress.backwards:
            return _Look(NO_GAIT, "goes backwards")
        if abs(progress.speed_m_s) < ON_THE_SPOT_M_S and (progress.travel_m_s or 0) < ON_THE_SPOT_M_S:
            return _Look(NO_GAIT, "steps on the spot")
        turning = [_turn_deg(event, signals.body, progress) > MOST_TURN_DEG for event in events]
        if any(turning[-2:]):
            return _Look(NO_GAIT, "turning")
        straight = (event for event, turns in zip(events, turning, strict=True) if not turns)
        return _Look(self._gait, events=tuple(self._marked(event) for event in straight))

    def _marked(self, event: FootEvent) -> FootEvent:
        """The event, marked where frames were dropped."""
        rate_hz = self._window.rate_hz
        return event if event.low or rate_hz >= LOW_RATE_HZ else replace(event, low=f"{rate_hz:.0f} frames a second")


def _stands(body: Body) -> bool:
    spread = [np.ptp(body.at[f"{side}_ankle"][segment, :2], axis=0) for side in SIDES for segment in body.segments]
    return float(np.max(spread)) < _STANDS * body.leg_m


def _turn_deg(event: FootEvent, body: Body, progress: Progress) -> float:
    """By how much the direction of progress changes in the stride around an event."""
    around = np.array([-0.5, 0.5]) * progress.stride_s + event.t_s
    first, last = np.clip(np.searchsorted(body.times_s, around), 0, len(body.times_s) - 1)
    along = float(progress.ahead[first] @ progress.ahead[last])
    return math.degrees(math.acos(min(max(along, -1.0), 1.0)))
