"""Motion-capture readers on small files of our own with known answers."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.motion_capture import AMC, BVH

from realtime.errors import FormatError
from realtime.formats.acclaim import read_amc, read_asf
from realtime.formats.bvh.reader import read_bvh
from realtime.formats.rig_motion import axis_rotation, chain, euler_rotation, exponential_rotation, quaternion_rotation
from realtime.formats.safe.gz_text import number_rows, read_text
from realtime.training.mocap.rigs import read_deepmimic, read_expmap


def test_bvh_by_hand():
    motion = read_bvh(BVH)
    assert motion.names == ("hip", "knee", "knee_end")
    assert motion.rate_hz == pytest.approx(50)
    assert motion.points[0] == pytest.approx(np.array([[0, 1, 0], [0, 0.6, 0], [0, 0.1, 0]]))
    # The hip turned by 90 degrees about z brings the thigh from -y to +x; there the knee's
    # turn of -90 about its own x (still the world's y) brings the shank from x to z.
    assert motion.points[1] == pytest.approx(np.array([[0.1, 1, 0], [0.5, 1, 0], [0.5, 1, 0.5]]))


@pytest.mark.parametrize("broken", ["", "HIERARCHY\n}", BVH[:300], BVH.replace("-90 0\n", "-90\n"), BVH + "1 2 3\n"])
def test_a_broken_bvh_is_told(broken):
    with pytest.raises(FormatError, match="BVH"):
        read_bvh(broken)


ASF = """:units
  length 0.5
:root
  order TX TY TZ RX RY RZ
:bonedata
  begin
    name thigh
    direction 0 -1 0
    length 2
    axis 0 0 90 XYZ
    dof rx ry
  end
  begin
    name shank
    direction 0 -1 0
    length 3
    axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root thigh
    thigh shank
  end
"""


def test_acclaim_by_hand():
    motion = read_amc(AMC, read_asf(ASF))
    unit = 0.0254 / 0.5
    assert motion.names == ("root", "thigh", "shank")
    assert motion.points[0] == pytest.approx(unit * np.array([[0, 10, 0], [0, 8, 0], [0, 5, 0]]))
    # The bone's axes are turned by 90 degrees about z, so its own y is the parent's -x: a
    # turn by 90 brings -y to +z; the root's 90 degrees about y bring that to +x.
    thigh = np.array([2, 10, 0])
    assert motion.points[1] == pytest.approx(unit * np.array([[0, 10, 0], thigh, thigh + [3, 0, 0]]))


@pytest.mark.parametrize("broken", ["", "1\nroot 0 0\n", AMC.replace("root 0 10 0 0 90 0\n", "")])
def test_a_broken_amc_is_told(broken):
    with pytest.raises(FormatError, match="AMC"):
        read_amc(broken, read_asf(ASF))


@pytest.mark.parametrize("broken", ["", ASF.replace("length 0.5", ""), ASF.replace("    direction 0 -1 0\n", "", 1)])
def test_a_broken_asf_is_told(broken):
    with pytest.raises(FormatError, match="ASF"):
        read_asf(broken)


def test_expmap_rotates_row_vectors():
    skeleton = {"names": ["root", "arm"], "parent": [-1, 0], "offset_mm": [[0, 0, 0], [100, 0, 0]]}
    turn = f"{np.pi / 2}"
    motion = read_expmap(f"1,0,0,0,0,{turn},0,0,0\n", skeleton)
    # A row vector times the matrix of +90 degrees about z is a turn by -90.
    assert motion.points[0] == pytest.approx(np.array([[0.056444, 0, 0], [0.056444, -0.1, 0]]))
    with pytest.raises(FormatError, match="columns"):
        read_expmap("1,2,3\n", skeleton)


def test_deepmimic_by_hand():
    joint = {"AttachX": 0, "AttachY": 0, "AttachZ": 0}
    character = [
        {**joint, "Name": "root", "Type": "none", "Parent": -1},
        {**joint, "Name": "hip", "Type": "spherical", "Parent": 0, "AttachZ": 0.1},
        {**joint, "Name": "knee", "Type": "revolute", "Parent": 1, "AttachY": -0.4},
        {**joint, "Name": "ankle", "Type": "fixed", "Parent": 2, "AttachY": -0.5},
    ]
    half = np.sqrt(0.5)
    frame = [1 / 30, 0, 1, 0, 1, 0, 0, 0, half, half, 0, 0, np.pi / 2]
    motion = read_deepmimic(json.dumps({"Frames": [frame]}), character)
    # The hip's 90 degrees about x bring the thigh from -y to -z, the knee's about z the shank from -y to +x.
    wanted = np.array([[0, 1, 0], [0, 1, 0.1], [0, 1, -0.3], [0.5, 1, -0.3]])
    assert motion.points[0] == pytest.approx(wanted)
    assert motion.rate_hz == pytest.approx(30)
    for broken in ('{"Frames": [[1, 2]]}', "{}", "no json", json.dumps({"Frames": [[*frame, 1.0]]})):
        with pytest.raises(FormatError):
            read_deepmimic(broken, character)


@given(angles=st.lists(st.floats(-180, 180), min_size=3, max_size=3), axes=st.permutations("xyz"))
def test_euler_angles_are_scipys(angles, axes):
    wanted = Rotation.from_euler("".join(axes).upper(), angles, degrees=True).as_matrix()
    assert euler_rotation(axes, np.array(angles)) == pytest.approx(wanted, abs=1e-9)


@given(vector=st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_exponential_maps_are_scipys(vector):
    wanted = Rotation.from_rotvec(vector).as_matrix()
    assert exponential_rotation(np.array(vector)) == pytest.approx(wanted, abs=1e-7)


@given(seed=st.integers(0, 10**6), length=st.floats(0.1, 10))
def test_quaternions_are_scipys(seed, length):
    wxyz = Rotation.random(random_state=seed).as_quat()[[3, 0, 1, 2]]
    wanted = Rotation.random(random_state=seed).as_matrix()
    assert quaternion_rotation(length * wxyz) == pytest.approx(wanted, abs=1e-9)


def test_chain_keeps_bone_lengths(rng):
    parents = (-1, 0, 1, 1)
    offsets = np.broadcast_to(rng.normal(size=(4, 3)), (5, 4, 3))
    local = Rotation.random(20, random_state=1).as_matrix().reshape(5, 4, 3, 3)
    points, frames = chain(parents, offsets, local)
    for joint, parent in enumerate(parents[1:], start=1):
        length = np.linalg.norm(points[:, joint] - points[:, parent], axis=-1)
        assert length == pytest.approx(np.full(5, np.linalg.norm(offsets[0, joint])))
    assert np.linalg.det(frames) == pytest.approx(np.ones((5, 4)))


@pytest.mark.parametrize(("axis", "start", "end"), [("x", 1, 2), ("y", 2, 0), ("z", 0, 1)])
def test_positive_turns_are_right_handed(axis, start, end):
    assert axis_rotation(axis, np.array(np.pi / 2)) @ np.eye(3)[start] == pytest.approx(np.eye(3)[end])


@pytest.mark.parametrize("step", ["0", "-0.02", "nan", "inf"])
def test_a_frame_time_that_is_none_is_told(step):
    text = BVH.replace("Frame Time: 0.02", f"Frame Time: {step}")
    with pytest.raises(FormatError, match=rf"Frame Time of {step} s; the time between two frames must be above 0"):
        read_bvh(text)


def test_text_may_be_gzipped_or_broken(tmp_path):
    packed = tmp_path / "a.txt.gz"
    packed.write_bytes(gzip.compress(b"1 2\n3 4\n"))
    assert number_rows(read_text(packed)).tolist() == [[1, 2], [3, 4]]
    packed.write_bytes(packed.read_bytes()[:12])
    with pytest.raises(FormatError, match="is it complete"):
        read_text(packed)
    with pytest.raises(FormatError):
        read_text(tmp_path / "missing")


@pytest.mark.parametrize("text", ["", "1 2\n3\n", "one two\n", "1 nan\n"])
def test_tables_that_are_none_are_told(text):
    with pytest.raises(FormatError):
        number_rows(text)
