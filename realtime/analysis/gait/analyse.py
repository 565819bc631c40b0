"""From a motion to its gait: the steps of the analysis, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ...motion import Floats, Motion3D
from ...pose import UNKNOWN
from ..body import Body, body_of
from .events.finding import events_of, finders, steps_of
from .events.kind import kind_of, told_by_flight
from .events.signals import Signals
from .events.strides import strides_of
from .measures.joint_angles import cycles_of
from .measures.summary import foot_strike_words, measures_of, speed_of
from .offsets import speed_factor
from .options import AUTO, DEFAULTS, GaitOptions
from .progress import progress_of
from .result import (
    LIFTED,
    MARKERS,
    NO_GAIT,
    RUN,
    WALK,
    AngleCycle,
    GaitResult,
    Measure,
    NotMeasured,
    Stride,
    View,
)
from .trial import Trial
from .view import away_from_camera_deg, view_of
from .words import notes_of, why_no_body, why_no_gait, why_no_steps

CUTOFF_HZ = {WALK: 6.0, RUN: 10.0}  # of the low-pass filter
LEAST_STRIDES = 2  # with fewer nothing is measured


def analyse_gait(motion: Motion3D, options: GaitOptions = DEFAULTS) -> GaitResult:
    """The gait of the person of a motion.

    Needs hips, knees and ankles; with heels, toes, shoulders, elbows and wrists it says more.  What cannot be measured
    is in the result with the reason: whatever the person does, there is a result.  Raises ValueError for options that
    do not fit the motion."""
    origin = options.origin if options.origin != AUTO else LIFTED if motion.model else MARKERS
    none = _none(motion, origin)
    body = body_of(motion)
    if body is None:
        return replace(none, why_none=why_no_body(motion))

    first = body.filtered(CUTOFF_HZ[WALK])
    progress = progress_of(first, replace(options, origin=origin))
    if progress is None:
        return replace(none, why_none=why_no_steps(first, motion))
    signals = Signals(first, progress)
    kind = kind_of(signals, signals.swings(), options.kind)
    if kind == RUN:
        signals = Signals(body.filtered(CUTOFF_HZ[RUN]), progress)

    away_deg = away_from_camera_deg(body, progress.ahead) if origin == LIFTED else None
    swings = signals.swings()
    by_event = finders(kind, signals, swings, origin, options)
    steps = steps_of(signals, swings, by_event, motion, away_deg, correct=options.offsets)
    events = events_of(steps)
    strides = strides_of(steps, signals.body, progress)
    if why := why_no_gait(motion, progress, strides, events):
        return replace(none, why_none=why, treadmill=progress.treadmill)

    used = tuple(stride for stride in strides if stride.used)
    kind = told_by_flight(kind, _duty_factor(used))
    factor = speed_factor(kind, origin) if options.offsets else 1.0
    trial = Trial(signals, kind, origin, steps, used, factor)
    notes = list(notes_of(motion, trial, strides))
    measures: tuple[Measure, ...] = ()
    cycles: tuple[AngleCycle, ...] = ()
    missing: tuple[NotMeasured, ...] = (NotMeasured("Everything but the events", _too_few(used)),)
    if len(used) >= LEAST_STRIDES:
        tilt = _tilt_not_known(motion, origin)
        measures, missing = measures_of(trial, events, tilt)
        cycles = cycles_of(trial, tilt)
        notes += filter(None, [foot_strike_words(measures)])
    return replace(
        none,
        kind=trial.kind,
        heading_deg=_mean_heading(used or strides),
        treadmill=progress.treadmill,
        speed_m_s=speed_of(measures),
        view=_view(body, away_deg, [stride.contact_s for stride in used] or [event.t_s for event in events]),
        events=events,
        strides=strides,
        measures=measures,
        cycles=cycles,
        not_measured=missing,
        offsets=tuple(finder.offset for finder in by_event.values()) if options.offsets else (),
        notes=tuple(notes),
    )


def _none(motion: Motion3D, origin: str) -> GaitResult:
    """The result for a motion in which nothing is found yet."""
    return GaitResult(
        kind=NO_GAIT,
        why_none="",
        source=motion.source,
        origin=origin,
        skeleton=motion.skeleton.name,
        fps=motion.fps,
        duration_s=float(motion.times_s[-1] - motion.times_s[0]),
        heading_deg=None,
        treadmill=False,
        speed_m_s=None,
        view=None,
    )


def _duty_factor(strides: Iterable[Stride]) -> float:
    """The mean of strides, NaN where no toe-off is known."""
    duty = [(s.toe_off_s - s.contact_s) / s.duration_s for s in strides if s.toe_off_s is not None]
    return float(np.mean(duty)) if duty else float("nan")


def _view(body: Body, away_deg: Floats | None, times_s: list[float]) -> View | None:
    """The camera's view at some times, None without a camera."""
    return None if away_deg is None else view_of(np.array([float(body.value(away_deg, t_s)) for t_s in times_s]))


def _mean_heading(strides: tuple[Stride, ...]) -> float | None:
    """Mean direction of strides, degrees; None without one."""
    if not strides:
        return None
    return float(np.degrees(np.angle(np.mean(np.exp(1j * np.radians([stride.heading_deg for stride in strides]))))))


def _tilt_not_known(motion: Motion3D, origin: str) -> str:
    known = motion.camera_pitch is not None and motion.camera_pitch.how != UNKNOWN
    return "the camera's tilt is not known" if origin == LIFTED and not known else ""


def _too_few(used: tuple[Stride, ...]) -> str:
    return f"{len(used)} of the strides could be used, and {LEAST_STRIDES} are needed"
