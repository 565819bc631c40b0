from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.figures import RATE_HZ, Camera, squatting, standing, walking

from realtime.estimation.distance import DistanceFilter, SeenLimbs, measured_distance
from realtime.skeleton import H36M17, LIMB_JOINTS

_CORE = [i for i, name in enumerate(LIMB_JOINTS) if "elbow" not in name and "wrist" not in name]
_LIMBS = H36M17.indices(LIMB_JOINTS)


def seen(joints, root):
    """Limbs about the root, and the rays that show them exactly."""
    points = joints + root
    return SeenLimbs.known(joints.astype(np.float32), points[:, :2] / points[:, 2:], np.ones(12, np.float32))


def limbs_of(poses, camera):
    """What a perfect lifter answers of poses in a room, and what is seen."""
    for points in map(camera.axes, poses):
        yield seen((points - points[0])[_LIMBS], points[0])


def flattened(limbs, share):
    """As lifted with bones too much across the line of sight, and so too long in the picture by this share."""
    return SeenLimbs(limbs.joints * np.array([1 + share, 1 + share, 0.5], np.float32), limbs.rays, limbs.score)


def followed(limbs, start=0):
    follow = DistanceFilter()
    return np.array([follow(measured_distance(one), one, (start + i) / RATE_HZ) for i, one in enumerate(limbs)])


@given(
    arrays(np.float64, (12, 3), elements=st.floats(-0.9, 0.9)),
    st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(1.5, 50)),
    st.floats(0.5, 2),
)
def test_exact_joints_are_as_far_as_they_are(joints, root, size):
    joints += np.random.default_rng(1).uniform(-0.1, 0.1, (12, 3))  # no two at one place
    one = seen(joints, np.array(root))
    assert measured_distance(one) == pytest.approx(root[2], rel=1e-3)
    assert one.root_at(root[2]) == pytest.approx(np.array(root), abs=1e-3)
    larger = SeenLimbs(np.float32(size) * one.joints, one.rays, one.score)
    assert measured_distance(larger) == pytest.approx(size * root[2], rel=1e-3)


def test_what_is_not_seen_does_not_count(rng):
    joints, root = rng.uniform(-0.8, 0.8, (12, 3)), np.array([0.3, -0.2, 4])
    one = seen(joints, root)
    rays, score = one.rays.copy(), one.score.copy()
    rays[0], score[3] = np.nan, 0
    joints = one.joints.copy()
    joints[3] += 5
    assert measured_distance(SeenLimbs.known(joints, rays, score)) == pytest.approx(4, rel=1e-4)
    assert SeenLimbs.known(joints, rays, score).root_at(4.0) == pytest.approx(root, abs=1e-4)


@pytest.mark.parametrize("what", ["nothing seen", "all on one ray", "behind the camera", "unknown rays"])
def test_a_distance_that_cannot_be_told_is_none(rng, what):
    one = seen(rng.uniform(-0.8, 0.8, (12, 3)), np.array([0, 0, 3]))
    rays, score = one.rays, one.score
    if what == "nothing seen":
        score = 0 * score
    rays = {"all on one ray": 0 * rays, "behind the camera": -rays, "unknown rays": rays * np.nan}.get(what, rays)
    assert measured_distance(SeenLimbs.known(one.joints, rays, score)) is None


@pytest.mark.parametrize("pitch_deg", [0, 15])
def test_exact_poses_are_followed_without_delay(pitch_deg):
    camera = Camera(pitch_deg=pitch_deg)
    for poses in (standing(60), squatting(120), walking(120)):
        true = camera.axes(poses)[:, 0, 2]
        assert followed(limbs_of(poses, camera)) == pytest.approx(true, abs=0.01)


def test_a_squat_that_is_lifted_too_flat_does_not_go_away():
    camera, poses = Camera(), squatting(180)
    true = camera.axes(poses)[:, 0, 2]
    down = (0.92 - poses[:, 0, 2]) / 0.45
    flat = [flattened(one, 0.25 * share) for one, share in zip(limbs_of(poses, camera), down, strict=True)]
    assert np.abs([measured_distance(one) - z for one, z in zip(flat, true, strict=True)]).max() > 0.8
    assert np.abs(followed(flat) - true).max() < 0.2  # the pelvis itself is lifted 8 cm too near to the feet


def test_who_stands_does_not_sway(rng):
    camera = Camera()
    noisy = [
        SeenLimbs(one.joints * np.float32(1 + rng.normal(0, 0.02)), one.rays + rng.normal(0, 5e-4, (12, 2)), one.score)
        for one in limbs_of(standing(300), camera)
    ]
    path = followed(noisy)[30:]
    assert np.std(path) < 0.015
    assert np.ptp(path) < 0.06
    assert np.std([measured_distance(one) for one in noisy]) > 0.06


def test_without_feet_in_the_picture_size_is_all_there_is():
    camera = Camera()
    poses = np.concatenate([standing(30), standing(30, place=(0.2, 3.0))])
    unseen = np.ones(12, np.float32)
    unseen[[i for i, name in enumerate(LIMB_JOINTS) if name.endswith("ankle")]] = 0.1
    limbs = [SeenLimbs(one.joints, one.rays, unseen) for one in limbs_of(poses, camera)]
    assert followed(limbs)[[29, 35]] == pytest.approx([3.8, 3.0], abs=0.1)


def test_another_motion_begins_anew():
    camera, follow = Camera(), DistanceFilter()
    for place in ((0.2, 3.8), (0.2, 9.0)):
        (one,) = limbs_of(standing(1, place), camera)
        assert follow(measured_distance(one), one, 0.0) == pytest.approx(place[1], abs=1e-3)
        follow.reset()


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=20), st.integers(0, 2**31))
def test_uneven_times_and_any_motion_give_finite_depths(steps_s, seed):
    rng, follow, t_s = np.random.default_rng(seed), DistanceFilter(), 0.0
    for step_s in steps_s:
        t_s += step_s
        one = seen(rng.uniform(-0.9, 0.9, (12, 3)), np.array([0.1, 0.2, rng.uniform(1.2, 20)]))
        assert 0 < follow(measured_distance(one), one, t_s) < 100
