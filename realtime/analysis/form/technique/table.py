"""The table of measures: what is read from a repetition, in which unit, for which exercise, and after whom."""

from __future__ import annotations

from typing import Any

from . import arms, legs, tempo
from .row import FRONTAL, SAGITTAL, Row, Take, first_sentence

GEOMETRY = "plain geometry"
_IPF = "the rule of depth: IPF Technical Rules Book 2024, squat; measured between joint centres here"
_KASR = (
    "knee-to-ankle separation: Noyes et al., The drop-jump screening test, Am. J. Sports Med. 33(2), 2005; at the "
    "turn of the repetition here"
)
_FPPA = (
    "Willson, Ireland & Davis, Core strength and lower extremity alignment during single leg squats, MSSE 38(5), 2006"
)
_VELOCITY = (
    "mean velocity of the concentric phase: Jukic et al., Velocity loss thresholds during resistance training, Sports "
    "Med. 53, 2023"
)
_SINKS = "no downward movement in the ascent: IPF Technical Rules Book 2024; the dead band is this program's"
_SQUATS = "squat", "sit-to-stand", "deadlift"
_LUNGES = "lunge", "side-lunge"
_STANDING = *_SQUATS, *_LUNGES
_ARMS = "bench-press", "push-up"
ALL = *_STANDING, *_ARMS


def _row(
    key: str, label: str, unit: str, take: Take, exercises: tuple[str, ...], source: str = GEOMETRY, **more: Any
) -> Row:
    return Row(key, label, unit, take, first_sentence(take), source, exercises, **more)


_LEG, _TRUNK, _ARM = ("hip", "knee", "ankle"), ("hip", "shoulder"), ("shoulder", "elbow", "wrist")
_SIDE: dict[str, Any] = {"plane": SAGITTAL}
_FRONT: dict[str, Any] = {"plane": FRONTAL}

ROWS = (
    _row(
        "depth",
        "Depth: hip over knee",
        "cm",
        legs.depth,
        ("squat", "sit-to-stand", *_LUNGES),
        source=_IPF,
        limit=14,
        parts=("hip", "knee"),
        gravity=True,
        size=True,
        **_SIDE,
    ),
    _row(
        "thigh_angle",
        "Thigh against the horizontal",
        "°",
        legs.thigh_angle,
        ("squat", "sit-to-stand", *_LUNGES),
        limit=18,
        parts=("hip", "knee"),
        gravity=True,
        **_SIDE,
    ),
    _row("knee_flexion", "Knee flexion at the turn", "°", legs.knee_flexion, _STANDING, limit=21, parts=_LEG, **_SIDE),
    _row(
        "hip_flexion",
        "Hip flexion at the turn",
        "°",
        legs.hip_flexion,
        _STANDING,
        limit=23,
        parts=("shoulder", "hip", "knee"),
        **_SIDE,
    ),
    _row("elbow_flexion", "Elbow flexion at the turn", "°", arms.elbow_flexion, _ARMS, parts=_ARM),
    _row(
        "trunk_lean",
        "Trunk lean at the turn",
        "°",
        legs.trunk_lean,
        _STANDING,
        limit=18,
        parts=_TRUNK,
        gravity=True,
        **_SIDE,
    ),
    _row(
        "most_lean", "Largest trunk lean", "°", legs.most_lean, _STANDING, limit=17, parts=_TRUNK, gravity=True, **_SIDE
    ),
    _row(
        "most_sideways",
        "Largest lean to a side",
        "°",
        legs.most_sideways,
        _STANDING,
        limit=10,
        parts=_TRUNK,
        gravity=True,
        **_FRONT,
    ),
    _row(
        "knee_separation",
        "Knee over ankle separation",
        "%",
        legs.knee_separation,
        _SQUATS,
        source=_KASR,
        limit=36,
        parts=("knee", "ankle"),
        **_FRONT,
    ),
    _row(
        "least_knee_separation",
        "Least knee separation on the way up",
        "%",
        legs.least_knee_separation,
        _SQUATS,
        source=_KASR,
        limit=36,
        parts=("knee", "ankle"),
        **_FRONT,
    ),
    _row(
        "fppa",
        "Frontal plane projection angle",
        "°",
        legs.fppa,
        ("squat", "sit-to-stand", "lunge"),
        source=_FPPA,
        limit=8,
        parts=_LEG,
        **_FRONT,
    ),
    _row(
        "shift",
        "Hips shifted to the left",
        "cm",
        legs.shift,
        _SQUATS,
        limit=10,
        parts=("hip", "ankle"),
        size=True,
        **_FRONT,
    ),
    _row(
        "reach",
        "Hips moved to the working side",
        "% of leg",
        legs.reach,
        ("side-lunge",),
        limit=18,
        parts=("hip", "ankle"),
        **_FRONT,
    ),
    _row("left_right", "Left less right knee flexion", "°", legs.left_right, _SQUATS, limit=15, parts=_LEG),
    _row(
        "stance",
        "Stance over shoulder width",
        "%",
        legs.stance,
        _SQUATS,
        limit=40,
        parts=("shoulder", "ankle"),
        **_FRONT,
    ),
    _row("locked_knees", "Knee flexion at lock-out", "°", legs.locked_knees, _SQUATS, limit=13, parts=_LEG),
    _row("locked_hips", "Hip flexion at lock-out", "°", arms.locked_hips, ("deadlift",), limit=15, parts=_TRUNK),
    _row("locked_elbows", "Elbow flexion at lock-out", "°", arms.locked_elbows, _ARMS, parts=_ARM),
    _row(
        "bar_drift",
        "Bar path: drift on the way up",
        "cm",
        arms.bar_drift,
        ("deadlift", "bench-press"),
        parts=("wrist",),
        size=True,
        **_SIDE,
    ),
    _row(
        "bar_tilt",
        "Bar: left hand over right",
        "cm",
        arms.bar_tilt,
        ("deadlift", "bench-press"),
        parts=("wrist",),
        gravity=True,
        size=True,
        **_FRONT,
    ),
    _row(
        "body_line",
        "Largest bend at the hips",
        "°",
        arms.body_line,
        ("push-up",),
        parts=("shoulder", "hip", "knee"),
        **_SIDE,
    ),
    _row("range", "Range of the angle", "°", tempo.angle_range, ALL, parts=(), limit=26),
    _row("rise", "Way up", "cm", tempo.rise, ALL, parts=(), limit=15, gravity=True, size=True),
    _row("down_time", "Time down", "s", tempo.down, ALL, parts=()),
    _row("pause_time", "Time at the turn", "s", tempo.pause, ALL, parts=()),
    _row("up_time", "Time up", "s", tempo.up, ALL, parts=()),
    _row(
        "mean_velocity",
        "Mean velocity up",
        "m/s",
        tempo.mean_velocity,
        ALL,
        source=_VELOCITY,
        parts=(),
        limit=0.35,
        gravity=True,
        size=True,
        estimate=True,
    ),
    _row(
        "sinks", "Movement down in the ascent", "cm", tempo.sinks, ALL, source=_SINKS, parts=(), gravity=True, size=True
    ),
)
BY_KEY = {row.key: row for row in ROWS}
# Means of the working legs, in which a leg that is hidden hardly counts.
EITHER_LEG = "depth", "thigh_angle", "knee_flexion", "hip_flexion"
SIDED = {"knee_flexion": legs.knee_flexion, "hip_flexion": legs.hip_flexion, "elbow_flexion": arms.elbow_flexion}
