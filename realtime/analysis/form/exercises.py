"""The exercises that can be counted, and what is known about each: a table.

An exercise has one signal, its `effort`: a path (T,) that is low where a repetition begins and ends and high where it
turns (the flexion of the knees in a squat, the height of the hand in an arm raise), in `unit`.  Counting live, and the
phases, are read from it; `turns` and `rests` are its usual values at the turn and at the start and end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...kinematics.segments import bend
from ...motion import Floats
from ..body import SIDES, Body


@dataclass(frozen=True)
class Exercise:
    """A row.  `name` in words; `effort`: of a body, and a side where one side works (`sided`).  `technique`: whether
    measures, faults and a score are known; `validated`: False where it was tried on synthetic motion only."""

    name: str
    effort: Callable[[Body, str], Floats]
    unit: str
    rests: float
    turns: float
    sided: bool = False
    technique: bool = False
    validated: bool = True


def knee_flexion_deg(body: Body, side: str = "") -> Floats:
    """Flexion (T,) of a knee, of both (their mean) without a side; 0 is straight."""
    return _bent_deg(body, side, "hip", "knee", "ankle")


def elbow_flexion_deg(body: Body, side: str = "") -> Floats:
    """Flexion (T,) of an elbow, of both (their mean) without a side; 0 is straight."""
    return _bent_deg(body, side, "shoulder", "elbow", "wrist")


def hip_flexion_deg(body: Body, side: str = "") -> Floats:
    """180° less the angle shoulder, hip, knee (T,); 0 is straight."""
    return _bent_deg(body, side, "shoulder", "hip", "knee")


def _bent_deg(body: Body, side: str, start: str, middle: str, end: str) -> Floats:
    sides = (side,) if side else SIDES
    bends = [bend(*(body.at[f"{one}_{part}"] for part in (start, middle, end))) for one in sides]
    mean: Floats = np.mean(bends, axis=0)
    return mean


EXERCISES = {
    "squat": Exercise("squat", knee_flexion_deg, "deg", 10, 100, technique=True),
    "lunge": Exercise("lunge", knee_flexion_deg, "deg", 10, 90, sided=True, technique=True),
    "side-lunge": Exercise("side lunge", knee_flexion_deg, "deg", 10, 80, sided=True, technique=True),
    "sit-to-stand": Exercise("sit to stand", knee_flexion_deg, "deg", 10, 85, technique=True),
    "deadlift": Exercise("deadlift", hip_flexion_deg, "deg", 10, 90, technique=True, validated=False),
    "bench-press": Exercise("bench press", elbow_flexion_deg, "deg", 10, 90, technique=True, validated=False),
    "push-up": Exercise("push-up", elbow_flexion_deg, "deg", 10, 90, technique=True, validated=False),
}
