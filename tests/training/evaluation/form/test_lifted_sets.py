"""Sets as users have them: lifted, kept and read again."""

import numpy as np
import pytest
from support.squat_markers import write_people

from realtime.errors import FormatError, UsageError
from realtime.training.evaluation.form.lifted_sets import MARKERS, Keeper, read_set, view_of
from realtime.training.evaluation.form.repetitions import read_repetitions
from realtime.training.evaluation.form.sets import CORRECT, Plan
from realtime.training.evaluation.form.studio import LIVE, OFFLINE, VIEWS, way_of

PLAN = Plan("uiprmd-s05", "squat", 0, CORRECT, 1)


@pytest.fixture(scope="module")
def repetitions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ui-prmd")
    write_people(folder)
    return read_repetitions(folder)


def test_a_lifted_set_is_kept_with_its_truth(repetitions, tmp_path):
    first = Keeper(None, tmp_path).of_plan(PLAN, repetitions, LIVE)
    again = Keeper(None, tmp_path).of_plan(PLAN, repetitions, LIVE)
    assert first.count == again.count == 1
    assert first.marks == again.marks
    assert (again.person, again.exercise, again.kind) == ("uiprmd-s05", "squat", CORRECT)
    assert again.view in VIEWS
    assert np.array_equal(first.motion.joints, again.motion.joints, equal_nan=True)
    assert np.array_equal(first.motion.times_s, again.motion.times_s)
    assert again.motion.model.startswith("causal-feet-27")
    assert 1.4 < again.height_m < 2.0
    (mark,) = again.marks
    bottom = int(np.searchsorted(again.motion.times_s, mark.bottom_s))
    foot = again.motion.skeleton.index("left_ankle")
    assert again.motion.joints[bottom, foot, 2] > again.motion.joints[0, foot, 2] + 0.2  # the hips came down


def test_markers_are_the_truth_at_about_the_rate_of_pictures(repetitions, tmp_path):
    true = Keeper(None, tmp_path).of_plan(PLAN, repetitions, MARKERS)
    assert true.motion.fps == pytest.approx(100 / 3)
    assert true.motion.model == ""
    assert true.motion.times_s[-1] > true.marks[-1].last_s


def test_views_come_in_turn():
    views = [view_of(Plan(f"uiprmd-s{person:02d}", "squat", 0, CORRECT, 3)) for person in range(1, 6)]
    assert sorted(views) == sorted(VIEWS)


def test_nobody_is_lifted_by_a_network_that_was_trained_with_them(tmp_path):
    assert way_of(OFFLINE, "uiprmd-s09", None).model == "symmetric-feet-81"
    with pytest.raises(UsageError, match="no causal-feet-27 was trained without uiprmd-s01"):
        way_of(LIVE, "uiprmd-s01", tmp_path)
    network = tmp_path / "s01-s02" / "causal-feet-27.safetensors"
    network.parent.mkdir()
    network.touch()
    assert way_of(LIVE, "uiprmd-s02", tmp_path).model == str(network)


def test_another_file_is_no_set(tmp_path):
    np.savez(tmp_path / "other.npz", joints=np.zeros((1, 17, 3)))
    with pytest.raises(FormatError, match="is no set"):
        read_set(tmp_path / "other.npz")
