"""Cameras of known tilt before people whose joints are exact."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observed import standing
from support.walkers import seen_by, squatter, stander, walker

from realtime.kinematics.camera_tilt import COLUMNS, estimated_pitch, pitch_of_joints, upright_sample
from realtime.skeleton import COCO17, H36M17, RUNNER20

PITCHES_DEG = [-25, -8, 0, 12, 30]


def pitch_of(bodies, **camera):
    """What is estimated of bodies (T, 17, 3) in a level room, one sample each."""
    found = [upright_sample(joints, root, H36M17) for joints, root in seen_by(bodies, **camera)]
    samples = [sample for sample in found if sample is not None]
    return estimated_pitch(np.array(samples).reshape(-1, COLUMNS))


@pytest.mark.parametrize("pitch_deg", PITCHES_DEG)
def test_the_pitch_above_somebody_who_walks_about_is_found(pitch_deg):
    assert pitch_of(walker(40), pitch_deg=pitch_deg) == pytest.approx(pitch_deg, abs=1.5)


@pytest.mark.parametrize("pitch_deg", PITCHES_DEG)
def test_and_above_a_runner_who_has_no_neck(pitch_deg):
    order = [H36M17.index(name) if name in H36M17.joints else H36M17.index("neck") for name in RUNNER20.joints]
    found = [upright_sample(joints[order], root, RUNNER20) for joints, root in seen_by(walker(40), pitch_deg=pitch_deg)]
    samples = np.array([sample for sample in found if sample is not None])
    assert estimated_pitch(samples) == pytest.approx(pitch_deg, abs=2)


@pytest.mark.parametrize("pitch_deg", PITCHES_DEG)
@pytest.mark.parametrize("facing_deg", [0, 90, 180])
def test_and_above_somebody_who_stands(pitch_deg, facing_deg):
    assert pitch_of(stander(30, facing_deg=facing_deg), pitch_deg=pitch_deg) == pytest.approx(pitch_deg, abs=4)


def test_the_floor_corrects_bodies_that_all_lean():
    leaning, there = walker(60, lean_deg=5, facing_deg=0), {"pitch_deg": 10}
    with_floor = pitch_of(leaning, **there)
    bodies_alone = pitch_of_joints(np.repeat([joints for joints, _ in seen_by(leaning, **there)], 3, 0), H36M17)
    assert abs(with_floor - 10) < 0.7 * abs(bodies_alone - 10)


def test_a_squatter_is_judged_where_he_stands():
    assert pitch_of(squatter(60), pitch_deg=9) == pytest.approx(9, abs=3)


def test_a_roll_hardly_changes_the_pitch():
    assert pitch_of(walker(40), pitch_deg=12, roll_deg=8) == pytest.approx(12, abs=2)


@settings(max_examples=25, deadline=None)
@given(
    pitch_deg=st.floats(-30, 30),
    yaw_deg=st.floats(-180, 180),
    distance_m=st.floats(3, 9),
    height_m=st.floats(0.4, 2.5),
)
def test_where_the_camera_stands_makes_no_difference(pitch_deg, yaw_deg, distance_m, height_m):
    found = pitch_of(walker(40), pitch_deg=pitch_deg, yaw_deg=yaw_deg, distance_m=distance_m, height_m=height_m)
    assert found == pytest.approx(pitch_deg, abs=2.5)


def test_who_lies_or_sits_or_bows_tells_nothing():
    lying = standing(towards_deg=90)
    sitting = standing()
    for side in ("left", "right"):
        sitting[H36M17.index(f"{side}_knee")] += (0, -0.44, 0.42)
        sitting[H36M17.index(f"{side}_ankle")] += (0, -0.44, 0.42)
    for published in (lying, sitting, standing(bow_deg=60)):
        camera_axes = published[:, (0, 2, 1)] * (1, -1, 1)
        assert upright_sample(camera_axes, np.array([0, 0, 4.0]), H36M17) is None
    upright = standing()[:, (0, 2, 1)] * (1, -1, 1)
    assert upright_sample(upright, None, H36M17) is not None
    assert upright_sample(np.full((17, 3), np.nan), None, H36M17) is None
    assert upright_sample(np.zeros((17, 3)), None, COCO17) is None  # a skeleton without a neck


def test_too_few_poses_tell_nothing():
    assert pitch_of(walker(19), pitch_deg=12) is None
    assert pitch_of(walker(20), pitch_deg=12) is not None
    assert pitch_of_joints(np.empty((0, 17, 3)), H36M17) is None


def test_a_camera_that_moves_tells_nothing():
    bodies = walker(80)
    found = [
        upright_sample(*seen_by(bodies[[i]], pitch_deg=25 * math.sin(i / 8))[0], H36M17) for i in range(len(bodies))
    ]
    assert estimated_pitch(np.array(found)) is None
