"""The form of somebody who squats, whose figures are written down here."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from realtime.analysis.form.result import (
    LIFTED,
    NO_EXERCISE,
    Curve,
    Fault,
    FormResult,
    Measure,
    NotMeasured,
    Partial,
    Repetition,
    RepetitionForm,
    Score,
    ScorePart,
    Tilt,
    View,
)

REPETITION_S, PAUSE_S, FIRST_S = 2.4, 0.8, 1.5


def repetition(number=1, side=""):
    """The one of this number, which turns after 1.3 s."""
    start_s = FIRST_S + (number - 1) * (REPETITION_S + PAUSE_S)
    return Repetition(number, start_s, start_s + 1.3, start_s + REPETITION_S, side)


def measures(one, knee_deg=118.0, depth_cm=-4.0):
    about = {"definition": "180° less the angle hip, knee, ankle.", "source": "A. Author, J. Biomech. 1(1), 2000"}
    return (
        Measure("depth", "Depth, hip above knee", "cm", depth_cm, 4.0, at_s=one.bottom_s, low="too close to call"),
        Measure("knee_flexion", "Knee flexion", "deg", knee_deg + 2, 6.0, "left", one.bottom_s, **about),
        Measure("knee_flexion", "Knee flexion", "deg", knee_deg - 1, 6.0, "right", one.bottom_s, **about),
        Measure("trunk_lean", "Trunk lean", "deg", 41.0, 5.0, at_s=one.bottom_s, **about),
        Measure("knee_ratio", "Knee separation over ankle separation", "%", 117.0, math.nan, at_s=one.bottom_s),
        Measure("shift", "Left–right shift", "cm", 1.2, 2.5, at_s=one.bottom_s),
        Measure("down_time", "Time down", "s", 1.3, 0.05),
        Measure("up_time", "Time up", "s", 1.1, 0.05),
        Measure("up_velocity", "Mean velocity up", "m/s", 0.42, 0.05, estimate=True),
        Measure("bar_path", "Bar path", "cm", None, why="the hands are fixed near the shoulders"),
    )


def score(points):
    parts = (
        ScorePart("depth", "Depth", points, 40.0, "the hip is 4 cm below the knee"),
        ScorePart("knees", "Knees over ankles", 30.0, 30.0, "they stay over the ankles"),
        ScorePart("tempo", "Tempo", 18.0, 30.0, "it is slower than the fastest repetition"),
    )
    return Score(sum(part.points for part in parts), parts)


def repetition_form(number=1, fault=False, side=""):
    one = repetition(number, side)
    sentence = "The knees go in on the way up: they are 92 % of the distance of the ankles apart."
    faults = (Fault("knees_in", sentence, one.bottom_s + 0.3, "knee_ratio"),) if fault else ()
    return RepetitionForm(
        one, measures(one, 118 - number), faults, score(20.0 if fault else 36.0), score(38.0 - number)
    )


def curve(key="knee_flexion", label="Knee flexion", count=3, unit="deg"):
    phase = np.linspace(0, 2 * np.pi, 101)
    paths = tuple(tuple(map(float, (60 - 2 * i) * (1 - np.cos(phase)))) for i in range(count))
    return Curve(key, label, unit, paths, "0° is straight; the mean of both knees.")


def squats(count=3, faulty=(2,), **more):
    """A set with a movement before it that was not counted."""
    about = {
        "exercise": "squat",
        "why_none": "",
        "how_exercise": "recognised: both knees bend together",
        "validated": True,
        "source": "squat.mp4",
        "origin": LIFTED,
        "skeleton": "h36m-17",
        "fps": 30.0,
        "duration_s": 3.0 + count * (REPETITION_S + PAUSE_S),
        "repetitions": tuple(repetition_form(n, n in faulty) for n in range(1, count + 1)),
        "partials": (Partial(0.3, 0.6, 1.0, 0.31, "It turned at a third of the way down."),),
        "set_measures": (
            Measure(
                "velocity_loss", "Velocity loss", "%", 18.0, 4.0, definition="Of the mean velocity up.", source="B"
            ),
        ),
        "curves": (curve(count=count), curve("trunk_lean", "Trunk lean", count)),
        "best": 1,
        "tilt": Tilt(3.2, "standing feet and trunk", 2.0),
        "view": View(20.0, "from the side", "Depth and knee angles are the most exact from here."),
        "not_measured": (NotMeasured("Knees in the frontal plane", "at the bottom of a squat it means nothing"),),
        "notes": ("Depth is too close to call in 2 of 3 repetitions.",),
    }
    return FormResult(**(about | more))


def nothing(why="The person stands and does not move.", **more):
    """A recording without a repetition."""
    empty = dict.fromkeys(("repetitions", "partials", "set_measures", "curves", "not_measured", "notes"), ())
    return replace(squats(**empty, best=None, tilt=None, view=None), exercise=NO_EXERCISE, why_none=why, **more)
