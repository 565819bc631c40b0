from dataclasses import replace

import numpy as np
import pytest
from support.render_scenes import DARK, NOBODY, SIDES, SIZE, colour_at, grey, joints, keypoints, rgb
from support.standing import standing
from support.viewer_scenes import count

from realtime.pose import BRIDGED
from realtime.render.layout import Layout
from realtime.render.panels import Panels
from realtime.skeleton import HALPE26, RUNNER18, RUNNER20

HEADING = Layout(SIZE).headings[0].pixels


def test_both_panels_show_the_person():
    panels = Panels(SIZE)
    image = panels.draw(grey(), keypoints(), joints(), 0.0)
    assert image.shape == (*panels.layout.film_wh[::-1], 4)
    for joint, colour in SIDES.items():
        assert np.abs(colour_at(image, panels.layout, joint) - rgb(colour)).max() <= 3, joint
    scene = image[panels.layout.scene.pixels]
    for colour in (DARK.left, DARK.right, DARK.middle):
        assert count(scene[:-40], colour) > 300
    assert count(image[HEADING], DARK.text) > 30
    assert count(image[HEADING], DARK.accent) == 0


@pytest.mark.parametrize("skeleton", [RUNNER18, RUNNER20, HALPE26], ids=lambda skeleton: skeleton.name)
def test_a_pose_of_another_skeleton_is_drawn_with_its_own_feet(skeleton):
    pose = replace(joints(), xyz=standing(skeleton).astype(np.float32), skeleton=skeleton)
    tiptoe = standing(skeleton)
    tiptoe[skeleton.index("left_toe"), 2] -= 0.1
    flat, raised = (
        Panels(SIZE).draw(grey(), keypoints(), replace(pose, xyz=xyz.astype(np.float32)), 0.0)
        for xyz in (standing(skeleton), tiptoe)
    )
    scene = Layout(SIZE).scene.pixels
    assert count(flat[scene][:-40], DARK.left) > 300
    assert (flat[scene] != raised[scene]).any(-1).sum() > 300


def test_nobody_is_said_in_words_and_leaves_no_trace_of_somebody():
    panels = Panels(SIZE)
    panels.draw(grey(), keypoints(), joints(), 0.0)
    image = panels.draw(grey(), None, NOBODY, 0.1).copy()
    assert count(image[HEADING], DARK.accent) > 20
    scene = image[panels.layout.scene.pixels]
    assert count(scene[:-40], DARK.left) == 0 < count(scene, DARK.accent)
    np.testing.assert_array_equal(image, Panels(SIZE).draw(grey(), None, NOBODY, 0.0))


def test_a_bridged_pose_is_shown_and_said():
    image = Panels(SIZE).draw(grey(), keypoints(bridged=True, score=0.5), joints(BRIDGED), 0.0)
    assert count(image[HEADING], DARK.accent) > 50
    scene = image[Layout(SIZE).scene.pixels]
    assert count(scene[:-40], DARK.left) > 300
    assert count(scene[:80], DARK.faint) > 10  # the words above


def test_turning_moves_the_reconstruction_only():
    panels = Panels(SIZE, turning=True)
    first, later = (panels.draw(grey(), keypoints(), joints(), t_s).copy() for t_s in (0.0, 4.5))
    scene = panels.layout.scene.pixels
    assert (first[scene] != later[scene]).any(-1).sum() > 3000
    np.testing.assert_array_equal(first[:, : panels.layout.scene.left], later[:, : panels.layout.scene.left])
    once_around = panels.draw(grey(), keypoints(), joints(), 18.0)
    np.testing.assert_array_equal(first, once_around)


def test_the_first_picture_of_a_turning_film_is_that_of_a_still_one():
    still, turning = (Panels(SIZE, turning=turns).draw(grey(), keypoints(), joints(), 0.0) for turns in (False, True))
    above_the_legend = slice(0, -60)  # over which the turning grid is drawn
    np.testing.assert_array_equal(still[above_the_legend], turning[above_the_legend])


def test_pictures_of_another_shape_are_fitted_and_leave_nothing_behind():
    panels = Panels(SIZE)
    panels.draw(grey(), None, NOBODY, 0.0)
    image = panels.draw(grey((100, 400)), None, NOBODY, 0.1)
    shown = image[panels.layout.input.pixels]
    assert count(shown, "#6e6e6e") == 120 * 480
    assert count(shown, DARK.background) == (640 - 120) * 480


def test_a_grey_picture_that_is_one_pixel_seen_everywhere():
    everywhere = np.broadcast_to(np.uint8(110), (480, 640, 3))
    image = Panels(SIZE).draw(everywhere, None, NOBODY, 0.0)
    assert count(image, "#6e6e6e") == 640 * 480
