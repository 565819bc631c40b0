"""Counters on sets whose truth is known: by markers, and pose by pose."""

import numpy as np
import pytest
from support.squat_markers import write_people

from realtime.analysis.form.repetitions.likeness import profiles
from realtime.training.evaluation.form.counters import counted, in_live_use, learned_profiles, poses_of
from realtime.training.evaluation.form.lifted_sets import MARKERS, Keeper
from realtime.training.evaluation.form.repetitions import read_repetitions
from realtime.training.evaluation.form.sets import CORRECT, Plan


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ui-prmd")
    write_people(folder)
    repetitions = read_repetitions(folder)
    keeper = Keeper(None, folder / "cache")
    plans = [Plan(person, "squat", 0, CORRECT, 3) for person in ("uiprmd-s05", "uiprmd-s09")]
    return [keeper.of_plan(plan, repetitions, MARKERS) for plan in plans]


def test_profiles_are_learned_without_the_person_who_is_counted(sets):
    learned = learned_profiles(sets, (), ("uiprmd-s09",))
    assert set(learned) == set(profiles())
    assert learned["squat"].way == pytest.approx(learned_profiles(sets[:1], ())["squat"].way)
    assert learned["lunge"] is profiles()["lunge"]  # nobody lunges here


def test_recordings_and_live_use_count_what_is_there_and_live_says_when(sets):
    learned = learned_profiles(sets, (), ("uiprmd-s09",))
    one = counted(sets[1], "squat", learned)
    assert one.off == 0
    assert len(one.pairs) == 3
    assert all(np.isnan(told.known_s) for told in one.told)
    told, exercise = in_live_use(sets[1].motion, "squat", learned)
    assert exercise == "squat"
    assert len(told) == 3
    assert all(told.end_s < told.known_s < told.end_s + 0.7 for told in told)


def test_poses_are_those_of_the_motion(sets):
    poses = poses_of(sets[0].motion)
    assert len(poses) == len(sets[0].motion)
    assert poses[10].t_capture_ns / 1e9 == pytest.approx(sets[0].motion.times_s[10])
    assert np.array_equal(poses[10].xyz, sets[0].motion.joints[10])
