"""Pose errors: by hand, and against independent ways of computing them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.spatial.transform import Rotation

from realtime.metrics import METRICS, about_hips, joint_errors_mm, mpjpe, mpjve, n_mpjpe, pa_mpjpe, scores_mm
from realtime.skeleton import H36M17

TRUE = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 2, 0]]])


def random_poses(seed: int, frames: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, 12, 3))


def test_mpjpe_by_hand():
    moved = TRUE + [[[0, 0, 3.0], [0, 4, 0], [0, 0, 0]]]
    assert mpjpe(moved, TRUE) == pytest.approx([(3 + 4 + 0) / 3])


def test_mpjve_by_hand_sees_motion_not_place():
    true = np.zeros((3, 1, 3))
    predicted = np.array([[[5.0, 0, 0]], [[5, 1, 0]], [[5, 1, 2]]])
    assert mpjve(predicted, true) == pytest.approx([1, 2])


def test_n_mpjpe_forgets_size_only():
    assert n_mpjpe(2.5 * TRUE, TRUE) == pytest.approx([0])
    assert n_mpjpe(TRUE + [5.0, 0, 0], TRUE)[0] > 0.1


@given(seed=st.integers(0, 10**6), scale=st.floats(0.2, 5))
def test_pa_mpjpe_forgets_place_size_and_rotation(seed, scale):
    poses = random_poses(seed)
    turned = scale * poses @ Rotation.random(random_state=seed).as_matrix().T + [1.0, -2, 3]
    assert pa_mpjpe(turned, poses) == pytest.approx(np.zeros(3), abs=1e-9)


def test_pa_mpjpe_does_not_forgive_a_mirror_image():
    poses = random_poses(1)
    assert (pa_mpjpe(poses * [-1, 1, 1], poses) > 0.1).all()


@given(seed=st.integers(0, 10**6))
def test_pa_mpjpe_is_the_fit_of_scipy(seed):
    true, predicted = random_poses(seed, 1), random_poses(seed + 1, 1)
    a, b = (p[0] - p[0].mean(0) for p in (true, predicted))
    rotation, _ = Rotation.align_vectors(a, b)
    turned = rotation.apply(b)
    fitted = (a * turned).sum() / (turned**2).sum() * turned
    assert pa_mpjpe(predicted, true) == pytest.approx([np.linalg.norm(fitted - a, axis=1).mean()])


@given(seed=st.integers(0, 10**6))
def test_n_mpjpe_scales_by_least_squares(seed):
    true, predicted = random_poses(seed, 1), random_poses(seed + 1, 1)
    best = minimize_scalar(lambda s: ((s * predicted - true) ** 2).sum())
    assert n_mpjpe(predicted, true) == pytest.approx(mpjpe(best.x * predicted, true), rel=1e-5)


def test_a_pose_without_size_is_met():
    nothing = np.zeros_like(TRUE)
    assert np.isfinite([pa_mpjpe(nothing, TRUE), n_mpjpe(nothing, TRUE)]).all()


def test_about_hips_puts_their_middle_at_the_origin(rng):
    poses = about_hips(rng.normal(size=(4, 17, 3)), H36M17)
    assert poses[:, H36M17.indices(("left_hip", "right_hip"))].mean(1) == pytest.approx(np.zeros((4, 3)))


def test_scores_are_means_in_millimetres():
    scores = scores_mm(np.concatenate([TRUE, TRUE + 0.002]), np.concatenate([TRUE, TRUE]))
    assert set(scores) == set(METRICS)
    assert scores["MPJPE"] == pytest.approx(np.sqrt(3) * 1)
    assert scores["PA-MPJPE"] == pytest.approx(0, abs=1e-6)


@given(seed=st.integers(0, 10**6))
def test_the_errors_of_joints_have_the_metrics_as_means(seed):
    predicted, true = random_poses(seed, 5), random_poses(seed + 1, 5)
    joints = joint_errors_mm(predicted[1:], true[1:], predicted[:-1], true[:-1])
    assert {error.shape for error in joints.values()} == {(4, 12)}
    for name, metric in METRICS.items():
        assert joints[name].mean(1) == pytest.approx(1000 * metric(predicted, true)[-4:], rel=1e-9)


def test_without_a_frame_before_there_is_no_velocity():
    nothing = np.full_like(TRUE, np.nan)
    errors = joint_errors_mm(TRUE + [0.003, 0, 0], TRUE, nothing, nothing)
    assert errors["MPJPE"] == pytest.approx(np.full((1, 3), 3.0))
    assert np.isnan(errors["MPJVE"]).all()


@pytest.mark.parametrize("metric", METRICS.values())
def test_shapes_that_differ_are_refused(metric):
    with pytest.raises(ValueError, match="poses must be"):
        metric(TRUE, TRUE[:, :2])
