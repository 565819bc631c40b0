"""The plot of joint angles: what is in which panel, and that the file is a picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from support.example_motions import walk, with_holes
from support.standing import standing

from realtime.kinematics.angles import joint_angles_deg
from realtime.motion import motion
from realtime.render.angle_plot import draw_angles, figure_of
from realtime.skeleton import RUNNER20
from realtime.viewer.theme import THEMES


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_panels_of_joints_with_left_and_right_in_their_colours():
    figure = figure_of(walk(9))
    assert titles(figure) == ["Hip", "Knee", "Elbow", "Trunk"]
    left, right = figure.axes[1].get_lines()[:2]
    assert (left.get_color(), right.get_color()) == (THEMES["light"].left, THEMES["light"].right)
    found = joint_angles_deg(walk(9).joints.astype(float), walk(9).skeleton)
    np.testing.assert_array_equal(right.get_ydata(), found["knee_angle_r"])
    np.testing.assert_array_equal(left.get_xdata(), walk(9).times_s)


def test_feet_have_a_panel_and_a_still_picture_is_not_stretched():
    still = motion(np.repeat(standing(RUNNER20)[None], 4, 0), 30, skeleton=RUNNER20)
    figure = figure_of(still)
    assert titles(figure) == ["Hip", "Knee", "Ankle", "Elbow", "Trunk"]
    assert all(np.ptp(axes.get_ylim()) >= 30 - 1e-9 for axes in figure.axes)


def test_holes_are_gaps():
    line = figure_of(with_holes(12)).axes[1].get_lines()[0]
    assert np.flatnonzero(np.isnan(line.get_ydata())).tolist() == [0, 4, 11]


@pytest.mark.parametrize("source", ["walk $x_1$ 骨.mp4", "x" * 300])
def test_the_file_is_as_wide_as_a_phone_whatever_its_name(tmp_path, source):
    path = tmp_path / "walk_angles.png"
    draw_angles(path, walk(9, source=source))
    with Image.open(path) as picture:
        width, height = picture.size
    assert width == 1080
    assert 1000 < height < 1700


def test_somebody_who_is_never_seen(tmp_path):
    nobody = motion(np.full((3, 17, 3), np.nan), 30)
    draw_angles(tmp_path / "x.png", nobody)
