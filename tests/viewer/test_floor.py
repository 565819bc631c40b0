import numpy as np
import pytest
from support.viewer_scenes import standing

from realtime.viewer.floor import Floor, floor_heights, lowest_m

RATE_HZ = 30.0


def squat(depth_m=0.4, seconds=1.0):
    """Down in a second: the feet come nearer to the pelvis."""
    rise = np.concatenate([np.zeros(30), np.linspace(0, depth_m, int(seconds * RATE_HZ)), np.full(30, depth_m)])
    joints = np.repeat(standing()[None], len(rise), 0)
    joints[:, [2, 3, 5, 6], 2] += rise[:, None] * [0.5, 1, 0.5, 1]
    return joints


def stood(joints):
    floor = Floor()
    return np.stack([floor(pose, i / RATE_HZ) for i, pose in enumerate(joints)])


def offline(joints):
    return joints - floor_heights(joints, RATE_HZ)[:, None, None] * [0, 0, 1]


@pytest.mark.parametrize("place", [stood, offline])
def test_a_standing_person_rests_on_the_floor(place):
    placed = place(np.repeat(standing()[None], 20, 0))
    assert lowest_m(placed) == pytest.approx(np.zeros(20), abs=1e-6)


@pytest.mark.parametrize("place", [stood, offline])
def test_the_feet_stay_on_the_floor_in_a_squat(place):
    assert np.abs(lowest_m(place(squat()))).max() < 0.04


@pytest.mark.parametrize("place", [stood, offline])
def test_one_bad_frame_does_not_move_the_floor(place):
    joints = np.repeat(standing()[None], 60, 0)
    joints[30, 3, 2] -= 0.5
    placed = place(joints)
    np.testing.assert_allclose(np.delete(placed, 30, 0)[:, 0, 2], placed[0, 0, 2], atol=1e-5)


@pytest.mark.parametrize("place", [stood, offline])
def test_the_floor_trembles_less_than_the_feet(place, rng):
    joints = np.repeat(standing()[None], 300, 0)
    joints[:, [3, 6], 2] += rng.normal(0, 0.01, (300, 2))
    pelvis = place(joints)[30:, 0, 2]
    assert np.diff(pelvis).std() < np.diff(lowest_m(joints)).std() / 4


def test_a_long_gap_forgets_the_former_floor():
    floor = Floor()
    floor(standing(), 0.0)
    sitting = standing() + (0, 0, 0.5)
    assert lowest_m(floor(sitting, 10.0)) == pytest.approx(0, abs=1e-6)


def test_time_that_goes_back_is_a_new_start():
    floor = Floor()
    floor(standing(), 5.0)
    assert lowest_m(floor(standing() + (0, 0, 0.5), 1.0)) == pytest.approx(0, abs=1e-6)


def test_the_pose_itself_is_not_changed():
    joints = squat()
    placed = stood(joints)
    np.testing.assert_allclose(placed - placed[:, :1], joints - joints[:, :1], atol=1e-6)
