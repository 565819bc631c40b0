"""RunningPose's 3D sets."""

from __future__ import annotations

import numpy as np
import pytest
from support.hostile_pickles import GADGETS, MARK
from support.keypoint_files import object_npy, zipped
from support.runners import runner

from realtime.errors import FormatError
from realtime.formats.runningpose.data_3d import read_runner_3d, write_runner_3d
from realtime.formats.safe.npz import read_npz
from realtime.skeleton import RUNNER18


def camera_points(frames=3):
    """(T, 18, 3) m in camera axes: x right, y down, z forward."""
    return runner(frames).placed @ np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]) + (0.5, 1.0, 6.0)


def test_millimetres_with_y_up_and_z_backwards(tmp_path):
    points = camera_points()
    points[0, 3] = 0.1, -0.4, 5.0  # to the right, above the lens, before it
    write_runner_3d(tmp_path / "data_3d_x.npz", {"run_camera1": points})
    stored = read_npz(tmp_path / "data_3d_x.npz", ["positions_3d"])["positions_3d"].item()
    assert list(stored) == ["run_camera1"]
    np.testing.assert_allclose(stored["run_camera1"][0, 3], (100, 400, -5000))


def test_there_and_back_as_the_camera_saw_it(tmp_path):
    points = camera_points()
    points[1, 0] = np.nan
    write_runner_3d(tmp_path / "data_3d_x.npz", {"a": points, "b": points[:1]})
    back = read_runner_3d(tmp_path / "data_3d_x.npz")
    assert {name: len(run) for name, run in back.items()} == {"a": 3, "b": 1}
    run = back["a"]
    assert (run.skeleton, run.fps, run.source) == (RUNNER18, 85, "a")
    assert not run.known[1, 0]
    right, down, forward = np.moveaxis(points, -1, 0)
    np.testing.assert_allclose(run.placed, np.stack([right, forward, -down], -1), atol=1e-5)


def test_the_number_of_the_row_that_became_a_joint_is_left_out(tmp_path):
    points = camera_points()
    theirs = np.concatenate([np.full((3, 1, 3), 17.0), points * (1000, -1000, -1000)], 1)
    np.savez(tmp_path / "theirs.npz", positions_3d=np.array({"Anna2_Camera1_170Hz_3D_keypoints": theirs}, object))
    write_runner_3d(tmp_path / "ours.npz", {"Anna2_Camera1_170Hz_3D_keypoints": points})
    (theirs_back,) = read_runner_3d(tmp_path / "theirs.npz").values()
    (ours_back,) = read_runner_3d(tmp_path / "ours.npz").values()
    np.testing.assert_array_equal(theirs_back.joints, ours_back.joints)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"positions_3d": np.zeros((2, 18, 3))}, "no positions_3d by recording"),
        ({"positions_3d": np.array({}, object)}, "does not contain any recording"),
        ({"positions_2d": np.array({}, object)}, "no positions_3d by recording"),
        ({"positions_3d": np.array({"a": np.zeros((2, 17, 3))}, object)}, r"'a' is float64 of shape \(2, 17, 3\)"),
        ({"positions_3d": np.array({"a": "text"}, object)}, "'a' is <U4 of shape"),
        ({"positions_3d": np.array({"a": np.zeros((0, 18, 3))}, object)}, "at least one frame"),
    ],
)
def test_another_file_is_said_in_one_line(tmp_path, content, says):
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(FormatError, match=says) as fault:
        read_runner_3d(tmp_path / "a.npz")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_nothing_in_a_file_is_run(gadget, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = zipped(tmp_path / "bad.npz", positions_3d=object_npy(gadget, "()"))
    with pytest.raises(FormatError):
        read_runner_3d(path)
    assert not MARK.exists()
