"""Heels and toes, measured and made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.motion_capture import check_feet, walker

from realtime.training.mocap.canonical25 import CANONICAL25
from realtime.training.mocap.feet import FEET, foot_from_markers, mean_foot, with_feet

# A shank of 43 cm is that of somebody of 1.748 m, whose foot is 26.6 cm long.
SHANK = 0.43
HEIGHT = SHANK / 0.246
STANDING = {
    f"{side}_{joint}": np.array([[0.0, sign * 0.1, z]])
    for side, sign in (("left", 1), ("right", -1))
    for joint, z in (("hip", 0.95), ("knee", 0.52), ("ankle", 0.09))
}
WALK = {name: walker(30)[:, i] for i, name in enumerate(CANONICAL25.joints) if name not in FEET}


def leg(paths, side="left"):
    return [paths[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]


def test_a_standing_person_by_hand():
    made = with_feet(STANDING)
    sole = 0.09 - 0.039 * HEIGHT
    for side, sign in (("left", 1), ("right", -1)):
        heel, toe = (made[f"{side}_{part}"][0] for part in ("heel", "toe"))
        assert heel == pytest.approx([-0.058, sign * 0.1, sole + 0.012 * HEIGHT])
        assert toe == pytest.approx([-0.058 + 0.152 * HEIGHT, sign * 0.1, sole + 0.012 * HEIGHT])


def test_a_sole_follows_the_bone_it_is_given():
    ankle, knee = np.zeros((1, 3)), np.array([[0, 0, SHANK]])
    heel, toe = mean_foot(ankle, knee, np.array([[0, 0, -1.0]]), np.array([[1.0, 0, 0]]))  # on tiptoe
    assert heel[0, 2] == pytest.approx(0.058)
    assert toe[0] == pytest.approx([-0.027 * HEIGHT, 0, 0.058 - 0.152 * HEIGHT])


@pytest.mark.parametrize(("side", "inwards"), [("left", -1), ("right", 1)])
def test_a_foot_from_its_markers_by_hand(side, inwards):
    heel, ball = np.array([[-0.06, 0.1, 0.05]]), np.array([[0.14, 0.1, 0.05]])
    ankle, knee = np.array([[0.0, 0.1, 0.08]]), np.array([[0.1, 0.1, 0.5]])  # the shank leans, the foot does not
    length = 0.2 / 0.74
    low, toe = foot_from_markers(heel, ball, ankle, knee, side)
    assert low[0] == pytest.approx([-0.06, 0.1, 0.02])
    assert toe[0] == pytest.approx([-0.06 + length, 0.1 + inwards * length * 0.25 * 0.055 / 0.152, 0.02])


def test_what_is_known_is_kept_and_what_is_lost_is_made_up():
    known = WALK["left_ankle"] + [0.2, 0.03, -0.05]
    gaps = known.copy()
    gaps[10:20] = np.nan
    mean = with_feet(WALK)["left_toe"]
    made = with_feet(WALK | {"left_toe": gaps})["left_toe"]
    assert np.array_equal(made[:10], known[:10])
    assert np.array_equal(made[10:20], mean[10:20])
    assert with_feet({"left_knee": known}).keys() == {"left_knee"}


def test_a_walker_has_feet():
    check_feet(walker(60))


def test_a_bent_knee_tells_where_the_foot_points():
    """The pelvis is turned by 20 degrees over legs that point straight ahead."""
    turned = dict(STANDING)
    across = 0.1 * np.array([np.sin(np.deg2rad(-20)), np.cos(np.deg2rad(-20)), 0])
    for side, sign in (("left", 1), ("right", -1)):
        turned[f"{side}_hip"] = sign * across + [0, 0, 0.7]
        turned[f"{side}_knee"] = turned[f"{side}_hip"] + [[0.35, 0, -0.2]]
        turned[f"{side}_ankle"] = turned[f"{side}_knee"] + [[-0.1, 0, -0.4]]
    made = with_feet(turned)
    for side in ("left", "right"):
        ahead = (made[f"{side}_toe"] - made[f"{side}_heel"])[0]
        assert abs(np.rad2deg(np.arctan2(ahead[1], ahead[0]))) < 12


def test_a_leaning_shank_takes_its_sole_along_but_not_all_the_way():
    leaning = STANDING | {"left_knee": STANDING["left_ankle"] + SHANK * np.array([np.sin(0.6), 0, np.cos(0.6)])}
    made = with_feet(leaning)
    ahead = (made["left_toe"] - made["left_heel"])[0]
    assert 0.3 < np.arctan2(-ahead[2], ahead[0]) < 0.5


@given(turn=st.floats(-180, 180), shift=st.tuples(*[st.floats(-5, 5)] * 3), size=st.floats(0.5, 1.5))
def test_feet_turn_move_and_grow_with_the_person(turn, shift, size):
    rotation = Rotation.from_euler("z", turn, degrees=True).as_matrix()
    moved = {name: size * path @ rotation.T + shift for name, path in WALK.items()}
    made, original = with_feet(moved), with_feet(WALK)
    for name in FEET:
        assert made[name] == pytest.approx(size * original[name] @ rotation.T + shift, abs=1e-9)


def test_left_and_right_are_mirror_images():
    names = [CANONICAL25.joints[i] for i in CANONICAL25.mirror]
    mirrored = {
        name: WALK[other] * [1, -1, 1] for name, other in zip(CANONICAL25.joints, names, strict=True) if other in WALK
    }
    made, original = with_feet(mirrored), with_feet(WALK)
    assert made["left_toe"] == pytest.approx(original["right_toe"] * [1, -1, 1])
    assert made["right_heel"] == pytest.approx(original["left_heel"] * [1, -1, 1])


def test_the_way_up_may_be_another_axis():
    to_y_up = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    made = with_feet({name: path @ to_y_up.T for name, path in WALK.items()}, np.array([0.0, 1, 0]))
    assert made["left_toe"] == pytest.approx(with_feet(WALK)["left_toe"] @ to_y_up.T)
