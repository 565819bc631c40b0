import numpy as np
import pytest
from support.poses import pose_2d
from support.render_scenes import DARK, SIDES, SIZE, grey, keypoints, place, rgb

from realtime.render.overlay import Overlay
from realtime.skeleton import BLAZEPOSE33, COCO17, COCO_FEET21


def overlaid(pose, size_wh=SIZE):
    picture = grey(size_wh)
    Overlay(DARK).draw(picture, pose)
    return picture


def test_keypoints_are_drawn_in_their_sides_colours_where_they_are():
    picture = overlaid(keypoints())
    for joint, colour in SIDES.items():
        x, y = np.multiply(place(joint), SIZE).round().astype(int)
        assert np.abs(picture[y, x, ::-1].astype(int) - rgb(colour)).max() <= 3, joint
    assert (picture[:50] == 110).all()  # above the head


def test_a_scaled_picture_has_them_in_the_same_places():
    picture = overlaid(keypoints(), (1280, 720))
    for joint, colour in SIDES.items():
        x, y = np.multiply(place(joint), (1280, 720)).round().astype(int)
        assert np.abs(picture[y, x, ::-1].astype(int) - rgb(colour)).max() <= 3, joint


def test_other_skeletons_are_read_by_name():
    np.testing.assert_array_equal(overlaid(keypoints(skeleton=BLAZEPOSE33)), overlaid(keypoints()))


def test_feet_are_drawn_where_they_are_wanted():
    pose = keypoints(skeleton=BLAZEPOSE33)
    for joint, x in (("left_heel", 30), ("left_toe", 60)):
        pose.xy[BLAZEPOSE33.index(joint)] = (x, SIZE[1] - 8)
    with_feet, without = grey(SIZE), grey(SIZE)
    Overlay(DARK, COCO_FEET21).draw(with_feet, pose)
    Overlay(DARK).draw(without, pose)
    sole = slice(SIZE[1] - 10, SIZE[1] - 6), slice(35, 55)
    assert (without[sole] == 110).all()
    assert (with_feet[sole] != 110).any()


@pytest.mark.parametrize("hidden", ["missing", "unsure"])
def test_points_that_were_not_seen_are_left_out_with_their_limbs(hidden):
    pose = keypoints()
    wrist = COCO17.index("left_wrist")
    if hidden == "missing":
        pose.xy[wrist] = np.nan
    else:
        pose.score[wrist] = 0.01
    picture = overlaid(pose)
    beyond_the_elbow = picture[:, int(0.72 * SIZE[0]) :]
    assert (beyond_the_elbow == 110).all()
    assert (overlaid(keypoints())[:, int(0.72 * SIZE[0]) :] != 110).any()


def test_nothing_seen_or_far_outside_the_picture_is_no_fault():
    pose = keypoints()
    pose.xy[:] = np.nan
    assert (overlaid(pose) == 110).all()
    overlaid(pose_2d(np.linspace((-2500, -1900), (3000, 2000), 17)))
