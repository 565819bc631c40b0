"""The counters that are measured: that of recordings and that of live use, with profiles of exercises that were learned
on other people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ....analysis.body import Body, body_of
from ....analysis.form.repetitions.learning import KnownSet, learn
from ....analysis.form.repetitions.likeness import Profile, profiles
from ....analysis.form.repetitions.offline import find_repetitions
from ....analysis.form.repetitions.online import LiveCounting
from ....analysis.form.result import NO_EXERCISE
from ....motion import Motion3D
from ....pose import NO_PERSON, OK, Pose3D
from .counting import CountedSet, Told
from .lifted_sets import LiftedSet
from .studio import LIVE

_OVER_S = 1.0  # after the last pose nobody is there
Profiles = Mapping[str, Profile]


def learned_profiles(sets: Iterable[LiftedSet], others: Sequence[Body], without: Sequence[str] = ()) -> Profiles:
    """The profiles of exercises, learned on the sets of all people but some; those of exercises that nobody does there
    are the ones that ship.  `others`: bodies that do something else."""
    some = (one for one in sets if one.person not in without)
    pairs = ((one, body_of(one.motion)) for one in some)
    known = [KnownSet(body, one.exercise, [mark.bottom_s for mark in one.marks]) for one, body in pairs if body]
    return {**profiles(), **learn(known, others)}


def counted(one: LiftedSet, exercise: str, known: Profiles) -> CountedSet:
    """What is found in a set: live where it was lifted live, else as in a recording.  `exercise`: what is told, AUTO
    for nothing."""
    found, taken = (in_live_use if one.way == LIVE else in_recording)(one.motion, exercise, known)
    return CountedSet(one, found, taken)


def in_recording(motion: Motion3D, exercise: str, known: Profiles) -> tuple[tuple[Told, ...], str]:
    """The repetitions in a recording, and of which exercise they are."""
    body = body_of(motion)
    if body is None:
        return (), NO_EXERCISE
    found = find_repetitions(body, exercise, known)
    return tuple(Told(one.start_s, one.bottom_s, one.end_s) for one in found.repetitions), found.exercise


def in_live_use(motion: Motion3D, exercise: str, known: Profiles) -> tuple[tuple[Told, ...], str]:
    """The same as the poses come, with when each is known; then the person is gone."""
    counting, found = LiveCounting(exercise, known), []
    for pose in poses_of(motion):
        known_s = pose.t_capture_ns / 1e9
        new = counting.push(pose) if pose.valid else counting.miss(known_s)
        found += [(one, known_s) for one in new]
    over_s = float(motion.times_s[-1]) + _OVER_S
    found += [(one, over_s) for one in counting.miss(over_s)]
    return tuple(Told(one.start_s, one.bottom_s, one.end_s, known_s) for one, known_s in found), counting.now.exercise


def poses_of(motion: Motion3D) -> list[Pose3D]:
    """The poses of a motion as live use has them."""
    return [
        Pose3D(
            xyz=motion.joints[row],
            score=motion.score[row],
            root_m=motion.root_m[row] if np.isfinite(motion.root_m[row]).all() else None,
            skeleton=motion.skeleton,
            index=row,
            t_capture_ns=round(1e9 * t_s),
            t_unix_ns=0,
            reason=OK if motion.valid[row] else NO_PERSON,
        )
        for row, t_s in enumerate(motion.times_s)
    ]
