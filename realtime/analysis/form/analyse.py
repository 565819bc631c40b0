"""From a motion to its form: the steps of the analysis, in their order."""

from __future__ import annotations

from dataclasses import replace

from ...motion import Motion3D
from ..body import body_of
from .exercises import EXERCISES
from .options import AUTO, DEFAULTS, FormOptions
from .repetitions.offline import find_repetitions
from .result import LIFTED, MARKERS, NO_EXERCISE, FormResult
from .technique.assess import technique_of


def analyse_form(motion: Motion3D, options: FormOptions = DEFAULTS) -> FormResult:
    """Repetitions and technique of the person of a motion.

    Whatever the person does, there is a result: what cannot be measured is in it with the reason.  Raises ValueError
    for options that do not fit the motion."""
    if options.exercise not in (AUTO, *EXERCISES):
        raise ValueError(f"there is no exercise {options.exercise!r}: it is one of {', '.join((AUTO, *EXERCISES))}")
    origin = options.origin if options.origin != AUTO else LIFTED if motion.model else MARKERS
    none = _none(motion, origin)
    body = body_of(motion)
    if body is None:
        return replace(none, why_none="hips, knees and ankles are not known")
    found = find_repetitions(body, options.exercise)
    if not found.repetitions:
        return replace(none, why_none=found.why_none, partials=found.partials)
    return replace(
        none,
        exercise=found.exercise,
        why_none="",
        how_exercise=found.how,
        validated=EXERCISES[found.exercise].validated,
        partials=found.partials,
        **vars(technique_of(motion, body, found.exercise, found.repetitions, options, origin)),
    )


def _none(motion: Motion3D, origin: str) -> FormResult:
    """The result for a motion in which nothing is found yet."""
    return FormResult(
        exercise=NO_EXERCISE,
        why_none="no repetition was found",
        how_exercise="",
        validated=False,
        source=motion.source,
        origin=origin,
        skeleton=motion.skeleton.name,
        fps=motion.fps,
        duration_s=float(motion.times_s[-1] - motion.times_s[0]),
    )
