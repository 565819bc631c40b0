"""What the analysis of technique says of people who exercise by formula, whose repetitions are known."""

from __future__ import annotations

import numpy as np
from support.exercising import Exerciser

from realtime.analysis.body import body_of
from realtime.analysis.form.options import DEFAULTS, FormOptions
from realtime.analysis.form.result import MARKERS, Repetition
from realtime.analysis.form.technique.assess import Technique, technique_of
from realtime.motion import Motion3D
from realtime.pose import Pose3D


def repetitions_of(exerciser: Exerciser, start_s: float = 0.0) -> list[Repetition]:
    """The true ones; they turn in the middle of the pause."""
    return [
        Repetition(
            i + 1,
            start_s + span.start_s,
            start_s + (span.bottom_s + span.leaves_s) / 2,
            start_s + span.end_s,
            rep.side if "lunge" in exerciser.exercise else "",
        )
        for i, (rep, span) in enumerate(zip(exerciser.reps, exerciser.spans(), strict=True))
    ]


def how_it_was_done(
    exerciser: Exerciser,
    *,
    seen: Motion3D | None = None,
    origin: str = MARKERS,
    options: FormOptions = DEFAULTS,
    start_s: float = 0.0,
    **more: object,
) -> Technique:
    """Of `seen`, or of `Exerciser.motion(**more)`."""
    motion = exerciser.motion(**more) if seen is None else seen  # type: ignore[arg-type]
    body = body_of(motion)
    assert body is not None
    return technique_of(motion, body, exerciser.exercise, repetitions_of(exerciser, start_s), options, origin)


def poses_of(motion: Motion3D) -> list[Pose3D]:
    """The poses of a motion, as they come live."""
    stamps = np.round(1e9 * motion.times_s).astype(np.int64).tolist()
    return [
        Pose3D(
            xyz=motion.joints[i],
            score=motion.score[i],
            root_m=motion.root_m[i],
            skeleton=motion.skeleton,
            index=i,
            t_capture_ns=stamp,
            t_unix_ns=stamp,
        )
        for i, stamp in enumerate(stamps)
    ]
