"""Profiles that are learned from sets by formula, and what they keep away."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from support.exercising import USUAL, Exerciser
from support.gait_walkers import Walker

from realtime.analysis.body import body_of
from realtime.analysis.form.exercises import EXERCISES
from realtime.analysis.form.repetitions.learning import KnownSet, learn, stored
from realtime.analysis.form.repetitions.likeness import LIMITS, PROFILES, profiles
from realtime.analysis.form.repetitions.offline import find_repetitions


def known_set(exercise, seed, **more):
    exerciser = Exerciser(exercise, tuple(replace(USUAL[exercise], **more) for _ in range(4)))
    body = body_of(exerciser.motion(noise_m=0.005, seed=seed))
    assert body is not None
    return KnownSet(body, exercise, [span.bottom_s for span in exerciser.spans()])


def test_what_is_learned_counts_others_and_keeps_walkers_away():
    sets = [known_set("squat", seed, depth_m=depth_m) for seed, depth_m in enumerate((-0.05, 0.0, 0.05))]
    walker = body_of(Walker().motion())
    assert walker is not None
    learned = learn(sets, [walker])
    other = known_set("squat", 9, depth_m=0.02, lean_deg=35)
    assert len(find_repetitions(other.body, "squat", learned).repetitions) == 4
    assert not find_repetitions(walker, "squat", learned).repetitions
    assert 90 < learned["squat"].way < 130


def test_stored_profiles_are_read_as_they_were():
    learned = stored(learn([known_set("squat", 0)]))
    assert json.loads(json.dumps(learned)) == learned
    assert set(learned["squat"]) == {"way", "centre", "spread", *LIMITS}


def test_every_exercise_has_a_profile_that_ships():
    assert set(profiles()) == set(EXERCISES)
    for one in profiles().values():
        assert one.centre.shape == one.spread.shape
        assert np.isfinite(one.centre).all()
        assert (one.spread > 0).all()
        assert one.limit <= one.told_limit
    assert PROFILES.with_suffix(".md").exists()
