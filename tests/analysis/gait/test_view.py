"""How a camera sees somebody go."""

from __future__ import annotations

import numpy as np
import pytest
from support.gait_walkers import Walker

from realtime.analysis.body import body_of
from realtime.analysis.gait.view import away_from_camera_deg, view_name, view_of


@pytest.mark.parametrize(
    ("away_deg", "name"),
    [(0, "side"), (-29, "side"), (31, "oblique"), (-59, "oblique"), (61, "back"), (-61, "front"), (90, "back")],
)
def test_the_name_follows_from_the_angle_to_the_picture_plane(away_deg, name):
    assert view_name(away_deg) == name


def test_the_angle_is_that_to_the_line_of_sight():
    body = body_of(Walker().motion(2, 60))
    ahead = np.tile([1.0, 0, 0], (len(body.times_s), 1))
    body.travel[:] = [3, 3, 0]  # before and to the right of the camera
    assert away_from_camera_deg(body, ahead) == pytest.approx(45)
    body.travel[:] = 0  # no place at all: the camera's axis
    assert away_from_camera_deg(body, ahead) == pytest.approx(0)


def test_who_goes_to_and_fro_is_seen_from_the_side():
    view = view_of(np.array([5.0, -8.0, 4.0, -80.0]))
    assert view.name == "side"
    assert view.angle_deg == pytest.approx(6.5)
    assert "most reliable" in view.trust
