"""From the joints that a file has to 25 points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support.motion_capture import check_feet, walker

from realtime.skeleton import COCO17, H36M17
from realtime.training.mocap.canonical25 import CANONICAL25, Head, assemble
from realtime.training.mocap.completion import complete, head_from_nose_and_top, implausibility

PERSON = walker(5)
AT = {name: PERSON[:, i] for i, name in enumerate(CANONICAL25.joints)}


def some(joints):
    return {joint: AT[joint] for joint in joints}


def test_eyes_and_ears_from_the_joints_of_human36m():
    assert complete(some(H36M17.joints)) == pytest.approx(PERSON)


def test_the_middle_of_the_body_from_the_joints_of_coco():
    made = complete(some(COCO17.joints))
    for name in set(CANONICAL25.joints) - {"spine"}:
        assert made[:, CANONICAL25.index(name)] == pytest.approx(AT[name]), name
    trunk = [AT[f"{side}_{part}"] for side in ("left", "right") for part in ("hip", "shoulder")]
    assert made[:, CANONICAL25.index("spine")] == pytest.approx(np.mean(trunk, axis=0))


def test_what_is_there_is_kept():
    moved = some(H36M17.joints) | {"left_ear": AT["left_ear"] + 0.01}
    made = complete(moved)
    assert made[:, CANONICAL25.index("left_ear")] == pytest.approx(AT["left_ear"] + 0.01)
    assert made[:, CANONICAL25.index("right_ear")] == pytest.approx(AT["right_ear"])


def test_a_head_that_is_told_places_the_face():
    axes = (np.broadcast_to(axis, (5, 3)) for axis in np.eye(3))
    head = Head(AT["left_ear"] / 2 + AT["right_ear"] / 2, *axes)
    limbs = some(joint for joint in H36M17.joints if joint not in ("nose", "head_top", "neck"))
    assert complete(limbs, head) == pytest.approx(assemble(limbs, AT["spine"], head))


def test_a_face_that_cannot_be_told_is_nan():
    made = complete(some(joint for joint in H36M17.joints if joint not in ("nose", "head_top")))
    face = CANONICAL25.indices(["nose", "head_top", "left_eye", "right_eye", "left_ear", "right_ear"])
    assert np.isnan(made[:, face]).all()
    assert np.isfinite(np.delete(made, face, 1)).all()


def test_a_lost_limb_is_nan_and_takes_only_itself_along():
    made = complete({joint: path for joint, path in some(H36M17.joints).items() if joint != "left_wrist"})
    assert np.isnan(made[:, CANONICAL25.index("left_wrist")]).all()
    assert np.isfinite(np.delete(made, CANONICAL25.index("left_wrist"), 1)).all()


def test_feet_from_ankles_and_those_that_are_told():
    told = some(H36M17.joints) | {"left_toe": AT["left_toe"] + [0, 0.02, 0]}
    made = complete(told)
    check_feet(made)
    assert made[:, CANONICAL25.index("left_toe")] == pytest.approx(AT["left_toe"] + [0, 0.02, 0])
    assert made[:, CANONICAL25.index("left_heel")] == pytest.approx(AT["left_heel"])


def test_a_lost_ankle_takes_its_foot_along():
    made = complete({joint: path for joint, path in some(H36M17.joints).items() if joint != "left_ankle"})
    foot = CANONICAL25.indices(["left_ankle", "left_heel", "left_toe"])
    assert np.isnan(made[:, foot]).all()
    assert np.isfinite(np.delete(made, foot, 1)).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_head_from_two_of_its_points_however_it_is_turned(seed):
    forward, left, up = (axis[None] for axis in Rotation.random(random_state=seed).as_matrix())
    head = Head(np.array([[1.0, 2, 3]]), forward, left, up)
    points = head.points()
    rough = left + 0.3 * (points["head_top"] - points["nose"])
    found = head_from_nose_and_top(points["nose"], points["head_top"], rough)
    for name, path in found.points().items():
        assert path == pytest.approx(points[name]), name


def test_mirrored_bodies_and_mistaken_units_are_complained_of():
    assert implausibility(PERSON) == ""
    assert "left and right" in implausibility(PERSON[:, list(CANONICAL25.mirror)])
    assert "42 m long" in implausibility(100 * PERSON)
    assert "unit" in implausibility(PERSON / 1000)
    assert implausibility(np.full((3, 25, 3), np.nan)) == ""
