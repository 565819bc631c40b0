"""The rows of analysis/form/technique/offsets.py: by how much knee and depth of lifted joints are off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ....analysis.body import SIDES
from ....analysis.form.exercises import EXERCISES
from .lifted_sets import LiftedSet
from .pixels import TOLD
from .studio import VIEWS
from .turns import KNEE, MEASURES, Turn, at_turn, offset_of, some


def virtual_turns(one: LiftedSet, by_markers: LiftedSet) -> Iterator[Turn]:
    """Every measure of every repetition of a set before a virtual camera, in axes levelled by its true tilt."""
    pitch_deg = float(np.degrees(np.arcsin(np.clip(-one.rotation[2, 2], -1, 1))))
    for mark in one.marks:
        span_s = mark.first_s, mark.last_s
        sides = SIDES if EXERCISES[one.exercise].sided else ("",)
        by_side = {side: at_turn(by_markers.motion, one.exercise, span_s, None, side) for side in sides}
        works = max(sides, key=lambda side: by_side[side][KNEE])
        true = by_side[works]
        found = at_turn(one.motion, one.exercise, span_s, pitch_deg, works)
        for key in MEASURES:
            yield Turn(one.person, one.exercise, one.view, one.way, TOLD, key, true[key], found[key])


def as_code(exercise: str, *kinds: Sequence[Turn]) -> str:
    """A row for each measure and view, from rendered people, virtual cameras, or both.

    The bias is one for all views, and halfway between both: which of them real pictures are like is not known.  Nine of
    ten repetitions of each lie within the rest."""
    lines = []
    for key in MEASURES:
        of_key = [turns for kind in kinds if (turns := some(kind, measure=key, tilt=TOLD))]
        if not of_key:
            continue
        bias = float(np.mean([offset_of(turns) for turns in of_key]))
        for view in VIEWS:
            errors = [np.array([one.error for one in turns if one.view == view]) for turns in of_key]
            within = max((float(np.quantile(np.abs(its - bias), 0.9)) for its in errors if len(its)), default=np.nan)
            name, counts = view.upper().replace("-", "_"), " and ".join(str(len(its)) for its in errors)
            of = f', "{exercise}"' if exercise else ""
            lines.append(f'    Offset("{key}", {name}, {bias:.1f}, {within:.1f}{of}),  # {counts} repetitions')
    return "\n".join(lines)
