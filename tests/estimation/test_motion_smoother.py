"""Smoothing of a motion whose future is known: within one motion only, and of nothing but its own poses."""

from __future__ import annotations

import numpy as np
import pytest
from support.estimators import as_told, everybody, small_lifter
from support.poses import frame_at, pose_2d

from realtime.camera import pitched
from realtime.estimation.estimator import Estimator
from realtime.estimation.motion_smoother import MotionSmoother
from realtime.estimation.person import PersonChain
from realtime.pose import BRIDGED, NO_PERSON, OK, Estimate, Pose3D, absent
from realtime.skeleton import H36M17
from realtime.smoothing import ZeroLag
from realtime.tracking.gaps import GapBridge


def estimate_of(xyz, index, *, reason=OK, fps=30.0, pitch_deg=0.0):
    t_ns = round(index / fps * 1e9)
    root = np.array([0.1, 3.0, index], np.float32)
    pose = Pose3D(np.float32(xyz), np.ones(17, np.float32), root, H36M17, index, t_ns, t_ns, reason, pitch_deg)
    return Estimate(pose, None, 1, 1, 0.0, 0.0, 0)


def run(estimates):
    smoother = MotionSmoother(ZeroLag())
    return [due for estimate in estimates for due in smoother.push(estimate)] + smoother.finish()


def motion(rng, frames=40):
    return rng.normal(0, 0.01, (frames, 17, 3)).cumsum(0).astype(np.float32)


def test_poses_come_in_order_once_what_is_near_is_known(rng):
    smoother, due = MotionSmoother(ZeroLag()), []
    for index, xyz in enumerate(motion(rng)):
        due += smoother.push(estimate_of(xyz, index))
        assert len(due) == max(0, index - 6)  # 0.2 s are six frames
    due += smoother.finish()
    assert [one.pose.index for one in due] == list(range(40))
    assert smoother.finish() == []


def test_each_is_the_smoothed_one_of_its_neighbours_in_time(rng):
    joints = motion(rng)
    found = run([estimate_of(xyz, i) for i, xyz in enumerate(joints)])
    t_s = np.arange(40) / 30
    for i, one in enumerate(found):
        near = np.abs(t_s - t_s[i]) < 0.2001
        assert np.allclose(one.pose.xyz, ZeroLag()(joints[near], t_s[near] - t_s[i]), atol=1e-6)
        assert one.pose.xyz.dtype == np.float32
        assert one.pose.root_m[2] == i  # as it was


def test_a_pose_repeated_over_a_gap_is_left_alone_and_leaves_others_alone(rng):
    joints = motion(rng)
    joints[15:20] += 100  # would be seen in any neighbour
    reasons = [BRIDGED if 15 <= i < 20 else OK for i in range(40)]
    found = run(
        [estimate_of(xyz, i, reason=reason) for i, (xyz, reason) in enumerate(zip(joints, reasons, strict=True))]
    )
    for i, one in enumerate(found):
        if 15 <= i < 20:
            assert np.array_equal(one.pose.xyz, joints[i])
        else:
            assert np.abs(one.pose.xyz - joints[i]).max() < 0.2


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_numbers_that_are_not_finite_do_not_spread(rng, wrong):
    joints = motion(rng)
    joints[20, 3] = wrong
    found = run([estimate_of(xyz, i) for i, xyz in enumerate(joints)])
    assert [i for i, one in enumerate(found) if not np.isfinite(one.pose.xyz).all()] == [20]


def test_an_estimated_tilt_that_changes_is_no_movement(rng):
    """The same motion, level from the first frame on, and by a tilt that is told half way."""
    joints, told_deg = motion(rng), np.where(np.arange(40) < 20, 0.0, 12.0)
    turned = pitched(joints, told_deg)
    before = [estimate_of(xyz, i) for i, xyz in enumerate(joints)]
    after = [estimate_of(xyz, i, pitch_deg=deg) for i, (xyz, deg) in enumerate(zip(turned, told_deg, strict=True))]
    level = np.array([one.pose.xyz for one in run(before)])
    assert np.allclose([one.pose.xyz for one in run(after)], pitched(level, told_deg), atol=1e-5)


def test_a_single_pose_stays_as_it_is(rng):
    xyz = motion(rng, 1)[0]
    (one,) = run([estimate_of(xyz, 0)])
    assert np.allclose(one.pose.xyz, xyz, atol=1e-7)


class Walk:
    """A detector of a person who wanders, leaves, comes back as another one, and jumps in time."""

    name, many_people = "walk", True

    def __init__(self, poses):
        self.poses, self.skeleton = poses, poses[0].skeleton

    def __call__(self, frame):
        return everybody(self.poses[frame.index])

    def close(self):
        pass


def walked(rng, smooth_late, lost=(), exchanged_at=10**6):
    xy = rng.uniform((200, 100), (400, 400), (17, 2)) + rng.normal(0, 2, (90, 17, 2)).cumsum(0)
    poses = [
        None if i in lost else pose_2d(p, index=i, t_s=1 + i / 30, person=int(i >= exchanged_at))
        for i, p in enumerate(xy)
    ]
    chain = PersonChain(small_lifter(), bridge=GapBridge(max_gap_s=0), smooth_late=smooth_late)
    found = list(Estimator(Walk(poses), chain, track=as_told).run(frame_at(i) for i in range(90)))
    assert [one.pose.index for one in found] == list(range(90))
    return found


@pytest.mark.parametrize("about", [{"lost": range(40, 45)}, {"exchanged_at": 40}], ids=["a gap", "another person"])
def test_nothing_is_smoothed_across_a_gap_or_from_one_person_to_the_next(about):
    plain = walked(np.random.default_rng(1), None, **about)
    smooth = walked(np.random.default_rng(1), ZeroLag(), **about)
    parts, part = [], []
    for i, one in enumerate(plain):
        valid = one.pose.reason != NO_PERSON
        assert smooth[i].pose.valid == valid
        if part and (not valid or i == about.get("exchanged_at")):
            parts, part = [*parts, part], []
        part += [i] if valid else []
    for one in [*parts, part]:
        alone = run([plain[i] for i in one])
        for i, expected in zip(one, alone, strict=True):
            assert np.array_equal(smooth[i].pose.xyz, expected.pose.xyz)


def test_an_absent_pose_has_no_joints():
    found = walked(np.random.default_rng(1), ZeroLag(), lost=range(40, 45))
    nobody = absent(NO_PERSON, H36M17, 42, 0, 0)
    assert found[42].pose.xyz.shape == nobody.xyz.shape
    assert found[42].keypoints is None
