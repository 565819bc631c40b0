"""BVH: the hierarchy to the letter, and forward kinematics back to the joints."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy.spatial.transform import Rotation
from support.bvh_files import held, joints_of
from support.example_motions import motions, walk, with_holes
from support.standing import standing

from realtime.errors import NotRepresentable
from realtime.formats.bvh.reader import read_bvh
from realtime.formats.bvh.rig import NODES, REST, bone_lengths, shortest_turn
from realtime.formats.bvh.writer import write_bvh
from realtime.kinematics.anatomy import h36m_joints
from realtime.motion import motion, to_y_up, to_z_up
from realtime.skeleton import H36M17, RUNNER20, Skeleton

here = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
MM = 0.001

HEAD = """HIERARCHY
ROOT pelvis
{
	OFFSET 0.0000 0.0000 0.0000
	CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
	JOINT right_pelvis
	{
		OFFSET 0.0000 0.0000 0.0000
		CHANNELS 3 Zrotation Xrotation Yrotation
		JOINT right_hip
		{
			OFFSET -10.0000 0.0000 0.0000
			CHANNELS 3 Zrotation Xrotation Yrotation
			JOINT right_knee
			{
				OFFSET 0.0000 -42.0000 0.0000
				CHANNELS 3 Zrotation Xrotation Yrotation
				JOINT right_ankle
				{
					OFFSET 0.0000 -42.0000 0.0000
					CHANNELS 3 Zrotation Xrotation Yrotation
					End Site
					{
						OFFSET 0.0000 -5.0000 0.0000
					}
				}
			}
		}
	}
	JOINT left_pelvis
	{
"""


def written(tmp_path, motion, **options):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.bvh"
    write_bvh(path, motion, **options)
    return path.read_text()


def test_the_hierarchy_to_the_letter(tmp_path):
    text = written(tmp_path, walk(2), stretch=False)
    assert text.startswith(HEAD)
    assert text.count("{") == text.count("}") == len(NODES) + 5
    motion_part = text.partition("}\nMOTION\n")[2].splitlines()
    assert motion_part[:2] == ["Frames: 2", "Frame Time: 0.03336670"]
    assert [len(row.split()) for row in motion_part[2:]] == [3 + 3 * 23] * 2


def test_every_joint_and_six_of_no_length(tmp_path):
    names = re.findall(r"(?:ROOT|JOINT) (\S+)", written(tmp_path, walk(2)))
    branches = {"right_pelvis", "left_pelvis", "lower_back", "head", "right_clavicle", "left_clavicle"}
    assert set(names) == {*H36M17.joints, *branches}
    assert len(names) == 23


def test_joints_with_positions_and_those_without(tmp_path):
    channels = dict(re.findall(r"(?:ROOT|JOINT) (\S+)\s+\{\s+OFFSET .*\s+CHANNELS (\d)", written(tmp_path, walk(2))))
    assert {name for name, count in channels.items() if count == "6"} == set(H36M17.joints)
    assert set(channels.values()) == {"3", "6"}


def test_hips_that_coincide_but_for_rounding(tmp_path):
    joints = np.ones((1, 17, 3), np.float32)
    joints[0, 0], joints[0, 1], joints[0, 4] = 0, (0, 1, 1), (np.finfo(float).eps, 1, 1)
    coinciding = motion(joints, fps=15)
    assert np.abs(joints_of(written(tmp_path, coinciding)) - held(coinciding)).max() < 0.1 * MM


@here
@given(motion=motions())
def test_joints_come_back_within_a_tenth_of_a_millimetre(tmp_path, motion):
    back = joints_of(written(tmp_path, motion))
    assert np.abs(back - held(motion)).max() < 0.1 * MM


@here
@given(motion=motions())
def test_bones_that_keep_their_length_are_off_by_no_more_than_their_lengths(tmp_path, motion):
    back = joints_of(written(tmp_path, motion, stretch=False))
    wanted = held(motion)
    lengths = bone_lengths(wanted)
    change = np.abs(lengths - np.median(bone_lengths(motion.placed[motion.known.all(1)]), axis=0))
    bound = np.zeros_like(change)
    for joint, parent in enumerate(H36M17.parents):
        bound[:, joint] = change[:, joint] + (bound[:, parent] if parent >= 0 else 0)
    assert (np.linalg.norm(back - wanted, axis=-1) <= bound + 0.1 * MM).all()


def test_a_body_whose_bones_keep_their_length_comes_back_either_way(tmp_path):
    motion = walk(30)
    for stretch in (True, False):
        assert np.abs(joints_of(written(tmp_path, motion, stretch=stretch)) - motion.placed).max() < 0.1 * MM


def test_the_rest_pose_is_a_t_pose_that_faces_z():
    rig = dict(zip(H36M17.joints, REST, strict=True))
    assert rig["left_elbow"].tolist() == rig["left_wrist"].tolist() == [1, 0, 0]
    assert rig["right_elbow"].tolist() == [-1, 0, 0]
    assert rig["left_knee"].tolist() == [0, -1, 0]
    assert rig["nose"][2] > 0
    assert rig["spine"].tolist() == [0, 1, 0]


def test_who_stands_in_the_rest_pose_has_no_rotations(tmp_path):
    points = np.zeros((17, 3))
    for joint, parent in enumerate(H36M17.parents):
        if parent >= 0:
            points[joint] = points[parent] + 0.3 * REST[joint]
    rows = written(tmp_path, motion(to_z_up(points[None], "y"), 30), stretch=False).splitlines()
    assert np.abs(np.array(rows[-1].split(), float)).max() < 1e-4


def test_a_missed_frame_holds_the_last_pose(tmp_path):
    motion = with_holes(12)
    back = joints_of(written(tmp_path, motion))
    np.testing.assert_allclose(back, held(motion), atol=0.1 * MM)
    np.testing.assert_allclose(back[0], back[1])
    np.testing.assert_allclose(back[4], back[3])
    np.testing.assert_allclose(back[-1], back[-2])


def test_angles_do_not_jump_between_frames(tmp_path):
    turn = Rotation.from_euler("z", np.linspace(0, 720, 90)[:, None], degrees=True).as_matrix()
    joints = np.einsum("tij,tkj->tki", turn, walk(90).joints)
    rows = written(tmp_path, motion(joints, 30)).splitlines()[-90:]
    assert np.abs(np.diff(np.array([row.split() for row in rows], float)[:, 3:6], axis=0)).max() < 20


def test_the_shortest_turn():
    start = np.array([0.0, 1.0, 0.0])
    ends = np.array([[0.0, 1, 0], [2.0, 0, 0], [0.0, -3, 0], [0, 0, 0], [0.3, -0.4, 0.5]])
    turns = shortest_turn(start, ends)
    assert np.linalg.det(turns) == pytest.approx(np.ones(5))
    assert turns @ np.swapaxes(turns, 1, 2) == pytest.approx(np.broadcast_to(np.eye(3), (5, 3, 3)))
    wanted = ends / np.maximum(np.linalg.norm(ends, axis=1, keepdims=True), 1e-9)
    wanted[3] = start  # a bone of no length is not turned
    assert turns @ start == pytest.approx(wanted)
    angles = np.degrees(Rotation.from_matrix(turns).magnitude())
    assert angles[:4] == pytest.approx([0, 90, 180, 0], abs=1e-6)
    assert angles[4] == pytest.approx(np.degrees(np.arccos(wanted[4, 1])))


def test_a_runner_is_written_as_the_joints_of_human36m(tmp_path):
    poses = np.stack([standing(RUNNER20), standing(RUNNER20, left_wrist=(-0.2, 0.2, 0.2))])
    waist = poses[:, RUNNER20.root]
    rig = read_bvh(written(tmp_path, motion(poses - waist[:, None], 30, root_m=waist + [1, 4, 0], skeleton=RUNNER20)))
    wanted = to_y_up(h36m_joints(poses + [1, 4, 0], RUNNER20))
    found = rig.points[:, [rig.names.index(name) for name in H36M17.joints]]
    assert found == pytest.approx(wanted, abs=MM)


def test_a_skeleton_with_too_few_joints_is_refused(tmp_path):
    two = Skeleton("two", ("left_hip", "right_hip"), (-1, 0), (0,), (1,))
    with pytest.raises(NotRepresentable, match="two does not tell where right_knee"):
        write_bvh(tmp_path / "x.bvh", motion(np.zeros((1, 2, 3)), 30, skeleton=two))
