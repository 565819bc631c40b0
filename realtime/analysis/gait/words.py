"""Sentences for people: why there is no gait, and what to know about one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...motion import Motion3D
from ...pose import UNKNOWN
from ..body import PARTS, Body
from .events.strides import BACKWARDS, MOST_TURN_DEG
from .progress import Progress, facing_of, swings_of
from .result import LIFTED, RUN_WITHOUT_FLIGHT, SIDES, FootEvent, Stride
from .trial import Trial

LEAST_CONTACTS = 3  # two steps
_MANY = 0.1  # of the frames
_AT_EDGE = 3  # keypoints at the picture's edge: parts of the person are outside
_DIFFERS = 0.2  # of the speed
ON_THE_SPOT_M_S = 0.15
_STEADY = 1.4  # strides that differ by more than this factor are not of one pace, those whose speeds do of one speed
# `python -m benchmarks gait knee`: root mean squares less the bias of other people, held-out walkers; the worst view.
_ANGLE_ERRORS = (
    "Angles lifted from a picture differ from those of markers by about 5° at the knee, 4° at the hip, 7° at the "
    "ankle, 15° at the elbow and 3° at the trunk (root mean square, walkers from the side), from elsewhere by up to "
    "7°, 7°, 9°, 19° and 5°."
)
_REASONS = {  # by the first word of `Stride.left_out`, without the figure in it
    "turns": f"turns by more than {MOST_TURN_DEG:.0f}°",
    "lasts": "lasts much longer or shorter than the others",
}


def why_no_body(motion: Motion3D) -> str:
    """Where there is no stretch of frames with hips, knees and ankles."""
    names = {f"{side}_{part}" for side in SIDES for part in PARTS}
    if missing := names - set(motion.skeleton.joints):
        absent = ", ".join(sorted(missing))
        return f"The skeleton {motion.skeleton.name} has no {absent}: gait needs hips, knees and ankles."
    seen = float(motion.valid.sum() / motion.fps)
    return f"Hips, knees and ankles are never known together for half a second (the person is seen for {seen:.1f} s)."


def why_no_steps(body: Body, motion: Motion3D) -> str:
    """Where no feet swing in turn."""
    seconds = sum(segment.stop - segment.start for segment in body.segments) / body.fps
    facing = facing_of(body, seconds)
    swings = sum(swing.lands for side in SIDES for swing in swings_of(body, side, facing))
    if not swings:
        what = f"Standing, or stepping on the spot: in {seconds:.1f} s no foot goes forwards or back under the body."
    elif swings < LEAST_CONTACTS:
        what = f"Too few steps: {_steps(swings)} in {seconds:.1f} s, and {LEAST_CONTACTS} are needed."
    else:
        what = f"No steps: in {seconds:.1f} s the feet do not come forward in turn, as in walking and running."
    return what + _out_of_view(motion)


def why_no_gait(
    motion: Motion3D, progress: Progress, strides: tuple[Stride, ...], events: tuple[FootEvent, ...]
) -> str:
    """Where feet swing but nobody walks forwards, or hardly; "" otherwise."""
    contacts = sum(event.kind == "contact" for event in events)
    if contacts < LEAST_CONTACTS:
        return f"Too few steps: {_steps(contacts)}, and {LEAST_CONTACTS} are needed." + _out_of_view(motion)
    if strides and sum(stride.left_out == BACKWARDS for stride in strides) > len(strides) / 2:
        return "Goes backwards: contacts and toe-offs are defined for walking and running forwards."
    if abs(progress.speed_m_s) < ON_THE_SPOT_M_S and (progress.travel_m_s or 0) < ON_THE_SPOT_M_S:
        return f"Steps on the spot: the feet go back under the body at {abs(progress.speed_m_s):.1f} m/s only."
    if strides and not any(stride.used for stride in strides):
        return f"Steps, but no stride that walks or runs straight on: {_left_out(strides)}." + _out_of_view(motion)
    return ""


def notes_of(motion: Motion3D, trial: Trial, strides: tuple[Stride, ...]) -> Iterator[str]:
    """What to know about a gait."""
    progress = trial.signals.progress
    if trial.kind == RUN_WITHOUT_FLIGHT:
        yield "Runs without flight: the hips bounce as in running, but a foot is always on the ground."
    if progress.treadmill:
        yield "A treadmill, or a camera that follows: the person stands still in the room while the feet go back."
    elif progress.travel_m_s is None:
        yield (
            "The place in the room is not known: the direction of progress is where the hips face, and speed comes "
            "from the standing foot."
        )
    elif trial.speed is not None and not trial.in_room:
        speed = float(np.median(trial.speed))
        if abs(progress.travel_m_s - speed) > _DIFFERS * speed:
            yield (
                f"The hips travel at {progress.travel_m_s:.1f} m/s in the room, and the standing foot goes back at "
                f"{speed:.1f} m/s: distances are uncertain."
            )
    durations = [stride.duration_s for stride in strides]
    if len(durations) > 3 and np.quantile(durations, 0.9) > _STEADY * np.quantile(durations, 0.1):
        yield (
            f"The pace changes: strides last from {min(durations):.2f} to {max(durations):.2f} s. Means are of all "
            "strides; cut the recording where walking becomes running."
        )
    _, speeds = trial.stance_speeds
    if len(speeds) > 3 and min(speeds) > 0 and np.quantile(speeds, 0.9) > _STEADY * np.quantile(speeds, 0.1):
        yield (
            f"The speed changes, from {min(speeds):.1f} to {max(speeds):.1f} m/s between stances: means are of all "
            "strides; choose a steady part of the recording."
        )
    if unused := sum(not stride.used for stride in strides):
        yield f"{unused} of {len(strides)} strides take no part in the measures: {_left_out(strides)}."
    if trial.origin == LIFTED and len(trial.strides) > 1:
        yield _ANGLE_ERRORS
    yield from _of_the_recording(motion, trial.origin)


def _of_the_recording(motion: Motion3D, origin: str) -> Iterator[str]:
    if origin == LIFTED and motion.height_m is None:
        yield "Nobody said how tall the person is: lengths and speed are those of somebody of the assumed height."
    if origin == LIFTED and (motion.camera_pitch is None or motion.camera_pitch.how == UNKNOWN):
        yield "The camera's tilt is not known: angles against the vertical are against the camera's own."
    if motion.notes is not None:
        looked = motion.notes.people >= 0
        many = float((motion.notes.people[looked] > 1).mean()) if looked.any() else 0.0
        if many > _MANY:
            share = f"{100 * many:.0f} % of the frames"
            yield f"Several people were in {share}: the gait is that of the one who was followed."
    if words := _out_of_view(motion):
        yield words.strip()


def _left_out(strides: tuple[Stride, ...]) -> str:
    """How many strides are left out for which reason."""
    reasons = Counter(_REASONS.get(s.left_out.split()[0], s.left_out) for s in strides if not s.used)
    return ", ".join(f"{count} × {words}" for words, count in reasons.most_common())


def _steps(count: int) -> str:
    return f"{count} {'step was' if count == 1 else 'steps were'} found"


def _out_of_view(motion: Motion3D) -> str:
    """A sentence on how long the person was not, or not wholly, in the picture."""
    missing = float((~motion.valid).mean())
    cut = 0.0 if motion.notes is None else float((motion.notes.at_edge >= _AT_EDGE).mean())
    if missing <= _MANY and cut <= _MANY:
        return ""
    parts = [
        f"nobody is seen in {100 * missing:.0f} % of the frames" if missing > _MANY else "",
        f"the person is partly outside the picture in {100 * cut:.0f} %" if cut > _MANY else "",
    ]
    words = " and ".join(filter(None, parts))
    return f" {words[0].upper()}{words[1:]}."
