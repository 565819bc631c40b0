"""Keypoints of a picture and of its mirror image, averaged."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import pytest
from support.demo_clip import demo_frames, demo_truth
from support.keypoint_files import keypoint_file
from support.poses import frame_at

from realtime.detectors.mirror_average import MirrorAverage
from realtime.detectors.replay import Replay
from realtime.estimation.build import detector_and_source
from realtime.pose import DetectedPerson, Pose2D
from realtime.settings import settings_from
from realtime.skeleton import COCO17
from realtime.stages import Detector, LooksAround

WIDTH, HEIGHT = 64, 48
MIRROR = list(COCO17.mirror)


def person(frame, xy, *, score=0.9, world=None):
    xy = np.float32(xy)
    box = np.concatenate([np.nanmin(xy, 0), np.nanmax(xy, 0)])
    return DetectedPerson(Pose2D.seen_in(frame, COCO17, xy, np.full(17, np.float32(score)), world), box, score)


def reflected(xy):
    """As the same body is found in the mirror image: left is right there."""
    return np.stack([WIDTH - xy[MIRROR, 0], xy[MIRROR, 1]], 1)


class Fixed(Detector):
    """Finds what it is told to, whatever it sees; keeps the pictures."""

    name, skeleton = "fixed", COCO17

    def __init__(self, *bodies, many_people=False, **about):
        self.bodies, self.many_people, self.about = bodies, many_people, about
        self.seen, self.closed = [], False

    def __call__(self, frame):
        self.seen.append(frame)
        return [person(frame, xy, **self.about) for xy in self.bodies]

    def close(self):
        self.closed = True


@pytest.fixture
def body(rng):
    return rng.uniform((10, 5), (30, 40), (17, 2))


@pytest.fixture
def frame(rng):
    return frame_at(4, image=rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8))


def test_an_error_that_follows_the_picture_cancels_out(body, frame):
    """Both find everybody 1.5 px too far to the right of what they see."""
    off = np.array([1.5, 0.0])
    one, other = Fixed(body + off, score=0.9), Fixed(reflected(body) + off, score=0.5)
    (found,) = MirrorAverage(one, other)(frame)
    assert np.allclose(found.keypoints.xy, body, atol=1e-4)
    assert np.allclose(found.keypoints.score, 0.7)
    assert found.score == pytest.approx(0.7)
    assert np.allclose(found.box_px, [*body.min(0), *body.max(0)], atol=1e-4)
    assert (found.keypoints.index, found.keypoints.size_wh) == (4, (WIDTH, HEIGHT))
    assert np.array_equal(one.seen[0].image, frame.image)
    assert np.array_equal(other.seen[0].image, frame.image[:, ::-1])
    assert other.seen[0].t_capture_ns == frame.t_capture_ns


def test_the_detectors_own_3d_is_averaged_with_sides_and_right_and_left_exchanged(body, frame, rng):
    world = rng.normal(size=(17, 3)).astype(np.float32)
    other = (world * [-1, 1, 1])[MIRROR].astype(np.float32)
    (found,) = MirrorAverage(Fixed(body, world=world), Fixed(reflected(body), world=other))(frame)
    assert np.allclose(found.keypoints.world_m, world, atol=1e-5)


def test_a_joint_that_one_misses_is_the_others(body, frame):
    without = body.copy()
    without[9] = np.nan
    (found,) = MirrorAverage(Fixed(without), Fixed(reflected(body)))(frame)
    assert np.allclose(found.keypoints.xy, body, atol=1e-4)


def test_who_is_found_in_one_of_both_is_taken_from_it(body, frame):
    assert MirrorAverage(Fixed(), Fixed())(frame) == []
    for one, other in ((Fixed(body), Fixed()), (Fixed(), Fixed(reflected(body)))):
        (found,) = MirrorAverage(one, other)(frame)
        assert np.allclose(found.keypoints.xy, body, atol=1e-4)


def test_of_two_people_the_one_in_the_picture_counts_unless_several_are_wanted(body, frame):
    elsewhere = body + [30, 0]
    (found,) = MirrorAverage(Fixed(body), Fixed(reflected(elsewhere)))(frame)
    assert np.allclose(found.keypoints.xy, body, atol=1e-4)
    both = MirrorAverage(
        Fixed(body, elsewhere, many_people=True), Fixed(reflected(elsewhere) + [2, 0], many_people=True)
    )
    first, second = both(frame)
    assert both.many_people
    assert np.allclose(first.keypoints.xy, body, atol=1e-4)
    assert np.allclose(second.keypoints.xy, elsewhere - [1, 0], atol=1e-4)


def test_both_are_closed(body):
    one, other = Fixed(body), Fixed(body)
    MirrorAverage(one, other).close()
    assert one.closed
    assert other.closed


def test_it_can_be_asked_about_others_where_the_detector_can(body, frame):
    class Looking(Fixed):
        def look_around(self, frame):
            return len(frame.image)

    assert not isinstance(MirrorAverage(Fixed(body), Fixed(body)), LooksAround)
    looking = MirrorAverage(Looking(body), Looking(body))
    assert isinstance(looking, LooksAround)
    assert looking.look_around(frame) == HEIGHT


def test_blazepose_follows_the_person_in_both_pictures():
    """Against the truth, in which no side is exchanged: of joints whose sides were, the mean lies in the middle."""
    truth, height_px = demo_truth()
    with ExitStack() as cleanup:
        average, _ = detector_and_source(settings_from(source="demo", mirror_average=True), cleanup)
        assert isinstance(average, MirrorAverage)
        for index, frame in enumerate(demo_frames(5)):
            (found,) = average(frame)
            skeleton = found.keypoints.skeleton
            for joint in ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_ankle", "right_ankle"):
                apart = np.linalg.norm(found.keypoints.xy[skeleton.index(joint)] - truth[joint][index])
                assert apart < 0.06 * height_px[index], joint


def test_keypoints_that_are_found_already_need_none_and_that_is_said(tmp_path, caplog):
    caplog.set_level("INFO")
    settings = settings_from(source=keypoint_file(tmp_path / "walk.npz"), mirror_average=True)
    with ExitStack() as cleanup:
        detector, _ = detector_and_source(settings, cleanup)
        assert isinstance(detector, Replay)
    assert "--mirror-average: no effect" in caplog.text
