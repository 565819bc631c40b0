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
from ...kinematics.vectors import unit
from ...motion import Floats
from ..body import SIDES, Body

LEGS, ARMS, ALL = "legs", "arms", "all"
_DOWN = np.array([0.0, 0.0, -1.0])
_HANGS_DEG, _IS_LIFTED_DEG = 20.0, 40.0  # of an arm
_FARTHEST_BACK_DEG = -120.0  # a forearm; what is beyond has gone over the front


@dataclass(frozen=True)
class Exercise:
    """A row.

    | field | meaning |
    |---|---|
    | `name` | in words |
    | `effort` | of a body and a side, "" for that which counts: of both sides their mean, or the higher one |
    | `rests`, `turns` | the effort where a repetition begins and ends, and where it turns |
    | `limbs` | LEGS, ARMS or ALL: which have to move as in the exercise |
    | `sided` | one side works, that whose effort changes more; with `front_foot` that of the foot in front |
    | `either_way` | may begin at either end: a forearm is turned forwards and back, or backwards and back |
    | `sinks` | the hips sink: nobody who walks or dances goes as far, and what does counts where the exercise is told |
    | `prior` | by what its evidence counts against that for one that looks like it and is done more often |
    | `recognised` | False where lifted arms of somebody who stands and trembles look like it: it has to be told |
    | `technique` | whether measures, faults and a score are known |
    | `validated` | False where it was tried on synthetic motion only |
    """

    name: str
    effort: Callable[[Body, str], Floats]
    unit: str
    rests: float
    turns: float
    limbs: str = LEGS
    sided: bool = False
    front_foot: bool = False
    either_way: bool = False
    sinks: bool = False
    prior: float = 1.0
    recognised: bool = True
    technique: bool = False
    validated: bool = True


_SINK_DEG_M = 300.0  # flexion of a knee for a metre that the hips sink: 100° in a squat of 0.35 m


def knee_flexion_deg(body: Body, side: str = "") -> Floats:
    """Flexion (T,) of a knee, of both (their mean) without a side; 0 is straight."""
    return _bent_deg(body, side, "hip", "knee", "ankle")


def leg_effort_deg(body: Body, side: str = "") -> Floats:
    """The mean of the flexion (T,) of a knee, of both without a side, and of how far the hips are down in the room, as
    the flexion that goes with it: lifted knees of a leg that points at the camera are hardly bent, while the hips
    sink in the picture.  Only its changes mean something.  Without a place in the room it is the flexion."""
    knee = knee_flexion_deg(body, side)
    if body.travel is None:
        return knee
    mean: Floats = (knee - _SINK_DEG_M * body.travel[:, 2]) / 2
    return np.where(np.isfinite(mean), mean, knee)


def elbow_flexion_deg(body: Body, side: str = "") -> Floats:
    """Flexion (T,) of an elbow, of both (their mean) without a side; 0 is straight."""
    return _bent_deg(body, side, "shoulder", "elbow", "wrist")


def hip_flexion_deg(body: Body, side: str = "") -> Floats:
    """180° less the angle shoulder, hip, knee (T,); 0 is straight."""
    return _bent_deg(body, side, "shoulder", "hip", "knee")


def thigh_elevation_deg(body: Body, side: str = "") -> Floats:
    """Angle (T,) between a thigh and straight down, of both (their mean) without a side; 0 hangs."""
    sides = (side,) if side else SIDES
    thighs = [body.at[f"{one}_knee"] - body.at[f"{one}_hip"] for one in sides]
    mean: Floats = np.mean([_between_deg(thigh, np.broadcast_to(_DOWN, thigh.shape)) for thigh in thighs], axis=0)
    return mean


def arm_elevation_deg(body: Body, side: str = "") -> Floats:
    """Angle (T,) between the line from shoulder to wrist and that from the shoulders to the hips, of both arms (their
    mean) without a side; 0 hangs.  The line to the wrist is twice as long as that to the elbow, and trembles half as
    much."""
    down = _middle(body, "hip") - _middle(body, "shoulder")
    sides = (side,) if side else SIDES
    arms = [_between_deg(_point(body, f"{one}_wrist") - _point(body, f"{one}_shoulder"), down) for one in sides]
    mean: Floats = np.mean(arms, axis=0)
    return mean


def forearm_turn_deg(body: Body, side: str = "") -> Floats:
    """How far a forearm (T,), of both the mean without a side, is turned from straight up to the front (90), seen from
    the side; less where its arm hangs, and 0 where it hangs at the trunk."""
    across = _point(body, "left_hip") - _point(body, "right_hip")
    ahead = unit(np.stack([across[:, 1], -across[:, 0], 0 * across[:, 0]], 1))
    sides = (side,) if side else SIDES
    turns = []
    for one in sides:
        forearm = _point(body, f"{one}_wrist") - _point(body, f"{one}_elbow")
        degrees = np.degrees(np.arctan2((forearm * ahead).sum(1), forearm[:, 2]))
        lifted = np.clip((arm_elevation_deg(body, one) - _HANGS_DEG) / (_IS_LIFTED_DEG - _HANGS_DEG), 0, 1)
        turns.append(lifted * ((degrees - _FARTHEST_BACK_DEG) % 360 + _FARTHEST_BACK_DEG))
    mean: Floats = np.mean(turns, axis=0)
    return mean


def _point(body: Body, name: str) -> Floats:
    """A point (T, 3); NaN where the skeleton does not have it, as the effort then is."""
    path = body.at.get(name)
    return np.full((len(body.times_s), 3), np.nan) if path is None else path


def _middle(body: Body, part: str) -> Floats:
    middle: Floats = (_point(body, f"left_{part}") + _point(body, f"right_{part}")) / 2
    return middle


def _between_deg(first: Floats, second: Floats) -> Floats:
    """Angle (T,) between vectors (T, 3)."""
    degrees: Floats = bend(np.zeros_like(first), first, first + second)
    return degrees


def _bent_deg(body: Body, side: str, start: str, middle: str, end: str) -> Floats:
    sides = (side,) if side else SIDES
    bends = [bend(*(_point(body, f"{one}_{part}") for part in (start, middle, end))) for one in sides]
    mean: Floats = np.mean(bends, axis=0)
    return mean


def of_busier_side(effort: Callable[[Body, str], Floats]) -> Callable[[Body, str], Floats]:
    """The effort of a side; without one that of the side where it is higher, at every instant."""

    def busier(body: Body, side: str = "") -> Floats:
        if side:
            return effort(body, side)
        return np.maximum(effort(body, "left"), effort(body, "right"))

    return busier


_ONE_LEG, _ONE_KNEE, _ONE_THIGH, _ONE_ARM, _ONE_FOREARM = map(
    of_busier_side, (leg_effort_deg, knee_flexion_deg, thigh_elevation_deg, arm_elevation_deg, forearm_turn_deg)
)

EXERCISES = {
    "squat": Exercise("squat", leg_effort_deg, "deg", 6, 107, sinks=True, technique=True),
    "lunge": Exercise("lunge", leg_effort_deg, "deg", 11, 96, sinks=True, sided=True, front_foot=True, technique=True),
    "side-lunge": Exercise("side lunge", _ONE_LEG, "deg", 11, 86, sinks=True, sided=True, technique=True),
    "sit-to-stand": Exercise("sit to stand", leg_effort_deg, "deg", 6, 100, sinks=True, prior=0.6, technique=True),
    "deadlift": Exercise("deadlift", hip_flexion_deg, "deg", 8, 100, ALL, technique=True, validated=False),
    "bench-press": Exercise("bench press", elbow_flexion_deg, "deg", 10, 90, ARMS, technique=True, validated=False),
    "push-up": Exercise("push-up", elbow_flexion_deg, "deg", 10, 90, ARMS, technique=True, validated=False),
    "hurdle-step": Exercise("hurdle step", _ONE_KNEE, "deg", 11, 111, sided=True),
    "leg-raise": Exercise("leg raise", _ONE_THIGH, "deg", 8, 82, sided=True),
    "shoulder-abduction": Exercise("shoulder abduction", _ONE_ARM, "deg", 12, 125, ARMS, sided=True),
    "shoulder-extension": Exercise("shoulder extension", _ONE_ARM, "deg", 12, 55, ARMS, sided=True, recognised=False),
    "shoulder-rotation": Exercise(
        "shoulder rotation", _ONE_FOREARM, "deg", 0, 100, ARMS, sided=True, either_way=True, recognised=False
    ),
    "shoulder-scaption": Exercise("shoulder scaption", _ONE_ARM, "deg", 12, 90, ARMS, sided=True),
}
