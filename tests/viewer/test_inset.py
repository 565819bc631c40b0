import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from support.example_estimates import status_message
from support.previews import BLUE, RED, halves, jpeg_of, preview_message
from support.viewer_scenes import Picture, count, standing, where

from realtime.pose import STALE_CAMERA
from realtime.skeleton import BLAZEPOSE33, COCO17, HALPE26, SKELETONS
from realtime.viewer.blit import Blitter
from realtime.viewer.inset.camera_view import CameraFeed, CameraView
from realtime.viewer.inset.inset import HEIGHT, WIDTH, Inset
from realtime.viewer.live_view import GONE_S, STALE_S
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View

DARK = THEMES["dark"]
RED_HEX, BLUE_HEX = "#dc1e1e", "#1e1edc"


def camera_view(size_wh=(320, 240), joints=(), skeleton=COCO17, score=1.0):
    """The joints are placed by name, in 0..1 over the picture; all others have no score."""
    xy, scores = np.zeros((len(skeleton), 2)), np.zeros(len(skeleton))
    for joint, place in dict(joints).items():
        xy[skeleton.index(joint)], scores[skeleton.index(joint)] = place, score
    return CameraView(halves(*size_wh), xy, scores, skeleton)


class WithInset(Picture):
    """The scene of the viewer with the inset."""

    def __init__(self, *, plain=False, **options):
        super().__init__(plain=plain, **options)
        self.inset = Inset(self.screen.figure, self.scene.theme)
        words, *moving = self.scene.layers
        if plain:
            for artist in self.inset.artists:
                artist.set_animated(False)
        else:
            self.blitter = Blitter(self.screen.canvas, words, self.inset.artists, *moving)

    def of(self, view, camera=None, *, dim=False):
        self.inset.show(camera, dim=dim)
        return super().of(view)


def edges(image, colour):
    rows, columns = where(image, colour)
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("camera_wh", "screen_wh"),
    [
        ((320, 240), (400, 400)),
        ((320, 180), (1000, 300)),
        ((180, 320), (400, 400)),
        ((180, 320), (300, 600)),
        ((320, 1), (400, 400)),
    ],
)
def test_the_picture_is_upright_in_the_corner_with_its_aspect(camera_wh, screen_wh, theme):
    image = WithInset(theme=theme, size_wh=screen_wh).of(View(), camera_view(camera_wh))
    if camera_wh[1] == 1:
        return  # a line: nothing to see, nothing to raise
    top, bottom, left, middle = edges(image, RED_HEX)
    _, _, start, right = edges(image, BLUE_HEX)
    width, height = right - left, bottom - top
    assert abs(start - middle) <= 2
    assert width / height == pytest.approx(camera_wh[0] / camera_wh[1], rel=0.06)
    assert width <= WIDTH * screen_wh[0]
    assert height <= HEIGHT * screen_wh[1]
    assert max(width / screen_wh[0] / WIDTH, height / screen_wh[1] / HEIGHT) > 0.9
    assert screen_wh[0] - right < 0.05 * screen_wh[0]
    assert top < 0.08 * screen_wh[1]


def test_up_is_up():
    picture = np.ascontiguousarray(halves(240, 320).swapaxes(0, 1))  # red above, blue below
    image = WithInset(size_wh=(400, 400)).of(View(), CameraView(picture, np.empty((0, 2)), np.empty(0), None))
    assert where(image, RED_HEX)[0].max() < where(image, BLUE_HEX)[0].min()


@pytest.mark.parametrize("skeleton", [COCO17, BLAZEPOSE33, HALPE26], ids=lambda skeleton: skeleton.name)
def test_limbs_are_drawn_on_the_picture_in_the_colours_of_their_sides(skeleton):
    joints = {"left_hip": (0.75, 0.2), "left_knee": (0.75, 0.8), "right_hip": (0.25, 0.2), "right_knee": (0.25, 0.8)}
    image = WithInset(size_wh=(800, 800)).of(View(), camera_view((320, 320), joints, skeleton))
    left, right = ([*(place.mean() for place in where(image[:300], colour))] for colour in (DARK.left, DARK.right))
    around = image[60:200, 544:664, :3]  # the right leg on the red half
    assert ((around[..., 0] < 150) & (around[..., 2] < 60)).sum() > 50  # a dark rim
    box = 800 - round(0.02 * 800) - 240, round(0.02 * 800)
    assert left == pytest.approx([box[1] + 120, box[0] + 180], abs=4)
    assert right == pytest.approx([box[1] + 120, box[0] + 60], abs=4)


def test_what_is_uncertain_is_fainter_and_what_is_not_seen_is_left_out():
    joints = {"left_hip": (0.5, 0.2), "left_knee": (0.5, 0.8)}
    picture = WithInset(size_wh=(800, 800))
    counts = [count(picture.of(View(), camera_view(joints=joints, score=score)), DARK.left) for score in (1, 0.4, 0)]
    assert counts[0] > 100 > counts[1] >= counts[2]
    empty = picture.of(View(), camera_view())
    np.testing.assert_array_equal(picture.of(View(), camera_view(joints=joints, score=0.01)), empty)


def test_nothing_is_drawn_outside_of_the_picture():
    joints = {"left_hip": (-0.9, 0.5), "left_knee": (1.9, 1.4), "left_ankle": (0.5, -0.9)}
    picture = WithInset(size_wh=(400, 400))
    plain, lines = picture.of(View(), camera_view()), picture.of(View(), camera_view(joints=joints))
    rows, columns = np.nonzero((plain != lines).any(-1))
    assert len(rows) > 20
    assert columns.min() >= 400 - 8 - 120 - 1
    assert rows.max() <= 8 + 90 + 1


def test_a_blitted_inset_equals_a_full_redraw_and_leaves_no_trace():
    blitted, redrawn = (WithInset(size_wh=(400, 400), plain=plain) for plain in (False, True))
    body = View(standing() + (0, 0, 0.93), details="30 fps")
    empty = blitted.of(body)
    joints = {"left_hip": (0.75, 0.2), "left_knee": (0.75, 0.8)}
    cameras = [camera_view((320, 240)), None, camera_view((180, 320), joints), camera_view((320, 240), joints)]
    for camera, dim in itertools.product(cameras, (False, True)):
        np.testing.assert_array_equal(blitted.of(body, camera, dim=dim), redrawn.of(body, camera, dim=dim))
    np.testing.assert_array_equal(blitted.of(body), empty)
    assert blitted.blitter.backgrounds_taken == 1


def test_the_same_picture_is_drawn_once():
    picture, camera = WithInset(), camera_view()
    picture.of(View(), camera)
    picture.inset.show(camera)
    assert not picture.blitter.update()


def test_an_old_picture_is_grey():
    image = WithInset(size_wh=(400, 400)).of(View(), camera_view(), dim=True)
    assert count(image, RED_HEX) == count(image, BLUE_HEX) == 0
    inside = image[20:80, 290:380, :3].astype(int)
    assert np.ptp(inside, axis=-1).max() < 12


def test_it_follows_another_size_and_theme():
    picture, camera = WithInset(size_wh=(400, 400)), camera_view()
    picture.of(View(), camera)
    picture.screen.figure.set_size_inches(3, 3)
    picture.screen.canvas.draw()
    image = picture.of(View(), camera)
    assert edges(image, BLUE_HEX)[3] > 285


class Subscriber(SimpleNamespace):
    """What a CameraFeed uses of a PoseSubscriber."""

    def __init__(self):
        super().__init__(preview=None, status=None, silent_s=0.0, asked=[])

    def ask_for_previews(self, wanted):
        self.asked.append(wanted)
        self.preview = None


def test_a_picture_is_shown_then_old_then_gone():
    subscriber = Subscriber()
    feed = CameraFeed(subscriber)
    assert feed.view(0.0) is None
    assert feed.note
    assert feed.is_awaited(0.0)
    subscriber.preview = preview_message()
    view = feed.view(1.0)
    assert view.picture.shape == (48, 64, 3)
    assert not feed.is_dim
    assert feed.note == ""
    assert feed.view(1.0 + STALE_S / 2) is view
    assert feed.view(1.1 + STALE_S) is view
    assert feed.is_dim
    assert feed.view(1.1 + GONE_S) is None
    subscriber.preview = preview_message()
    assert feed.view(20.0) is not None
    assert not feed.is_dim


def test_the_last_picture_of_a_lost_camera_stays_while_the_publisher_says_so():
    subscriber = Subscriber()
    feed = CameraFeed(subscriber)
    subscriber.preview = preview_message()
    view = feed.view(0.0)
    subscriber.status = status_message(reason=STALE_CAMERA)
    assert feed.view(100.0) is view
    assert feed.is_dim
    subscriber.silent_s = GONE_S + 1
    assert feed.view(101.0) is None


def test_hidden_it_asks_for_no_pictures():
    subscriber = Subscriber()
    feed = CameraFeed(subscriber)
    subscriber.preview = preview_message()
    assert feed.view(0.0) is not None
    feed.toggle()
    assert feed.view(0.1) is None
    assert feed.note == ""
    assert not feed.is_awaited(0.1)
    feed.toggle()
    subscriber.preview = preview_message()
    assert feed.view(0.2) is not None
    assert subscriber.asked == [False, True]
    hidden = Subscriber()
    CameraFeed(hidden, shown=False)
    assert hidden.asked == [False]


def test_keypoints_come_in_shares_of_the_picture():
    subscriber, skeleton = Subscriber(), COCO17
    xy = np.tile(np.array([[16.0, 36.0]], np.float32), (17, 1))
    xy[3] = 1e9, 0
    scores = np.linspace(-3, 5, 17).astype(np.float32)
    subscriber.preview = preview_message(keypoints_px=xy, keypoints_score=scores, keypoints_skeleton=skeleton.name)
    view = CameraFeed(subscriber).view(0.0)
    np.testing.assert_allclose(view.xy[0], [0.25, 0.75])
    assert view.skeleton is skeleton
    # A point far outside is not drawn.
    np.testing.assert_allclose(view.score, np.where(np.arange(17) == 3, 0, scores.clip(0, 1)))
    WithInset().of(View(), view)


@pytest.mark.parametrize("name", ["unknown", "", "blazepose-33"])
def test_a_skeleton_that_does_not_fit_leaves_the_picture(name):
    subscriber = Subscriber()
    subscriber.preview = preview_message(keypoints_skeleton=name)
    view = CameraFeed(subscriber).view(0.0)
    assert view.skeleton is None
    assert view.picture.shape == (48, 64, 3)
    WithInset().of(View(), view)


def test_a_damaged_picture_is_none():
    subscriber = Subscriber()
    subscriber.preview = preview_message(jpeg=jpeg_of(halves(64, 48))[:-20])
    assert CameraFeed(subscriber).view(0.0) is None


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda skeleton: skeleton.name)
def test_every_skeleton_can_be_drawn(skeleton, rng):
    view = CameraView(halves(64, 48), rng.random((len(skeleton), 2)), np.ones(len(skeleton)), skeleton)
    WithInset().of(View(), view)
    assert RED != BLUE
