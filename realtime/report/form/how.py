"""How form was measured: the recording, the exercise, the camera's tilt and what it does, where points come from."""

from __future__ import annotations

from ...analysis.form.result import LIFTED, FormResult, Measure
from ..markup import Markup
from ..numbers import fixed
from ..page import facts
from ..recording import Recording, recording_facts
from .values import exercise_name

UNKNOWN = "not known"
_POINTS = {LIFTED: "lifted from pictures", "markers": "measured in 3D"}


def how(result: FormResult, recording: Recording) -> Markup:
    """All of it as names with what is to be said of each."""
    rows = recording_facts(recording, result.skeleton) | {
        "Camera tilt": tilt(result),
        "Exercise": ", ".join(filter(None, (exercise_name(result), result.how_exercise))) if result.count else "",
        "Points": _POINTS.get(result.origin, result.origin),
    }
    return facts({name: text for name, text in rows.items() if text})


def tilt(result: FormResult) -> str:
    """By how much the camera looks down, where that comes from, and its error."""
    found = result.tilt
    if found is None:
        return ""
    if found.how == UNKNOWN:
        return f"not known; level is taken, within ± {fixed(found.error_deg, 1)}°"
    where = (
        "level" if abs(found.pitch_deg) < 0.05 else f"{fixed(abs(found.pitch_deg), 1)}° {_direction(found.pitch_deg)}"
    )
    return f"{where} ({found.how}), within ± {fixed(found.error_deg, 1)}°"


def _direction(pitch_deg: float) -> str:
    return "down" if pitch_deg > 0 else "up"


def sources(result: FormResult) -> tuple[str, ...]:
    """The publications that definitions are from."""
    every: list[Measure] = [measure for form in result.repetitions for measure in form.measures]
    return tuple(filter(None, dict.fromkeys(measure.source for measure in (*every, *result.set_measures))))
