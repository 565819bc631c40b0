"""The gait of somebody who runs or walks evenly, whose figures are written down here."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from realtime.analysis.gait.result import (
    BACK_VIEW,
    CONTACT,
    CYCLE_POINTS,
    LEFT,
    LIFTED,
    NO_GAIT,
    RIGHT,
    RUN,
    SIDE_VIEW,
    TOE_OFF,
    WALK,
    AngleCycle,
    Curve,
    FootEvent,
    GaitResult,
    Measure,
    NotMeasured,
    Offset,
    Stride,
    Symmetry,
    Value,
    View,
)

FPS = 60.0
STEP_S, CONTACT_S = {RUN: 0.36, WALK: 0.55}, {RUN: 0.26, WALK: 0.68}


def events(kind=RUN, strides=8):
    """Contacts and toe-offs of both feet, the left one first, half a second after the start."""
    found = []
    for step in range(2 * strides):
        side = (LEFT, RIGHT)[step % 2]
        contact_s = 0.5 + step * STEP_S[kind]
        for name, t_s in ((CONTACT, contact_s), (TOE_OFF, contact_s + CONTACT_S[kind])):
            found.append(FootEvent(side, name, t_s, t_s * FPS, f"method of {name}", 0.012))
    return tuple(sorted(found, key=lambda event: event.t_s))


def strides(kind=RUN, count=8):
    found = []
    for step in range(2 * count - 2):
        start_s = 0.5 + step * STEP_S[kind]
        side = (LEFT, RIGHT)[step % 2]
        stride = Stride(
            side,
            contact_s=start_s,
            toe_off_s=start_s + CONTACT_S[kind],
            other_toe_off_s=None,
            other_contact_s=start_s + STEP_S[kind],
            next_contact_s=start_s + 2 * STEP_S[kind],
            heading_deg=0.0,
            turn_deg=0.0,
            left_out="the person turns" if step == 3 else "",
        )
        found.append(stride)
    return tuple(found)


def measure(key, label, unit, left, right, sd=0.01, **more):
    both = (left + right) / 2
    symmetry = Symmetry(200 * (left - right) / (left + right), 100 * right / left)
    about = {
        "definition": f"What {label.lower()} is.",
        "source": "A. Author, J. Biomech. 1(1), 2000",
        "method": "from events",
    }
    values = Value(left, sd, 7), Value(right, sd, 7), Value(both, sd, 14)
    return Measure(key, label, unit, *values, symmetry=symmetry, **(about | more))


def cycle(key="knee_flexion", label="Knee flexion", low=""):
    phase = np.linspace(0, 2 * np.pi, CYCLE_POINTS)
    left, right = (tuple(map(float, 40 - 35 * np.cos(phase + shift))) for shift in (0.0, 0.3))
    spread = (4.0,) * CYCLE_POINTS
    return AngleCycle(
        key, label, Curve(left, spread, 7), Curve(right, spread, 6), "0° is straight.", {LEFT: 36.1, RIGHT: 36.4}, low
    )


def gait(kind=RUN, **more):
    step_s = STEP_S[kind]
    about = {
        "kind": kind,
        "why_none": "",
        "source": "run.mp4",
        "origin": LIFTED,
        "skeleton": "runner-20",
        "fps": FPS,
        "duration_s": 7.2,
        "heading_deg": 0.0,
        "treadmill": False,
        "speed_m_s": 3.1,
        "view": View(4.0, SIDE_VIEW, "Seen from the side, where times and angles are the most exact."),
        "events": events(kind),
        "strides": strides(kind),
        "measures": (
            Measure(
                *("cadence", "Cadence (both feet)", "steps/min", None, None),
                Value(60 / step_s, 1.2, 15),
                *("Steps of both feet in a minute.", "", "from contacts"),
            ),
            Measure(
                *("stride_rate", "Stride rate", "strides/min", None, None),
                Value(30 / step_s, 0.6, 14),
                *("Strides in a minute: half the steps.", "", "from contacts"),
            ),
            measure(
                "contact_time",
                "Contact time",
                "ms",
                262.0,
                258.0,
                sd=9.0,
                typical="0.27 to 0.28 s at 3.0 m/s (Someone 2015)",
            ),
            measure("flight_time", "Flight time", "ms", 100.0, 100.0, sd=8.0, low="fewer than five strides"),
            measure("step_length", "Step length", "m", 1.1, 1.12, sd=math.nan),
        ),
        "cycles": (cycle(), cycle("hip_flexion", "Hip flexion", low="the far leg is covered")),
        "not_measured": (NotMeasured("Foot-strike pattern", "it needs heel and toe at 60 frames a second"),),
        "offsets": (Offset(RUN, CONTACT, "foot lowest", "toe", 0.016, 0.008, "24 contacts of 3 people"),),
    }
    return GaitResult(**(about | more))


def nothing(why="The person stands."):
    """A recording without gait."""
    empty = dict.fromkeys(("measures", "cycles", "offsets"), ())
    about = {"view": None, "speed_m_s": None, "heading_deg": None}
    return replace(gait(RUN, **about, **empty), kind=NO_GAIT, why_none=why, events=(), strides=())


def from_behind():
    return gait(WALK, view=View(88.0, BACK_VIEW, "Seen from behind, contacts are 100 ms off: do not rely on times."))
