"""The level of the axes while poses come."""

from itertools import pairwise

import numpy as np
import pytest
from support.poses import pose_2d
from support.walkers import pictured, seen_by, stander, walker

from realtime.camera import Intrinsics, camera_to_published
from realtime.estimation.camera_level import SETTLED, CameraLevel
from realtime.estimation.root_position import RootPlacement
from realtime.pose import ESTIMATED, GIVEN, UNKNOWN
from realtime.skeleton import COCO17, H36M17

FPS = 30
SETTLED_S = SETTLED / 10


def published(level, bodies, **camera):
    """The poses that are published of bodies before a camera, 30 a second."""
    place = RootPlacement(COCO17, H36M17, Intrinsics(), level)
    seen = seen_by(bodies, **camera)
    return [
        place(joints, pose_2d(points[:, :2], t_s=i / FPS), is_warm=True)
        for i, ((joints, _), points) in enumerate(zip(seen, pictured(seen), strict=True))
    ]


def test_a_given_pitch_stays():
    level = CameraLevel(12.0)
    poses = published(level, walker(200, rate_hz=FPS), pitch_deg=-20)
    assert {pose.pitch_deg for pose in poses} == {12.0}
    assert np.array_equal(level.rotation, camera_to_published(12.0))
    assert level.now == level.over_all()
    assert (level.now.deg, level.now.how, str(level.now)) == (12.0, GIVEN, "12° down (given)")


def test_an_estimate_settles_after_5_s_and_is_held():
    level = CameraLevel(None)
    poses = published(level, walker(60 * FPS, rate_hz=FPS), pitch_deg=15)
    pitches = np.array([pose.pitch_deg for pose in poses])
    assert (pitches[: round((SETTLED_S - 0.2) * FPS)] == 0).all()
    assert pitches[round((SETTLED_S + 3.5) * FPS)] == pytest.approx(15, abs=2)  # turned by 6° a second
    assert len(set(pitches[15 * FPS :])) <= 2  # looked at again, and hardly changed
    assert (level.now.how, str(level.now)) == (ESTIMATED, f"{round(level.now.deg)}° down (estimated)")
    assert level.over_all().deg == pytest.approx(15, abs=2)


def test_the_axes_turn_without_a_jump():
    level = CameraLevel(None)
    poses = published(level, stander(12 * FPS), pitch_deg=25)
    steps_m = [np.abs(b.xyz - a.xyz).max() for a, b in pairwise(poses)]
    assert max(steps_m) < 0.004
    upright = poses[-1].xyz[H36M17.index("neck")]
    assert abs(upright[1]) < 0.06 < 0.4 < upright[2]


def test_joints_and_root_turn_together():
    level = CameraLevel(None)
    bodies = walker(12 * FPS, rate_hz=FPS)
    last = published(level, bodies, pitch_deg=20)[-1]
    joints, root = seen_by(bodies, pitch_deg=20)[-1]
    rotation = camera_to_published(last.pitch_deg)
    assert np.allclose(last.xyz, joints @ rotation.T, atol=1e-5)
    assert np.allclose(last.root_m, rotation @ root, atol=0.02)


@pytest.mark.parametrize(("row_px", "score"), [(400, 0.1), (481, 1.0)])
def test_legs_that_are_not_seen_tell_nothing(row_px, score):
    level = CameraLevel(None)
    place, ankle = RootPlacement(COCO17, H36M17, Intrinsics(), level), COCO17.index("left_ankle")
    points, scores = np.linspace((300, 100), (340, 390), 17), np.ones(17)
    points[ankle, 1], scores[ankle] = row_px, score
    for i, (joints, _) in enumerate(seen_by(stander(8 * FPS), pitch_deg=20)):
        place(joints, pose_2d(points, score=scores, t_s=i / FPS), is_warm=True)
    assert (level.now.how, level.pitch_deg, str(level.now)) == (UNKNOWN, 0.0, "tilt unknown")


def test_a_long_recording_is_levelled_by_all_of_it():
    def found_deg(*poses):
        level = CameraLevel(None)
        for i, joints in enumerate(poses):  # a sample each
            level.add(joints, None, H36M17, i / 10)
        return level.over_all().deg

    (straight, _), (leaning, _) = (seen_by(stander(1), pitch_deg=pitch_deg)[0] for pitch_deg in (0, 20))
    whole_deg = found_deg(*[straight] * 2400, *[leaning] * 1200)  # six minutes
    assert whole_deg == pytest.approx((2 * found_deg(*[straight] * 30) + found_deg(*[leaning] * 30)) / 3, abs=0.2)
