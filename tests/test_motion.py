"""What a motion is, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from support.example_motions import walk, with_holes

from realtime.errors import FormatError
from realtime.motion import Motion3D, about_pelvis, motion, rate_of, to_y_up, to_z_up
from realtime.skeleton import H36M17

POSE = np.zeros((2, 17, 3))


def parts(**changed):
    whole = walk(3)
    return {name: getattr(whole, name) for name in Motion3D.__dataclass_fields__} | changed


def nan_at(*index):
    joints = walk(3).joints.copy()
    joints[index] = np.nan
    return joints


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"joints": np.zeros((0, 17, 3), np.float32)}, "at least one frame"),
        ({"joints": np.zeros((3, 16, 3), np.float32)}, r"joints is float32 \(3, 16, 3\)"),
        ({"joints": np.zeros((3, 17, 3))}, "joints is float64"),
        ({"times_s": np.arange(2.0)}, "times_s is"),
        ({"times_s": np.array([0.0, 0.1, 0.1])}, "times_s are finite and rise"),
        ({"times_s": np.array([0.0, 0.1, np.nan])}, "times_s are finite and rise"),
        ({"score": np.full((3, 17), 1.5, np.float32)}, "score lies in"),
        ({"score": np.full((3, 17), np.nan, np.float32)}, "score lies in"),
        ({"fps": 0.0}, "fps lies in"),
        ({"fps": np.nan}, "fps lies in"),
        ({"joints": nan_at(1, 4, 2)}, "three finite numbers"),
        ({"joints": nan_at(1)}, "NaN where valid is False"),
        ({"valid": np.array([True, False, True])}, "NaN where valid is False"),
        ({"root_m": np.zeros((3, 2), np.float32)}, "root_m is"),
    ],
)
def test_what_is_no_motion(changed, says):
    with pytest.raises(FormatError, match=says) as fault:
        Motion3D(**parts(**changed))
    assert "\n" not in str(fault.value)


def test_the_plainest_motion():
    made = motion(POSE, 50)
    assert made.times_s.tolist() == [0, 0.02]
    assert made.valid.all()
    assert (made.score == 1).all()
    assert np.isnan(made.root_m).all()
    assert made.skeleton is H36M17
    np.testing.assert_array_equal(made.placed, POSE)


def test_frames_without_a_joint_are_not_valid_and_a_hole_in_one_is():
    joints = POSE.copy()
    joints[0] = np.nan
    joints[1, 3, 1] = np.inf
    made = motion(joints, 30)
    assert made.valid.tolist() == [False, True]
    assert made.known[1].sum() == 16
    assert np.isnan(made.joints[1, 3]).all()
    assert (made.score == made.known).all()


def test_the_place_of_the_pelvis_is_taken_between_those_that_are_known():
    root = np.array([[np.nan] * 3, [1, 2, 3], [np.nan] * 3, [3, 2, 1], [np.nan] * 3])
    made = motion(np.zeros((5, 17, 3)), 10, root_m=root)
    assert made.placed[:, 0].tolist() == [[1, 2, 3], [1, 2, 3], [2, 2, 2], [3, 2, 1], [3, 2, 1]]


def test_times_count_where_frames_are_not_spaced_evenly():
    root = np.array([[0, 0, 0], [np.nan] * 3, [4, 0, 0]])
    made = motion(np.zeros((3, 17, 3)), 10, root_m=root, times_s=[0, 0.1, 0.4])
    assert made.placed[1, 0].tolist() == pytest.approx([1, 0, 0])


def test_axes_by_hand():
    right_away_up = np.eye(3)
    assert to_y_up(right_away_up).tolist() == [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    assert to_z_up(to_y_up(right_away_up), "y").tolist() == right_away_up.tolist()


@pytest.mark.parametrize("up", ["x", "y", "z", "-x", "-y", "-z"])
def test_any_axis_is_brought_up_by_a_rotation(up):
    turned = to_z_up(np.eye(3), up)
    sign = -1 if up.startswith("-") else 1
    assert (sign * turned["xyz".index(up[-1])]).tolist() == [0, 0, 1]
    assert np.linalg.det(turned) == pytest.approx(1)
    with pytest.raises(FormatError, match="one of x, y, z"):
        to_z_up(np.eye(3), "w")


def test_about_the_pelvis():
    moved = np.array([[[1.0, 2, 3], *[[1.0, 2, 4]] * 16]])
    joints, root = about_pelvis(moved, H36M17)
    assert root.tolist() == [[1, 2, 3]]
    assert joints[0, 5].tolist() == [0, 0, 1]
    _, nowhere = about_pelvis(moved - moved[:, :1], H36M17)
    assert np.isnan(nowhere).all()


JITTER = np.random.default_rng(0).normal(0, 1, 900)


@pytest.mark.parametrize(
    ("times_s", "fps"),
    [
        ([0.0, 0.02, 0.04, 1.0], 50),
        ([3.0], 30),
        ([i / 30 for i in range(60) if i % 4 != 1], 30),  # frames left out
        ([i / 30 for i in range(60) if i % 3 == 0 or i % 7 == 0], 30),  # most frames left out
        (np.r_[np.arange(17), np.arange(42, 60)] / 30, 30),  # 0.83 s missing
        (np.round(np.arange(600) / 30, 3), 30),  # stamps in whole milliseconds: steps of 33 and 34
        (np.round(np.arange(600) / 59.94, 3), 59.94),
        (np.round([i / 30 for i in range(600) if i % 4 != 1], 3), 30),
        (np.arange(900) / 29.97 + 0.002 * JITTER, 29.97),  # a phone
        (np.sort(np.arange(900) / 29.97 + 0.006 * JITTER), 29.97),
        (np.cumsum(np.tile([1 / 24, 1 / 30], 50)), 26.7),
        (np.cumsum(np.tile([2 / 60, 3 / 60], 500)), 24),  # a film on television
        (np.sort(np.r_[np.arange(60) / 30, np.arange(60) / 30 + 1e-9]), 30),  # every stamp twice
        ([0, 1e-9, 2e-9], 30),
        (np.cumsum(np.tile([0.2, 0.001, 0.001, 0.033, 0.033, 0.033], 40)), 49.5),  # stalls, and bursts after them
        (np.arange(9) * 5.0, 0.2),
    ],
)
def test_rates(times_s, fps):
    assert rate_of(np.array(times_s, float)) == pytest.approx(fps, rel=2e-3)


def test_examples_have_their_holes():
    assert with_holes().valid.sum() == 9
