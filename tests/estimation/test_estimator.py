from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.estimators import FIELD, estimator, keypoints
from support.poses import frame_at

from realtime.camera import Intrinsics
from realtime.estimation.camera_level import CameraLevel
from realtime.pose import ASSUMED_HEIGHT_M, BRIDGED, NO_PERSON, OK, WARMING_UP
from realtime.skeleton import BLAZEPOSE33, COCO17, H36M17, LIMB_JOINTS
from realtime.smoothing import OneEuro


def test_it_warms_up_then_is_ok():
    estimate = estimator({i: keypoints(i) for i in range(12)})
    results = [estimate(frame_at(i)) for i in range(12)]
    assert [r.pose.reason for r in results] == [WARMING_UP] * (FIELD - 1) + [OK] * 4
    assert [r.have for r in results] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]
    assert all(r.want == FIELD and r.pose.valid for r in results)


def test_index_and_times_are_the_frames():
    estimate = estimator({3: keypoints(3)})
    result = estimate(frame_at(3))
    frame = frame_at(3)
    assert (result.pose.index, result.pose.t_capture_ns) == (3, frame.t_capture_ns)
    assert result.lag_start_ns == frame.t_capture_ns


def test_lag_of_a_recorded_frame_counts_from_its_being_read():
    estimate = estimator({0: keypoints(0)})
    result = estimate(frame_at(0, recorded=True))
    assert result.lag_start_ns != frame_at(0).t_capture_ns


def test_a_short_gap_is_bridged_and_a_long_one_empties_the_window():
    seen = {i: keypoints(i) for i in [*range(FIELD), 40]}
    estimate = estimator(seen)
    results = [estimate(frame_at(i)) for i in range(41)]
    gap_frames = 15  # half a second at 30 frames a second
    assert [r.pose.reason for r in results[FIELD : FIELD + gap_frames - 1]] == [BRIDGED] * (gap_frames - 1)
    assert {r.pose.reason for r in results[FIELD + gap_frames : 40]} == {NO_PERSON}
    assert results[39].have == 0
    assert results[39].pose.xyz.shape == (0, 3)
    assert (results[40].pose.reason, results[40].have) == (WARMING_UP, 1)


def test_another_person_begins_a_window_of_its_own():
    first = {i: keypoints(i, person=0) for i in range(5)}
    estimate = estimator({**first, **{i: keypoints(i, person=1) for i in range(5, 7)}})
    assert [estimate(frame_at(i)).have for i in range(7)] == [1, 2, 3, 4, 5, 1, 2]


def test_a_pause_of_the_source_begins_a_new_window():
    frames = (0, 1, 2, 30, 31)
    estimate = estimator({i: keypoints(i) for i in frames})
    assert [estimate(frame_at(i)).have for i in frames] == [1, 2, 3, 1, 2]


def test_a_slow_detector_is_not_a_pause():
    estimate = estimator({i: keypoints(i) for i in range(0, 210, 21)})
    assert [estimate(frame_at(i)).have for i in range(0, 126, 21)] == [1, 2, 3, 4, 5, 6]  # 0.7 s a frame


def test_other_skeletons_are_read_by_name():
    whole = keypoints(0, skeleton=BLAZEPOSE33)
    ours = estimator({0: whole})(frame_at(0))
    by_hand = estimator({0: whole.select(COCO17)})(frame_at(0))
    assert np.array_equal(ours.pose.xyz, by_hand.pose.xyz)
    assert ours.keypoints.skeleton is BLAZEPOSE33  # all 33 are published


def test_joints_are_turned_to_z_up_and_levelled():
    answers = {0: keypoints(0)}
    level = estimator(answers)(frame_at(0)).pose.xyz
    pitched = estimator(answers, level=CameraLevel(90.0))(frame_at(0)).pose.xyz
    assert np.allclose(level[:, (0, 1)], pitched[:, (0, 2)] * (1, -1), atol=1e-6)
    assert estimator(answers).want == FIELD


class KnownJoints:
    """A lifter that knows the truth."""

    name = "truth@00000000"
    keypoints, skeleton = COCO17, H36M17
    window_length, lookahead, by_clips, height_m = 1, 0, False, None

    def __init__(self, joints):
        self.joints = joints

    def __call__(self, window):
        return self.joints


CAMERA = Intrinsics(fov_deg=50)


def projected(joints, root):
    """The keypoints of a person whose pelvis is at `root`."""
    limbs_2d, limbs_3d = COCO17.indices(LIMB_JOINTS), H36M17.indices(LIMB_JOINTS)
    seen = keypoints(0)
    points = joints[limbs_3d] + root
    focal = 640 / 2 / np.tan(np.radians(25))
    seen.xy[limbs_2d] = points[:, :2] / points[:, 2:] * focal + (320, 240)
    return seen


def test_the_root_is_where_the_person_was_projected_from(rng):
    joints = rng.uniform(-0.8, 0.8, (17, 3)).astype(np.float32)
    seen = projected(joints, np.array([0.5, -0.2, 4.0]))
    estimate = estimator({0: seen}, KnownJoints(joints), intrinsics=CAMERA)
    pose = estimate(frame_at(0)).pose
    assert np.allclose(pose.root_m, (0.5, 4.0, 0.2), atol=1e-3)  # right, away, up
    assert np.allclose(pose.xyz, np.stack([joints[:, 0], joints[:, 2], -joints[:, 1]], 1), atol=1e-6)


@pytest.mark.parametrize(
    ("of_network", "told", "factor"),
    [(1.7, 1.87, 1.1), (1.7, None, ASSUMED_HEIGHT_M / 1.7), (None, None, 1), (None, 1.25 * ASSUMED_HEIGHT_M, 1.25)],
)
def test_a_person_of_another_height_is_as_much_larger_and_further_away(rng, of_network, told, factor):
    lift = KnownJoints(rng.uniform(-0.8, 0.8, (17, 3)).astype(np.float32))
    seen = {0: projected(lift.joints, np.array([0.5, -0.2, 4.0]))}
    plain = estimator(seen, lift, intrinsics=CAMERA)(frame_at(0)).pose
    lift.height_m = of_network
    sized = estimator(seen, lift, intrinsics=CAMERA, height_m=told)(frame_at(0)).pose
    assert np.allclose(sized.xyz, factor * plain.xyz, atol=1e-5)
    assert np.allclose(sized.root_m, factor * plain.root_m, rtol=1e-4)


def test_joints_that_contradict_the_keypoints_are_lifted_again_without_the_past(rng):
    """A lifter that takes the sides from the oldest pose, as networks do after a run of exchanged sides."""
    joints = rng.uniform(-0.8, 0.8, (17, 3)).astype(np.float32)
    seen = projected(joints, np.array([0.5, -0.2, 4.0]))
    wrong = replace(seen, xy=seen.xy[list(COCO17.mirror)])

    class Conservative(KnownJoints):
        window_length = 27

        def __call__(self, window):
            oldest = window.xy[-window.have]
            return joints if np.array_equal(oldest, seen.xy) else joints[list(H36M17.mirror)]

    answers = {i: replace(wrong if i < 3 else seen, index=i, t_capture_ns=frame_at(i).t_capture_ns) for i in range(6)}
    estimate = estimator(answers, Conservative(joints), intrinsics=CAMERA)
    published = joints[:, [0, 2, 1]] * (1, 1, -1)
    for i in range(6):
        xyz = estimate(frame_at(i)).pose.xyz
        assert np.allclose(xyz, published if i >= 3 else published[list(H36M17.mirror)], atol=1e-6)


def test_a_joint_is_as_sure_as_what_shows_it():
    shown = keypoints(0)
    shown.score[COCO17.index("left_hip")] = 0.2
    pose = estimator({0: shown})(frame_at(0)).pose
    assert pose.score[H36M17.index("pelvis")] == pytest.approx(0.2)
    assert pose.score[H36M17.index("left_hip")] == pytest.approx(0.2)
    assert pose.score[H36M17.index("right_hip")] == 1
    assert pose.score[H36M17.index("neck")] == 1


def test_the_smoother_is_used_and_forgets_with_the_window():
    answers = {i: keypoints(i * 5, person=i // 5) for i in range(10)}
    plain, smooth = estimator(answers), estimator(answers, smooth=OneEuro(0.1, 0.0))
    ours = [(plain(frame_at(i)).pose.xyz, smooth(frame_at(i)).pose.xyz) for i in range(10)]
    assert np.allclose(*ours[0])
    assert not np.allclose(*ours[1])
    assert np.allclose(*ours[5])  # another person


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("joint", [0, 11, 16])
def test_numbers_that_are_not_finite_do_not_pass(value, joint):
    answers = {i: keypoints(i) for i in range(6)}
    for i in (2, 4):
        answers[i].xy[joint] = value
        answers[i].score[joint] = value
    estimate = estimator(answers, smooth=OneEuro())
    for i in range(6):
        pose = estimate(frame_at(i)).pose
        assert np.isfinite(pose.xyz).all()
        assert np.isfinite(pose.score).all()
        assert pose.root_m is None or np.isfinite(pose.root_m).all()
