import contextlib
import time
from dataclasses import replace

import numpy as np
import pytest
import zmq
from support.example_estimates import estimate, status_message
from support.previews import halves

from realtime.errors import MissingLibrary
from realtime.pose import NO_PERSON, Frame
from realtime.skeleton import BLAZEPOSE33, H36M17
from realtime.wire import preview_pictures
from realtime.wire.preview import decode_preview, is_preview
from realtime.wire.preview_pictures import INTERVAL_S, SIDE_PX, PreviewPictures
from realtime.wire.publisher import Publisher
from realtime.wire.subscriber import PoseSubscriber

DEADLINE_S = 20.0


def seen(index, reason="ok", **changes):
    """An estimate with its frame: red on the left, blue on the right, 640x480."""
    one = estimate(index, reason)
    bgr = np.ascontiguousarray(halves(640, 480)[..., ::-1])
    return replace(one, frame=Frame(bgr, index, one.pose.t_capture_ns, one.pose.t_unix_ns), **changes)


class Counted(PreviewPictures):
    """Counts the pictures that it was asked for."""

    asked = 0

    def __call__(self, image):
        self.asked += 1
        return super().__call__(image)


@contextlib.contextmanager
def publishing(pictures=None):
    publisher = Publisher("tcp://127.0.0.1:*", source="demo", skeleton=H36M17, model="m", pictures=pictures)
    with contextlib.closing(publisher):
        yield publisher


def publish_until(publisher, condition, **options):
    end_s = time.monotonic() + DEADLINE_S
    while not (answer := condition()):
        assert time.monotonic() < end_s, "the condition never came"
        publisher(seen(publisher.seq, **options))
        time.sleep(0.005)
    return answer


@pytest.mark.parametrize(
    ("size_wh", "small_wh"),
    [
        ((640, 480), (320, 240)),
        ((480, 854), (180, 320)),
        ((500, 400), (320, 256)),
        ((1920, 1080), (320, 180)),
        ((64, 48), (64, 48)),
        ((4000, 2), (320, 1)),
    ],
)
def test_frames_of_any_size_become_small_pictures(size_wh, small_wh):
    frame = replace(seen(0).frame, image=halves(*size_wh)[..., ::-1])
    jpeg = PreviewPictures()(frame.image)
    with publishing() as publisher:
        message = preview_pictures.preview_of(frame, seen(0), publisher._pose_message(seen(0)), jpeg)
    picture = message.picture()
    assert message.image_wh == size_wh
    assert picture.shape == (small_wh[1], small_wh[0], 3)
    assert np.abs(picture[:, : small_wh[0] // 4].mean((0, 1)) - [220, 30, 30]).max() < 8
    assert np.abs(picture[:, -small_wh[0] // 4 :].mean((0, 1)) - [30, 30, 220]).max() < 8


def test_a_black_frame_that_takes_no_memory_has_a_picture():
    blank = np.broadcast_to(np.uint8(0), (480, 640, 3))  # as keypoint files have
    assert PreviewPictures()(blank)


def test_without_opencv_there_are_no_pictures_and_the_poses_go_on(monkeypatch, caplog):
    def missing(why):
        raise MissingLibrary(f"{why} needs cv2")

    monkeypatch.setattr(preview_pictures.optional, "opencv", missing)
    pictures = PreviewPictures()
    assert [pictures(halves(8, 8)) for _ in range(3)] == [None] * 3
    assert len(caplog.records) == 1


def test_noise_fits_too(rng):
    assert len(PreviewPictures()(rng.integers(0, 256, (320, 320, 3), np.uint8))) < 90_000


@pytest.mark.parametrize("fps", [5, 14, 30, 60, 120, 1000])
def test_pictures_are_made_at_most_fifteen_times_a_second(monkeypatch, fps):
    now_s = [100.0]
    monkeypatch.setattr(preview_pictures.time, "monotonic", lambda: now_s[0])
    pictures = PreviewPictures()
    made = []
    for _ in range(20 * fps):
        made.append(pictures(halves(8, 8)) is not None)
        now_s[0] += 1 / fps
    assert min(fps, 14) * 20 - 1 <= sum(made) <= 20 / INTERVAL_S + 2
    assert SIDE_PX == 320


def test_the_picture_comes_with_what_was_found_in_it():
    with publishing(PreviewPictures()) as publisher, PoseSubscriber(publisher.address, preview=True) as poses:
        pose = publish_until(publisher, lambda: (p := poses.poll(0.005)) and poses.preview and p)
        preview = poses.preview
        assert (preview.session, preview.source) == (publisher.session, "demo")
        assert (preview.image_wh, preview.keypoints_skeleton) == ((640, 480), BLAZEPOSE33.name)
        assert (preview.person, preview.valid, preview.reason) == (0, True, "ok")
        assert preview.frame <= pose.frame
        np.testing.assert_allclose(preview.keypoints_px, np.full((33, 2), 100.25))
        np.testing.assert_allclose(preview.keypoints_score, np.full(33, 0.5))
        assert np.abs(preview.picture()[:, :100].mean((0, 1)) - [220, 30, 30]).max() < 8
        assert poses.malformed == 0


def test_nobody_is_shown_too():
    with publishing(PreviewPictures()) as publisher, PoseSubscriber(publisher.address, preview=True) as poses:
        publish_until(publisher, lambda: poses.poll(0.005) and poses.preview, reason=NO_PERSON)
        assert (poses.preview.reason, poses.preview.person) == (NO_PERSON, None)
        assert len(poses.preview.keypoints_px) == len(poses.preview.keypoints_score) == 0
        assert poses.preview.picture().shape == (240, 320, 3)


def test_keypoints_that_are_not_finite_leave_the_picture():
    with publishing(PreviewPictures()) as publisher, PoseSubscriber(publisher.address, preview=True) as poses:
        bad = replace(estimate().keypoints, xy=np.full((33, 2), np.nan, np.float32))
        publish_until(publisher, lambda: poses.poll(0.005) and poses.preview, keypoints=bad)
        assert len(poses.preview.keypoints_px) == 0


def test_no_picture_is_made_for_those_who_do_not_ask():
    """A subscription to everything does not ask for pictures, so that no robot gets them by accident."""
    pictures = Counted()
    with (
        publishing(pictures) as publisher,
        PoseSubscriber(publisher.address) as robot,
        zmq.Context.instance().socket(zmq.SUB) as everything,
    ):
        everything.subscribe(b"")
        everything.connect(publisher.address)
        publish_until(publisher, lambda: publisher.subscribers == 2)
        publish_until(publisher, lambda: robot.poll(0.005))
        assert publisher.previews == pictures.asked == 0
        with PoseSubscriber(publisher.address, preview=True) as viewer:
            publish_until(publisher, lambda: viewer.poll(0.005) and viewer.preview)
            assert pictures.asked > 0
            viewer.ask_for_previews(False)
            assert viewer.preview is None
            publish_until(publisher, lambda: publisher.previews == 0)
            asked = pictures.asked
            publish_until(publisher, lambda: viewer.poll(0.005))
            assert pictures.asked == asked
            viewer.ask_for_previews(True)
            publish_until(publisher, lambda: viewer.poll(0.005) and viewer.preview)
        assert robot.preview is None
        assert robot.malformed == 0
        frames = []
        while everything.poll(50):
            frames.append(everything.recv())
        assert frames
        assert not any(map(is_preview, frames))


def test_a_publisher_without_pictures_sends_none_to_whoever_asks():
    with publishing() as publisher, zmq.Context.instance().socket(zmq.SUB) as viewer:
        viewer.subscribe(b"preview ")
        viewer.connect(publisher.address)
        publish_until(publisher, lambda: publisher.previews == 1)
        for _ in range(30):
            publisher(seen(publisher.seq))
        publisher.report(status_message())
        assert not viewer.poll(100)


def test_any_language_reads_it_by_one_subscription():
    with publishing(PreviewPictures()) as publisher, zmq.Context.instance().socket(zmq.SUB) as viewer:
        viewer.subscribe(b"preview ")
        viewer.connect(publisher.address)
        publish_until(publisher, lambda: viewer.poll(0))
        assert decode_preview(viewer.recv()).picture().shape == (240, 320, 3)


def test_a_new_session_has_no_picture_of_the_one_before():
    with publishing(PreviewPictures()) as first, PoseSubscriber(first.address, preview=True) as poses:
        publish_until(first, lambda: poses.poll(0.005) and poses.preview)
        first.close()
        second = Publisher(first.address, source="b", skeleton=H36M17, model="m")
        with contextlib.closing(second):
            publish_until(second, lambda: poses.poll(0.005) and poses.session == second.session)
            assert poses.preview is None
