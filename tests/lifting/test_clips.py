"""Recordings by overlapping clips: no seam jumps, and every pose is answered for once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.networks import dst_config, dst_network
from support.poses import pose_2d

from realtime.kinematics.stature import bone_stature
from realtime.lifting.clips import ClipLifter, cropped
from realtime.lifting.features import feature_set
from realtime.lifting.transformer.tokens import tokens_of
from realtime.pose import ASSUMED_HEIGHT_M
from realtime.skeleton import COCO17, H36M17
from realtime.window import PoseWindow

WINDOW = 16
LENGTHS = [1, 2, 7, 15, 16, 17, 23, 24, 25, 40, 61]


def keypoints(length, seed=0):
    """A body of 200 px that moves smoothly, and scores."""
    rng = np.random.default_rng(seed)
    at = np.linspace(0, 3, length)[:, None, None]
    swing = np.sin(at * rng.uniform(0.5, 1.5, (17, 2)) + rng.uniform(0, 6, (17, 2)))
    xy = rng.uniform((250, 100), (350, 300), (17, 2)) + 20 * swing
    return [pose_2d(frame, score=rng.uniform(0.5, 1, 17)) for frame in xy]


def lifted(lift, poses):
    """Joints (T, 17, 3) of a motion, and how many were answered for before its end."""
    ring, joints = PoseWindow(lift.window_length, 17), []
    for pose in poses:
        ring.push(pose)
        if (answer := lift(ring)) is not None:
            joints.append(answer)
    early = len(joints)
    joints += lift.flush()
    return np.stack(joints), early


def answers(network, poses):
    """The network's own, of one clip, as MotionBERT's command gives it, in metres about the root."""
    scored = np.stack([np.column_stack([pose.xy, pose.score]) for pose in poses])
    output = network.net(torch.from_numpy(cropped(scored).reshape(1, -1, 51).astype(np.float32)))[0].numpy()
    about = output - output[:, :1]
    return about * ASSUMED_HEIGHT_M / np.quantile(bone_stature(about, H36M17), 0.8)


@pytest.mark.parametrize("length", LENGTHS)
def test_each_pose_is_the_weighted_mean_of_its_clips(length):
    network, poses = dst_network(), keypoints(length)
    joints, early = lifted(ClipLifter(network), poses)
    assert joints.shape == (length, 17, 3)
    assert early == max(0, length - WINDOW + 1)
    regular = [*range(0, length - WINDOW + 1, WINDOW // 2)]
    last = max(0, length - WINDOW)
    total, weights = np.zeros((length, 17, 3)), np.zeros((length, 1, 1))
    for start in dict.fromkeys([*regular, last]):
        clip = answers(network, poses[start : start + WINDOW])
        fade = np.sin(np.pi * (np.arange(len(clip)) + 0.5) / len(clip))[:, None, None] ** 2
        if regular and start not in regular:
            fade[0] = 0  # its first pose is answered for before the motion is known to end
        total[start : start + len(clip)] += fade * clip
        weights[start : start + len(clip)] += fade
    np.testing.assert_allclose(joints, total / weights, atol=1e-4)


def drifting():
    """A network whose answer drifts from the beginning of a clip to its end, whatever it is shown."""
    network = dst_network(dst_config(mirrored=False))
    ramp = np.linspace(0, 1, WINDOW, dtype=np.float32)[None, :, None, None]
    direction = np.random.default_rng(1).normal(size=(1, 1, 1, 16)).astype(np.float32)
    network.state["temp_embed"] = ramp * direction
    return network


@pytest.mark.parametrize("length", [20, 24, 33, 64, 100])
def test_a_seam_is_no_larger_step_than_ordinary_frames(length):
    network, still = drifting(), [keypoints(1)[0]] * length
    clips = [answers(network, still[start : start + WINDOW]) for start in range(0, length, WINDOW)]
    ordinary = max(np.abs(np.diff(clip, axis=0)).max() for clip in clips if len(clip) > 1)
    side_by_side = np.abs(np.diff(np.concatenate(clips), axis=0)).max()
    blended = np.abs(np.diff(lifted(ClipLifter(network), still)[0], axis=0)).max()
    assert side_by_side > 4 * ordinary  # what infer_wild.py does
    assert blended <= 1.2 * ordinary


def test_a_new_motion_begins_anew():
    lift, first, second = ClipLifter(dst_network()), keypoints(21), keypoints(30, seed=1)
    expected = [lifted(ClipLifter(dst_network()), poses)[0] for poses in (first, second)]
    for poses, joints in zip((first, second), expected, strict=True):
        np.testing.assert_allclose(lifted(lift, poses)[0], joints, atol=1e-6)
    ring = PoseWindow(WINDOW, 17)  # left without a flush, as where a film is cut
    for pose in first:
        ring.push(pose)
        lift(ring)
    ring.clear()
    for pose in second[:5]:
        ring.push(pose)
        assert lift(ring) is None
    np.testing.assert_allclose(list(lift.flush()), lifted(lift, second[:5])[0], atol=1e-6)


def test_by_rays_it_answers_in_metres():
    features = feature_set("turned", COCO17)
    config = dst_config(inputs=features.channels, token_inputs=5)
    network = dst_network(config, features="turned", normalise="rays")
    poses = keypoints(20)
    joints, _ = lifted(ClipLifter(network), poses)
    assert joints.shape == (20, 17, 3)
    assert np.abs(joints[:, 0]).max() == 0


@pytest.mark.parametrize("normalise", ["crop", "screen"])
def test_size_and_place_in_the_picture_make_no_difference_to_a_crop(normalise):
    network = dst_network(normalise=normalise)
    poses = keypoints(10)
    moved = [pose_2d(0.5 * pose.xy + 40, score=pose.score) for pose in poses]
    one, other = (lifted(ClipLifter(network), motion)[0] for motion in (poses, moved))
    assert np.allclose(one, other, atol=1e-4) == (normalise == "crop")
    assert np.quantile(bone_stature(one, H36M17), 0.8) == pytest.approx(ASSUMED_HEIGHT_M, rel=1e-4)


def test_the_crop_by_hand():
    points = np.zeros((2, 17, 3), np.float32)
    points[..., 2] = 1
    points[:, COCO17.index("left_wrist"), 0] = 300  # the only one that is away: the square is 300 wide
    points[1, COCO17.index("right_ankle")] = 900, 900, 0  # not seen
    crop = cropped(points)
    assert crop[0, COCO17.index("left_wrist")].tolist() == [1, 0, 1]
    assert crop[0, 0].tolist() == [-1, 0, 1]
    assert crop[1, COCO17.index("right_ankle")].tolist() == [1, 1, 0]
    assert not cropped(np.zeros((1, 17, 3))).any()
    assert tokens_of(17).sum(1) == pytest.approx(1)
