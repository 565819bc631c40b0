"""Joint angles: right angles by hand, signs by what a person does, the file as OpenSim reads it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.example_motions import walk, with_holes
from support.standing import standing

from realtime.errors import FormatError, NotRepresentable
from realtime.formats.mot import read_mot, write_mot
from realtime.kinematics.opensim import coordinates_deg
from realtime.kinematics.segments import zxy_degrees
from realtime.motion import motion
from realtime.skeleton import H36M17, RUNNER20, Skeleton

# Somebody who stands upright with hanging arms, back to the camera: right is +x, ahead +y, up +z.
STANDING = {
    "pelvis": (0, 0, 0),
    "right_hip": (0.1, 0, 0),
    "right_knee": (0.1, 0, -0.4),
    "right_ankle": (0.1, 0, -0.8),
    "left_hip": (-0.1, 0, 0),
    "left_knee": (-0.1, 0, -0.4),
    "left_ankle": (-0.1, 0, -0.8),
    "spine": (0, 0, 0.25),
    "neck": (0, 0, 0.5),
    "nose": (0, 0.1, 0.6),
    "head_top": (0, 0, 0.75),
    "left_shoulder": (-0.2, 0, 0.5),
    "left_elbow": (-0.2, 0, 0.2),
    "left_wrist": (-0.2, 0, -0.05),
    "right_shoulder": (0.2, 0, 0.5),
    "right_elbow": (0.2, 0, 0.2),
    "right_wrist": (0.2, 0, -0.05),
}


def angles(turn=None, **moved):
    place = STANDING | moved
    joints = np.array([[place[joint] for joint in H36M17.joints]], float)
    if turn is not None:
        joints = joints @ turn.as_matrix().T
    return {name: float(path[0]) for name, path in coordinates_deg(joints, H36M17).items()}


def told(found, **wanted):
    """Those angles, and all others as of somebody who stands (but for the heading)."""
    rest = angles() | {"pelvis_rotation": found["pelvis_rotation"]}
    assert found == pytest.approx(rest | wanted, abs=1e-6)


def test_angles_of_human36m_are_those_of_earlier_versions():
    bent = standing(H36M17) + 0.1 * np.sin(np.arange(51.0)).reshape(17, 3)
    found = {name: float(path[0]) for name, path in coordinates_deg(bent[None], H36M17).items()}
    assert found == pytest.approx(
        {
            "pelvis_tilt": -23.608197842,
            "pelvis_list": 31.242917371,
            "pelvis_rotation": 66.944212063,
            "hip_flexion_r": 7.009713017,
            "hip_adduction_r": -7.828452598,
            "knee_angle_r": 48.468917496,
            "hip_flexion_l": -22.02781109,
            "hip_adduction_l": 46.636103184,
            "knee_angle_l": 47.428267372,
            "lumbar_extension": -2.702581526,
            "lumbar_bending": -44.686976879,
            "lumbar_rotation": 2.647507871,
            "arm_flex_r": 25.579043792,
            "arm_add_r": -0.196173846,
            "elbow_flex_r": 80.945676766,
            "arm_flex_l": -58.998930855,
            "arm_add_l": -25.797831406,
            "elbow_flex_l": 84.418098035,
            "trunk_lean": -14.508422138,
        },
        abs=1e-8,
    )


def test_who_stands_has_no_angle_but_the_heading():
    assert {name: round(value, 9) + 0 for name, value in angles().items()} == dict.fromkeys(angles(), 0.0) | {
        "pelvis_rotation": 90  # ahead is away from the camera; OpenSim's x, here the camera's right, would be 0
    }


def test_a_knee_bent_by_a_right_angle():
    told(angles(right_ankle=(0.1, -0.4, -0.4)), knee_angle_r=90)
    told(angles(left_ankle=(-0.1, -0.4, -0.4)), knee_angle_l=90)


def test_an_elbow_bent_by_a_right_angle():
    told(angles(left_wrist=(-0.2, 0.25, 0.2)), elbow_flex_l=90)


def test_a_thigh_forward_by_a_right_angle():
    told(angles(right_knee=(0.1, 0.4, 0), right_ankle=(0.1, 0.4, -0.4)), hip_flexion_r=90, knee_angle_r=90)


def test_a_thigh_and_an_arm_outwards():
    aside = 0.4 * np.sqrt(0.5)
    out = angles(left_knee=(-0.1 - aside, 0, -aside), left_ankle=(-0.1 - 2 * aside, 0, -2 * aside))
    told(out, hip_adduction_l=-45)
    told(angles(right_elbow=(0.5, 0, 0.5), right_wrist=(0.75, 0, 0.5)), arm_add_r=-90)
    told(angles(left_elbow=(-0.5, 0, 0.5), left_wrist=(-0.75, 0, 0.5)), arm_add_l=-90)


def test_an_arm_forward_by_a_right_angle():
    told(angles(left_elbow=(-0.2, 0.3, 0.5), left_wrist=(-0.2, 0.55, 0.5)), arm_flex_l=90)


def trunk(turn):
    """The joints above the pelvis, turned about it."""
    above = ("spine", "neck", "nose", "head_top")
    above += tuple(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist"))
    return {joint: tuple(turn.apply(STANDING[joint])) for joint in above}


def test_a_whole_body_that_leans_forward_tilts_its_pelvis():
    lean = Rotation.from_euler("x", -30, degrees=True)
    found = angles(lean)
    assert found["trunk_lean"] == pytest.approx(30)
    assert found["hip_flexion_r"] == pytest.approx(0, abs=1e-9)
    # The heading is 90 degrees, so the lean is about the room's x, which OpenSim calls list.
    assert found["pelvis_list"] == pytest.approx(-30)
    facing_x = angles(Rotation.from_euler("z", -90, degrees=True) * lean)
    assert (facing_x["pelvis_tilt"], facing_x["trunk_lean"]) == pytest.approx((-30, 30))


def test_a_trunk_that_bends_over_the_hips():
    bent = angles(**trunk(Rotation.from_euler("x", -90, degrees=True)))
    assert bent["trunk_lean"] == pytest.approx(90)
    assert bent["hip_flexion_r"] == pytest.approx(90)  # the pelvis goes with the spine


def test_shoulders_that_turn_against_the_hips():
    turn = Rotation.from_euler("z", 40, degrees=True)
    found = angles(**{j: p for j, p in trunk(turn).items() if j != "spine"})
    told(found, lumbar_rotation=40)  # to the left


def test_a_side_bend_to_the_right():
    high = {"neck": (0.25, 0, 0.25)}  # the upper spine points right, the shoulders are square to it
    high |= {"right_shoulder": (0.25, 0, 0.05), "left_shoulder": (0.25, 0, 0.45)}
    assert angles(**high)["lumbar_bending"] == pytest.approx(90)


@given(z=st.floats(-179, 179), x=st.floats(-89, 89), y=st.floats(-179, 179))
def test_angles_of_rotations_are_scipys(z, x, y):
    rotation = Rotation.from_euler("ZXY", (z, x, y), degrees=True).as_matrix()
    assert zxy_degrees(rotation) == pytest.approx((z, x, y), abs=1e-6)


@pytest.mark.parametrize("x", [-90, 90])
def test_angles_where_two_axes_fall_together(x):
    rotation = Rotation.from_euler("ZXY", (20, x, 30), degrees=True)
    found = Rotation.from_euler("ZXY", zxy_degrees(rotation.as_matrix()), degrees=True)
    assert (found.inv() * rotation).magnitude() == pytest.approx(0, abs=1e-6)


def test_the_file(tmp_path):
    path = tmp_path / "my walk.mot"
    write_mot(path, walk(5))
    lines = path.read_text().splitlines()
    assert lines[:6] == ["my walk", "version=1", "nRows=5", "nColumns=23", "inDegrees=yes", "endheader"]
    assert lines[6].startswith("time\tpelvis_tilt\tpelvis_list\tpelvis_rotation\thip_flexion_r\thip_adduction_r\tknee")
    assert len(lines) == 12
    times, columns = read_mot(path)
    assert times == pytest.approx(walk(5).times_s, abs=1e-6)
    wanted = coordinates_deg(walk(5).joints.astype(float), H36M17)
    for name, path_deg in wanted.items():
        assert columns[name] == pytest.approx(path_deg, abs=1e-5)
    assert columns["pelvis_tz"] == pytest.approx(np.full(5, -4))
    assert columns["knee_angle_r"] == pytest.approx(np.full(5, np.degrees(0.3)), abs=1e-3)


def test_frames_without_a_person_have_no_row(tmp_path):
    write_mot(tmp_path / "x.mot", with_holes(12))
    times, columns = read_mot(tmp_path / "x.mot")
    assert len(times) == 9
    assert times[0] == pytest.approx(1 / 29.97, abs=1e-6)
    assert all(np.isfinite(path).all() for path in columns.values())


def test_a_skeleton_without_limbs_has_no_such_angles(tmp_path):
    head = Skeleton("head", ("left_ear", "right_ear", "nose"), (-1, 0, 0), (0,), (1,))
    with pytest.raises(NotRepresentable, match="head does not tell where left_ankle, left_elbow"):
        write_mot(tmp_path / "x.mot", motion(np.zeros((1, 3, 3)), 30, skeleton=head))


def runner(**moved):
    """Somebody who stands as runner-20, with a hole: its waist at the origin, the camera 4 m away."""
    pose = standing(RUNNER20, **moved)
    waist = pose[RUNNER20.root]
    return motion(
        np.stack([pose - waist, np.full((20, 3), np.nan)]), 85, root_m=[waist + [0, 4, 0]] * 2, skeleton=RUNNER20
    )


def test_a_runner_has_ankles_too(tmp_path):
    write_mot(tmp_path / "x.mot", runner(right_toe=(0.1, 0.15, -0.67), right_heel=(0.1, -0.05, -0.87)))
    times, columns = read_mot(tmp_path / "x.mot")
    assert list(times) == [0]
    assert columns["ankle_angle_r"] == pytest.approx([45])  # toes up
    assert columns["ankle_angle_l"] == pytest.approx([0])
    assert list(columns)[5:7] == ["knee_angle_r", "ankle_angle_r"]
    # The pelvis is between the hips, 4 m away with the markers on the trochanters, 3 cm behind and above them.
    place = [float(columns[f"pelvis_t{axis}"][0]) for axis in "xyz"]
    assert place == pytest.approx([0, 0.043, -3.965], abs=1e-3)


def test_straight_limbs_and_limbs_to_the_side_have_numbers(tmp_path):
    sideways = runner(right_elbow=(0.6, 0, 0.5), right_wrist=(0.9, 0, 0.5), left_toe=(-0.1, -0.05, -1.0))
    write_mot(tmp_path / "x.mot", sideways)
    assert all(np.isfinite(path).all() for path in read_mot(tmp_path / "x.mot")[1].values())


@pytest.mark.parametrize(
    "text",
    ["", "a\nendheader\n", "a\ninDegrees=yes\nendheader\ntime\tx\n0\t1\t2\n", "a\nendheader\ntime\tx\n0\t1\n",
     "a\ninDegrees=yes\nendheader\ntime\tx\n0\tone\n", "a\ninDegrees=yes\nendheader\nx\ttime\n0\t1\n"],
)  # fmt: skip
def test_broken_files(tmp_path, text):
    (tmp_path / "x.mot").write_text(text)
    with pytest.raises(FormatError) as fault:
        read_mot(tmp_path / "x.mot")
    assert "\n" not in str(fault.value)
