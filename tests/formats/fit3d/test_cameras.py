"""Cameras of Fit3D, by points whose place in the picture was computed by hand."""

import copy

import numpy as np
import pytest
from support.fit3d_files import CAMERAS, camera, put

from realtime.errors import FormatError
from realtime.formats.fit3d.cameras import read_camera

PLAIN = {
    "extrinsics": {"R": np.eye(3).tolist(), "T": [[0.0, 0.0, -5.0]]},
    "intrinsics_w_distortion": {
        "f": [[1000.0, 1000.0]],
        "c": [[500.0, 400.0]],
        "k": [[0.1, 0.01, 0.0]],
        "p": [[0.001, 0.002]],
    },
}


def test_a_point_is_where_the_formula_of_the_toolkit_puts_it(tmp_path):
    seen = read_camera(put(tmp_path / "c.json", PLAIN))
    point = seen.axes(np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]))
    assert point == pytest.approx(np.array([[1, 2, 5], [0, 0, 8]]))
    # x, y = 0.2, 0.4; r² = 0.2; radial 1 + 0.02 + 0.0004; tangential 0.2 · 0.002 + 0.4 · 0.001;
    # then x (radial + tangential) + 0.002 r² = 0.20464, y likewise + 0.001 r² = 0.40868.
    assert seen.pixels(point) == pytest.approx(np.array([[704.64, 808.68], [500, 400]]))


def test_the_place_is_subtracted_before_the_rotation(tmp_path):
    where = np.array(CAMERAS["50591643"])
    seen = read_camera(put(tmp_path / "c.json", camera(where)))
    distance = np.linalg.norm(where - [0, 0, 0.9])
    assert seen.axes(where) == pytest.approx(np.zeros(3))
    assert seen.axes(np.array([0, 0, 0.9])) == pytest.approx([0, 0, distance])
    assert seen.axes(np.array([0, 0, 1.9]))[1] < -0.9  # y is down


def changed(**parts):
    data = copy.deepcopy(PLAIN)
    for key, value in parts.items():
        data["extrinsics" if key in "RT" else "intrinsics_w_distortion"][key] = value
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "does not contain extrinsics and intrinsics_w_distortion"),
        ({"extrinsics": {}}, "does not contain"),
        (changed(R=[[1, 0, 0]]), "does not contain"),
        (changed(k=[0.1]), "does not contain"),
        (changed(p="none"), "does not contain"),
        (changed(R=np.ones((3, 3)).tolist()), "not a rotation"),
        (changed(f=[0, 0]), "no focal length"),
        (changed(c=[float("nan"), 1]), "no finite numbers"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, data, message):
    with pytest.raises(FormatError, match=message) as fault:
        read_camera(put(tmp_path / "c.json", data))
    assert "\n" not in str(fault.value)
