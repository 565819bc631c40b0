"""Joint angles: poses by hand, signs by what a person does, and what no turn of the room or mirror changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.poses import ROOT
from support.standing import mirrored, standing

from realtime.kinematics.angles import JOINTS, joint_angles_deg
from realtime.kinematics.body import LEVER_M, POINT_SD_M, SD_LIMIT_DEG
from realtime.skeleton import H36M17, HALPE26, RUNNER18, RUNNER20

ROWS = {name: angle for joint in JOINTS for angle in joint.angles for name in joint.names()}
ROTATIONS = ("hip_rotation_l", "hip_rotation_r", "arm_rot_l", "arm_rot_r")
FEET = {name for name in ROWS if name.startswith(("ankle", "foot"))}
AGAINST_GRAVITY = {name for name in ROWS if name.startswith(("foot", "trunk", "pelvic", "anterior"))}
TO_ONE_SIDE = {"pelvic_obliquity", "lumbar_bending", "lumbar_rotation", "trunk_side_lean"}

FOOT = ("ankle", "heel", "toe", "small_toe")
LEG = ("knee", *FOOT)
ABOVE = (
    "neck",
    "nose",
    "head_top",
    *(f"{side}_{p}" for side in ("left", "right") for p in ("shoulder", "elbow", "wrist")),
)
X, Y, Z = np.eye(3)  # to the right, ahead, up


def turned(joints, about, moved, axis, degrees, skeleton=HALPE26):
    """The pose with some joints turned about an axis through one of them, by the right hand."""
    result, centre = joints.copy(), joints[skeleton.index(about)]
    for name in moved:
        i = skeleton.index(name)
        result[i] = centre + Rotation.from_rotvec(np.radians(degrees) * axis).apply(joints[i] - centre)
    return result


def limb(side, parts):
    return tuple(f"{side}_{part}" for part in parts)


def bent_knee(side, degrees=90.0):
    return turned(standing(HALPE26), f"{side}_knee", limb(side, FOOT), X, -degrees)


def bent_elbow(side, degrees=90.0):
    return turned(standing(HALPE26), f"{side}_elbow", (f"{side}_wrist",), X, degrees)


def angles(joints, skeleton=HALPE26):
    """The angles of one pose."""
    return {name: float(degrees) for name, degrees in joint_angles_deg(joints, skeleton).items()}


def told(joints, skeleton=HALPE26, **wanted):
    """Those angles, and all others as of somebody who stands."""
    rest = angles(standing(skeleton), skeleton)
    assert angles(joints, skeleton) == pytest.approx(rest | wanted, abs=1e-6, nan_ok=True)


def test_who_stands_has_no_angle_and_no_rotation_of_straight_limbs():
    found = angles(standing(HALPE26), HALPE26)
    assert found.keys() == ROWS.keys()
    assert {name for name, value in found.items() if np.isnan(value)} == set(ROTATIONS)
    assert [value for value in found.values() if np.isfinite(value)] == pytest.approx(np.zeros(len(ROWS) - 4), abs=1e-9)


def test_a_bent_knee_tells_the_hips_rotation():
    tipped = {"foot_ground_angle_r": -90, "foot_progression_r": np.nan}
    told(bent_knee("right"), knee_angle_r=90, hip_rotation_r=0, **tipped)
    for side, end, inward in (("right", "r", 20), ("left", "l", -20)):
        pose = turned(bent_knee(side), f"{side}_hip", limb(side, LEG), Z, inward)
        found = angles(pose, HALPE26)
        assert (found[f"hip_rotation_{end}"], found[f"knee_angle_{end}"]) == pytest.approx((20, 90))
        assert (found[f"hip_flexion_{end}"], found[f"hip_adduction_{end}"]) == pytest.approx((0, 0), abs=1e-9)


def test_a_thigh_forward_and_outward():
    raised = turned(standing(HALPE26), "right_hip", limb("right", LEG), X, 90)
    told(raised, hip_flexion_r=90, foot_ground_angle_r=90, foot_progression_r=np.nan)
    told(turned(standing(HALPE26), "right_hip", limb("right", LEG), Y, -30), hip_adduction_r=-30)
    told(turned(standing(HALPE26), "left_hip", limb("left", LEG), Y, 30), hip_adduction_l=-30)


def test_toes_up_and_toes_out():
    feet = limb("right", FOOT)
    told(turned(standing(HALPE26), "right_ankle", feet, X, 15), ankle_angle_r=15, foot_ground_angle_r=15)
    told(turned(standing(HALPE26), "right_ankle", feet, X, -40), ankle_angle_r=-40, foot_ground_angle_r=-40)
    told(turned(standing(HALPE26), "right_ankle", feet, Z, -10), foot_progression_r=10)
    told(turned(standing(HALPE26), "left_ankle", limb("left", FOOT), Z, 10), foot_progression_l=10)


def test_a_shank_over_the_standing_foot_is_dorsiflexion():
    lunge = turned(standing(HALPE26), "left_ankle", ("left_knee",), X, -20)  # the knee goes forward
    found = angles(lunge, HALPE26)
    assert (found["ankle_angle_l"], found["foot_ground_angle_l"]) == pytest.approx((20, 0), abs=1e-9)


def test_a_trunk_that_leans():
    # Halpe's spine is half way to the shoulders: the pelvis goes with it.
    ahead = dict.fromkeys(("trunk_lean", "anterior_pelvic_tilt", "hip_flexion_l", "hip_flexion_r"), 20)
    told(turned(standing(HALPE26), "pelvis", ABOVE, X, -20), **ahead)
    found = angles(turned(standing(HALPE26), "pelvis", HALPE26.joints, Y, 15), HALPE26)
    assert (found["trunk_side_lean"], found["pelvic_obliquity"]) == pytest.approx((15, -15))
    assert found["lumbar_bending"] == pytest.approx(0, abs=1e-9)


def test_a_back_that_bends_and_turns():
    base = standing(H36M17)
    above = ("neck", "left_shoulder", "right_shoulder")
    back = angles(turned(base, "spine", above, X, 25, H36M17), H36M17)
    assert back["lumbar_extension"] == pytest.approx(25)
    side = angles(turned(base, "spine", above, Y, 25, H36M17), H36M17)
    assert side["lumbar_bending"] == pytest.approx(25)
    turn = angles(turned(base, "spine", above, Z, 40, H36M17), H36M17)
    assert turn["lumbar_rotation"] == pytest.approx(40)


@pytest.mark.parametrize("degrees", [-60, 90, 170, 190, 220])
def test_an_arm_forward_and_overhead_does_not_jump(degrees):
    arm = turned(standing(HALPE26), "right_shoulder", limb("right", ("elbow", "wrist")), X, degrees)
    told(arm, arm_flex_r=degrees)


def test_a_bent_elbow_tells_the_arms_rotation():
    told(bent_elbow("left"), elbow_flex_l=90, arm_rot_l=0)
    for side, end, inward in (("right", "r", 30), ("left", "l", -30)):
        pose = turned(bent_elbow(side), f"{side}_elbow", (f"{side}_wrist",), Z, inward)
        told(pose, **{f"elbow_flex_{end}": 90, f"arm_rot_{end}": 30})


def test_a_limb_straight_out_has_no_flexion():
    aside = turned(standing(HALPE26), "left_shoulder", limb("left", ("elbow", "wrist")), Y, 90)
    told(aside, arm_flex_l=np.nan, arm_add_l=-90)


def test_who_lies_on_the_side_faces_nowhere():
    lying = Rotation.from_euler("y", 90, degrees=True).apply(standing(HALPE26))
    found = angles(lying, HALPE26)
    lost = {name for name, value in found.items() if np.isnan(value)}
    nowhere = {"anterior_pelvic_tilt", "trunk_lean", "trunk_side_lean", "foot_progression_l", "foot_progression_r"}
    assert lost == nowhere | set(ROTATIONS)
    assert found["pelvic_obliquity"] == pytest.approx(-90)


def test_the_threshold_is_where_noise_turns_the_angle_by_its_limit():
    bend_deg = np.degrees(np.arcsin(LEVER_M / 0.4))  # the shank is 0.4 m long
    above, below = bent_knee("right", bend_deg + 0.1), bent_knee("right", bend_deg - 0.1)
    assert np.isfinite(angles(above, HALPE26)["hip_rotation_r"])
    assert np.isnan(angles(below, HALPE26)["hip_rotation_r"])
    # The ankle off to the side, by as much as two points are from each other, or a quarter of it.
    noisy = np.repeat(bent_knee("right", 45)[None], 4000, 0)
    noisy[:, HALPE26.index("right_ankle"), 0] += np.random.default_rng(1).normal(0, POINT_SD_M * 2**0.5 / 4, 4000)
    sd_deg = float(np.std(joint_angles_deg(noisy, HALPE26)["hip_rotation_r"]))
    assert sd_deg == pytest.approx(SD_LIMIT_DEG / 4 * LEVER_M / (0.4 * 2**-0.5), rel=0.05)


def test_a_limb_that_sweeps_past_what_is_not_determined_never_jumps():
    for about, parts, axis in (("knee", FOOT, X), ("hip", LEG, X), ("ankle", ("heel", "toe"), X), ("hip", LEG, Y)):
        sweep = np.stack(
            [turned(standing(HALPE26), f"right_{about}", limb("right", parts), axis, -d) for d in np.arange(0, 80, 1.0)]
        )
        for name, path in joint_angles_deg(sweep, HALPE26).items():
            steps = np.abs(np.diff(path))
            assert np.nanmax(np.append(steps, 0)) < 1.5, name


def test_angles_are_there_where_their_points_are():
    assert angles(standing(H36M17), H36M17).keys() == ROWS.keys() - FEET
    assert angles(standing(RUNNER18), RUNNER18).keys() == ROWS.keys() - FEET
    assert angles(standing(RUNNER20), RUNNER20).keys() == ROWS.keys()


def test_a_lost_joint_loses_only_its_angles():
    joints = standing(HALPE26)
    joints[HALPE26.index("left_toe")] = np.nan
    lost = {name for name, value in angles(joints, HALPE26).items() if np.isnan(value)}
    assert lost == {"ankle_angle_l", "foot_ground_angle_l", "foot_progression_l", *ROTATIONS}


def test_points_that_fall_together_have_no_angle():
    found = joint_angles_deg(np.zeros((3, 26, 3)), HALPE26)
    assert {name for name, path in found.items() if np.isfinite(path).any()} == set()


few = settings(max_examples=30)


@st.composite
def poses(draw):
    """Somebody who stands with bent limbs, each joint moved by some centimetres."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    joints = standing(RUNNER20, right_ankle=(0.1, -0.2, -0.7), left_wrist=(-0.2, 0.2, 0.1))
    return joints + generator.normal(0, 0.04, joints.shape)


@few
@given(joints=poses(), heading=st.floats(-180, 180), x=st.floats(-9, 9))
def test_where_the_camera_stands_changes_no_angle(joints, heading, x):
    turn = Rotation.from_euler("z", heading, degrees=True)
    found, moved = (angles(pose, RUNNER20) for pose in (joints, turn.apply(joints) + [x, 1, 2]))
    assert moved == pytest.approx(found, abs=1e-6, nan_ok=True)


@few
@given(joints=poses(), turn=st.tuples(*[st.floats(-3, 3)] * 3))
def test_how_the_body_lies_changes_only_angles_against_gravity(joints, turn):
    found, moved = (angles(pose, RUNNER20) for pose in (joints, Rotation.from_rotvec(turn).apply(joints)))
    for name in ROWS.keys() - AGAINST_GRAVITY:
        assert moved[name] == pytest.approx(found[name], abs=1e-6, nan_ok=True), name


@few
@given(joints=poses())
def test_a_mirror_exchanges_left_and_right(joints):
    found, mirror = angles(joints, RUNNER20), angles(mirrored(joints), RUNNER20)
    for name, value in found.items():
        side, other = name[-2:], {"_l": "_r", "_r": "_l"}.get(name[-2:], name[-2:])
        sign = -1 if name in TO_ONE_SIDE else 1
        assert mirror[name.removesuffix(side) + other] == pytest.approx(sign * value, abs=1e-6, nan_ok=True), name


def test_the_page_about_angles_is_the_table():
    page = (Path(ROOT) / "docs/angles.md").read_text(encoding="utf-8")
    table = ["| angle | 0 | positive | plane or axis | points | source |", "|---|---|---|---|---|---|"]
    for joint in JOINTS:
        points = ", ".join(need.removeprefix("{side}_").replace("_", " ") for need in joint.needs)
        for angle in joint.angles:
            name = f"`{angle.name}_l`, `_r`" if joint.sided else f"`{angle.name}`"
            table.append(f"| {name} | {angle.zero} | {angle.positive} | {angle.plane} | {points} | {angle.source} |")
    assert "\n".join(table) in page
    assert f"{1000 * POINT_SD_M:.0f} mm" in page
    assert f"{1000 * LEVER_M:.0f} mm" in page
