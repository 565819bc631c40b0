import numpy as np
import pytest
from support.viewer_scenes import Picture, count, standing, where

from realtime.viewer.extras.joint_angles import JointAngles
from realtime.viewer.scene import EXTRAS
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View

DARK = THEMES["dark"]


def shown_texts(joints, *later):
    angles = JointAngles(DARK)
    for pose in (joints, *later):
        angles.show(View(pose))
    return list(angles._texts)


def test_straight_limbs_have_no_flexion_and_a_right_angle_is_ninety():
    straight = standing(
        left_knee=(0.12, 0, -0.45),
        left_ankle=(0.12, 0, -0.9),
        right_knee=(-0.12, 0, -0.45),
        right_ankle=(-0.12, 0.45, -0.45),
        left_elbow=(0.18, 0, 0.2),
        left_wrist=(0.18, 0, -0.1),
        right_elbow=(-0.18, 0, 0.2),
        right_wrist=(-0.18, -0.3, 0.2),
    )
    hips, knees, ankles, elbows = np.reshape(shown_texts(straight), (4, 2)).tolist()
    assert (hips, ankles) == (["0°", "0°"], ["", ""])
    assert knees == elbows == ["0°", "90°"]


def test_ankles_have_an_angle_where_the_feet_are_measured():
    feet = np.array([[[0.14, 0.05, -0.93], [0.14, -0.15, -0.93]], [[-0.14, 0.05, -0.93], [-0.14, 0.0, -1.1]]])
    angles = JointAngles(DARK)
    angles.show(View(standing(), feet=feet, own_feet=True))
    assert angles._texts[4:6] == ["0°", "-74°"]
    angles.show(View(standing(), feet=feet))
    assert angles._texts[4:6] == ["", ""]


def test_a_number_that_hardly_changes_is_kept():
    bent = [standing(left_ankle=(0.13, 0.45 * np.sin(a), -0.45 - 0.45 * np.cos(a))) for a in np.radians([30, 31, 33])]
    assert [shown_texts(*bent[: n + 1])[2] for n in range(3)] == ["30°", "30°", "33°"]


def test_names_of_the_left_stand_on_the_side_of_the_left():
    picture = Picture(azimuth_deg=0, size_wh=(400, 400))
    view = View(standing() + (0, 0, 0.96))
    bare = picture.of(view)
    picture.scene.toggle("joint names")
    named = picture.of(view)
    columns = np.nonzero((bare != named).any((0, 2)))[0]
    limbs = where(bare[:350], DARK.left)[1]
    assert columns.max() > limbs.max() + 20
    assert count(named, DARK.text) > 50 > count(bare, DARK.text)


@pytest.mark.parametrize("name", EXTRAS)
def test_joints_all_in_one_point_can_be_shown(name):
    picture = Picture()
    picture.scene.toggle(name)
    picture.of(View(np.zeros((17, 3), np.float32)))
