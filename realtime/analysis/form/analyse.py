"""From a motion to its form: the steps of the analysis, in their order."""

from __future__ import annotations

from ...motion import Motion3D
from .options import AUTO, DEFAULTS, FormOptions
from .result import LIFTED, MARKERS, NO_EXERCISE, FormResult


def analyse_form(motion: Motion3D, options: FormOptions = DEFAULTS) -> FormResult:
    """Repetitions and technique of the person of a motion.

    Whatever the person does, there is a result: what cannot be measured is in it with the reason.  Raises ValueError
    for options that do not fit the motion."""
    origin = options.origin if options.origin != AUTO else LIFTED if motion.model else MARKERS
    return _none(motion, origin)


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
