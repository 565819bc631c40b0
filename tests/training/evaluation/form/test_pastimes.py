"""People who do no exercise, for ghosts and for learning what is none."""

import numpy as np
from support.motion_capture import walker
from support.squat_markers import write_people

from realtime.training.evaluation.form.pastimes import SALSA, STANDING, WALKING, others, pastimes
from realtime.training.evaluation.form.repetitions import read_repetitions
from realtime.training.evaluation.form.studio import VIEWS
from realtime.training.mocap.corpora import Motions


def motions() -> Motions:
    people = {"cmu-03": 180, "cmu-61": 240, "cmu-60": 150, "cmu-09": 200, "cmu-02": 60}
    return Motions(
        points=np.concatenate([walker(frames) for frames in people.values()]).astype(np.float32),
        starts=np.cumsum([0, *people.values()]),
        corpus=np.array(["cmu-bvh_papagina"] * len(people)),
        subject=np.array(list(people)),
        clip=np.array(list("abcde")),
    )


def test_who_is_looked_at_for_ghosts_and_from_which_view(tmp_path):
    write_people(tmp_path)
    found = pastimes(motions(), read_repetitions(tmp_path))
    assert [(one.person, one.kind) for one, _ in found] == [
        ("cmu-03", WALKING),
        ("cmu-61", SALSA),
        ("uiprmd-s05", STANDING),
        ("uiprmd-s09", STANDING),
    ]
    assert [view for _, view in found] == list(VIEWS[:4])
    assert all(one.exercise == "" and one.count == 0 for one, _ in found)
    standing = found[2][0]
    assert np.ptp(standing.points, axis=0).max() < 0.05  # sways, and no more
    assert np.ptp(standing.points, axis=0).max() > 0.005


def test_what_is_no_repetition_is_learned_from_people_who_are_not_looked_at():
    (body,) = others(motions())  # cmu-60; cmu-02 is too short
    assert body.fps == 30
    assert len(body.times_s) == 75
