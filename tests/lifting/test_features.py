from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from realtime.lifting.features import FROM_RAYS, feature_set, hip_ray, mirrors, view_rotation
from realtime.skeleton import BLAZEPOSE33, COCO17, COCO_FEET21, H36M17

each_set = pytest.mark.parametrize("features", [feature_set(name, COCO17) for name in FROM_RAYS], ids=lambda f: f.name)


def rays_of(seed, shape=(5,)):
    return np.random.default_rng(seed).uniform(-0.8, 0.8, (*shape, len(COCO17), 2)).astype(np.float32)


def encoded(features, rays):
    return features.encode(rays, hip_ray(rays, COCO17))


@each_set
def test_numpy_and_torch_agree(features):
    rays = rays_of(1)
    assert np.allclose(encoded(features, rays), encoded(features, torch.from_numpy(rays)).numpy(), atol=1e-6)
    joints = np.random.default_rng(2).normal(size=(5, 17, 3)).astype(np.float32)
    ours = features.decode(joints, hip_ray(rays, COCO17))
    theirs = features.decode(torch.from_numpy(joints), hip_ray(torch.from_numpy(rays), COCO17)).numpy()
    assert np.allclose(ours, theirs, atol=1e-6)


@each_set
def test_a_frame_alone_gives_what_it_gives_among_others(features):
    rays = rays_of(3, (2, 7))
    together = encoded(features, rays)
    assert together.shape == (2, 7, features.channels)
    assert np.allclose(together[1, 4], encoded(features, rays[1, 4]), atol=1e-6)


@each_set
def test_target_undoes_decode(features):
    joints = np.random.default_rng(4).normal(size=(5, 17, 3))
    hip = hip_ray(rays_of(4), COCO17)
    assert np.allclose(features.decode(features.target(joints, hip), hip), joints, atol=1e-5)


@each_set
@given(wild=st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_wild_points_stay_bounded(features, wild):
    rays = rays_of(5)
    rays[:, 9] = wild
    channels = encoded(features, rays)
    assert np.isfinite(channels).all()
    assert np.abs(channels).max() < 10


@each_set
def test_a_pose_in_one_point_is_finite(features):
    assert np.isfinite(encoded(features, np.zeros((17, 2), np.float32))).all()


def test_view_rotation_turns_the_ray_to_the_axis():
    for u, v in ((0, 0), (0.3, -0.2), (-2, 1)):
        rotation = view_rotation(np.array([u, v], float))
        turned = rotation @ (u, v, 1)
        assert np.allclose(turned, (0, 0, np.sqrt(1 + u * u + v * v)))
        assert np.allclose(rotation @ rotation.T, np.eye(3))
        assert np.linalg.det(rotation) == pytest.approx(1)
        assert rotation[0, 1] == 0  # no roll: the right axis stays level


def test_turned_does_not_care_where_the_person_stands():
    # The same body, seen by cameras turned by some angle, gives the same shape channels.
    # Both hips in one point, so that the middle of their rays is the ray of their middle.
    body = np.random.default_rng(6).uniform(-0.7, 0.7, (17, 3)) + (0, 0, 4)
    body[COCO17.indices(("left_hip", "right_hip"))] = (0, 0, 4)
    straight = encoded(feature_set("turned", COCO17), body[:, :2] / body[:, 2:])
    seen = body @ view_rotation(np.array((0.5, 0.2)))
    aside = encoded(feature_set("turned", COCO17), seen[:, :2] / seen[:, 2:])
    assert np.allclose(straight[:34], aside[:34], atol=1e-5)
    assert np.allclose(aside[34:36], (0.5, 0.2), atol=1e-5)


def test_turned_is_what_the_view_rotation_makes_of_the_rays():
    rays = rays_of(7, ())
    hip = hip_ray(rays, COCO17)
    points = np.concatenate([rays, np.ones((len(COCO17), 1))], -1) @ view_rotation(hip).T
    shape = points[:, :2] / np.maximum(points[:, 2:], 0.1)
    size = np.sqrt((shape**2).sum(-1).mean())
    assert np.allclose(
        encoded(feature_set("turned", COCO17), rays)[:34], (shape / size).reshape(-1).clip(-5, 5), atol=1e-5
    )


@each_set
def test_what_is_seen_in_a_mirror_is_fed_in_a_mirror(features):
    rays = rays_of(8)
    swapped = rays[:, COCO17.mirror] * np.float32([-1, 1])
    mirror = features.mirror
    np.testing.assert_allclose(encoded(features, swapped), mirror(encoded(features, rays)), atol=1e-5)
    np.testing.assert_allclose(encoded(features, rays) @ mirror.matrix(), mirror(encoded(features, rays)), atol=1e-6)

    joints = np.random.default_rng(9).normal(size=(5, 17, 3)).astype(np.float32)
    answer = features.decode(
        mirrors(features, H36M17).joints(joints.reshape(5, 51)).reshape(5, 17, 3), hip_ray(swapped, COCO17)
    )
    right = features.decode(joints, hip_ray(rays, COCO17))[:, H36M17.mirror] * np.float32([-1, 1, 1])
    np.testing.assert_allclose(answer, right, atol=1e-5)


@pytest.mark.parametrize("skeleton", [COCO17, COCO_FEET21, BLAZEPOSE33, H36M17])
@each_set
def test_any_skeleton_with_hips_can_be_fed(features, skeleton):
    """Channels, hips and mirror are those of the skeleton that the card names."""
    fed = feature_set(features.name, skeleton)
    rays = np.random.default_rng(1).uniform(-0.8, 0.8, (5, len(skeleton), 2)).astype(np.float32)
    channels = fed.encode(rays, fed.hip_ray(rays))
    assert channels.shape == (5, fed.channels)
    left, right = skeleton.index("left_hip"), skeleton.index("right_hip")
    np.testing.assert_allclose(fed.hip_ray(rays), (rays[:, left] + rays[:, right]) / 2, atol=1e-6)
    swapped = rays[:, skeleton.mirror] * np.float32([-1, 1])
    np.testing.assert_allclose(fed.encode(swapped, fed.hip_ray(swapped)), fed.mirror(channels), atol=1e-5)


@each_set
def test_feet_are_further_channels_and_change_no_other(features):
    more = feature_set(features.name, COCO_FEET21)
    rays = np.random.default_rng(1).uniform(-0.8, 0.8, (5, len(COCO_FEET21), 2)).astype(np.float32)
    places = more.places(features)
    assert len(set(places)) == features.channels == more.channels - 8
    coco = encoded(features, rays[:, COCO_FEET21.indices(COCO17.joints)])
    np.testing.assert_allclose(more.encode(rays, more.hip_ray(rays))[:, places], coco, atol=1e-6)


def test_there_is_no_other_feature_set():
    with pytest.raises(KeyError):
        feature_set("rotated", COCO17)


def test_scored_points_are_fed_as_they_are():
    points = np.random.default_rng(8).normal(size=(4, 17, 3)).astype(np.float32)
    features = feature_set("scored", COCO17)
    channels = features.encode(points, None)
    assert channels.shape == (4, features.channels)
    assert np.array_equal(channels.reshape(points.shape), points)
    mirrored = mirrors(features, H36M17).channels(channels).reshape(points.shape)
    assert np.array_equal(mirrored, points[:, COCO17.mirror] * np.float32([-1, 1, 1]))
