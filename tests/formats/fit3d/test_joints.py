"""Fit3D's joints; how their vertical axis is found is tested with the importers."""

import json

import numpy as np
import pytest
from support.fit3d_files import joints_of, left_leg_first, put, squats

from realtime.errors import FormatError
from realtime.formats.fit3d.joints import exchange_legs, legs_are_exchanged, read_fit3d, read_joints
from realtime.skeleton import FIT3D25, H36M17


def written(folder, joints):
    return put(folder / "s03" / "joints3d_25" / "squat.json", {"joints3d_25": joints.tolist()})


@pytest.mark.parametrize("order", [lambda joints: joints, left_leg_first], ids=["right leg first", "left leg first"])
def test_the_legs_are_where_the_shoulders_say(tmp_path, order):
    joints = joints_of("s03", "squat")
    path = written(tmp_path, order(joints))
    np.testing.assert_array_equal(read_joints(path), joints)
    np.testing.assert_array_equal(read_fit3d(path), joints[:, : len(H36M17)])  # without cameras z is up


def test_exchanging_legs_twice_changes_nothing_and_leaves_the_arms():
    joints = squats(3)
    once = exchange_legs(joints)
    arms = FIT3D25.indices(name for name in FIT3D25.joints if "wrist" in name or "hand" in name)
    assert legs_are_exchanged(once)
    assert not legs_are_exchanged(joints)
    np.testing.assert_array_equal(once[:, arms], joints[:, arms])
    np.testing.assert_array_equal(once[:, FIT3D25.index("left_foot_2")], joints[:, FIT3D25.index("right_foot_2")])
    np.testing.assert_array_equal(exchange_legs(once), joints)
    np.testing.assert_array_equal(exchange_legs(joints[:, :17]), once[:, :17])


def test_frames_that_are_turned_away_are_outvoted(tmp_path):
    joints = squats(9)
    joints[:4] = exchange_legs(joints[:4])
    np.testing.assert_array_equal(read_joints(written(tmp_path, joints)), joints)


NAN = squats(4)
NAN[1, 3, 2] = np.nan


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "does not contain joints3d_25"),
        ("[1, 2]", "does not contain joints3d_25"),
        ('{"joints3d_25": [[[1, 2, 3]], [[1, 2]]]}', "does not contain joints3d_25"),
        ('{"joints3d_25": [[[1, 2, 3]]]}', r"expected joints of shape \(T, 25, 3\), got \(1, 1, 3\)"),
        ('{"joints3d_25": []}', "expected joints"),
        (json.dumps({"joints3d_25": NAN.tolist()}), "1 of 4 frames have joints that are no finite numbers"),
        (json.dumps({"joints3d_25": squats(2).tolist()}).replace("0.12,", "1e999,", 1), "no finite numbers"),
        ("[" * 100_000, "does not contain joints3d_25"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, content, message):
    with pytest.raises(FormatError, match=message) as fault:
        read_joints(put(tmp_path / "squat.json", content))
    assert "\n" not in str(fault.value)
