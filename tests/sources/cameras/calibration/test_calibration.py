"""The camera that is found against the one that made the views."""

from __future__ import annotations

from contextlib import closing

import cv2
import numpy as np
import pytest
from support.board_views import BOARD, POSES, WEBCAM, KnownCamera, corners, picture, pose

from realtime.errors import CalibrationError
from realtime.pose import Frame
from realtime.runtime.stop import Stop
from realtime.sources import Request, open_source
from realtime.sources.cameras.calibration.board import Board
from realtime.sources.cameras.calibration.collect import collect_views, status
from realtime.sources.cameras.calibration.coverage_picture import coverage_png
from realtime.sources.cameras.calibration.finding import BoardFinder, View
from realtime.sources.cameras.calibration.solve import calibrate
from realtime.sources.cameras.calibration.views import (
    ALIKE,
    BLURRED,
    FEWEST_VIEWS,
    MOVING,
    TAKEN,
    ViewSelection,
    missing,
)
from realtime.stages import EndOfSource

WIDE = KnownCamera((1280, 720), 700.0, (655.0, 349.0), (-0.3, 0.11, -0.0006, 0.0009, -0.01))
COLUMNS, ROWS = BOARD


def view(board_pose, camera=KnownCamera(), noise_px=0.05, t_s=0.0, edge_px=2.0, seed=0):  # noqa: B008 - it is frozen
    """A view whose corners are known, and found with this standard deviation."""
    found = corners(camera, board_pose) + np.random.default_rng(seed).normal(0, noise_px, (COLUMNS * ROWS, 2))
    return View(found.reshape(ROWS, COLUMNS, 2).astype(np.float32), edge_px, camera.size_wh, t_s)


def views(poses=POSES, camera=KnownCamera(), **options):  # noqa: B008
    return [view(board_pose, camera, seed=number, **options) for number, board_pose in enumerate(poses)]


def frame(image, index=0):
    return Frame(image, index, index * 40_000_000, 0)


@pytest.mark.parametrize("camera", [KnownCamera(), WEBCAM, WIDE, KnownCamera((480, 640), 600.0, (233.0, 330.0))])
def test_the_camera_that_made_the_views_is_found(camera):
    wide = np.array([camera.size_wh[0] / 640 * 560 / camera.focal_px, 1, 1])  # the board goes further to the sides
    poses = [(rotation, translation * wide) for rotation, translation in POSES]
    found = calibrate(views(poses, camera), Board())
    focal = np.array(found.camera.focal_xy_px)
    assert np.allclose(focal, camera.focal_px, rtol=0.003)
    assert np.allclose(focal, camera.focal_px, atol=5 * max(found.focal_std_px))  # which is said honestly
    # Ours and OpenCV's pixels differ by half of one.
    assert np.allclose(found.camera.centre_px, np.array(camera.centre_px) + 0.5, atol=2)
    assert 0.03 < found.rms_px < 0.09  # 0.05 in each direction, and a bit less where it was fitted
    assert found.removed == 0
    # What counts is where pixels look, also in the corners.
    width, height = camera.size_wh
    pixels = np.array([(x, y) for x in np.linspace(0.5, width - 0.5, 9) for y in np.linspace(0.5, height - 0.5, 9)])
    rays = np.column_stack([found.camera.rays(pixels, camera.size_wh), np.ones(len(pixels))])
    lens = camera.matrix, np.array(camera.distortion)
    again = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), *lens)[0][:, 0] + 0.5
    assert np.abs(again - pixels).max() < 4


def test_the_square_changes_nothing_but_the_distance():
    found = [calibrate(views(), Board(square_mm=mm)).camera.focal_xy_px for mm in (25.0, 40.0)]
    assert np.allclose(*found, rtol=1e-4)


def test_a_view_that_does_not_agree_is_left_out_once():
    good = views()
    bent = good[5].corners_px.copy()
    bent[:, :4] += 3
    found = calibrate([*good[:5], View(bent, 2.0, good[5].size_wh, 0.0), *good[6:]], Board())
    assert found.removed == 1
    assert len(found.views) == len(found.errors_px) == len(good) - 1
    assert np.allclose(found.camera.focal_xy_px, 560, rtol=0.003)


FLAT = [pose(x, y, 1.9) for x in (-0.7, -0.3, 0.1, 0.6) for y in (-0.5, 0, 0.5)]
MIDDLE = [
    pose(x, 0, 2.4, turn_deg=turn, nod_deg=nod) for x in (-0.1, 0.1) for turn in (-30, 0, 30) for nod in (-30, 0, 30)
]
REFUSED = {
    "few": (lambda: views(POSES[:5]), r"only 5 different sharp views of a 9x6 board, and 8 are needed"),
    "none": (list, r"only 0 .* 9x6 counts the inner corners, 10x7 squares"),
    "no tilt": (lambda: views(FLAT), r"does not determine the focal length: tilt it"),
    "middle": (lambda: views(MIDDLE), r"only in \d\d% of the picture's width and \d\d% of its height, and 60%"),
    "bent": (lambda: views(noise_px=2.0), r"reprojection error of 2\.\d\d px is above 1\.00 px: is the 9x6 board flat"),
    "stretched": (
        lambda: [View(v.corners_px * np.float32((1, 1.12)), 2.0, (640, 538), 0.0) for v in views()],
        r"implausible camera: .* focal lengths 560 and 627 px",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_bad_set_is_refused_in_one_line(fault):
    make, message = REFUSED[fault]
    with pytest.raises(CalibrationError, match=message) as error:
        calibrate(make(), Board())
    assert "\n" not in str(error.value)


def test_an_uncertain_focal_length_is_refused():
    # Small boards far away: perspective is weak, whatever the tilt.
    poses = [
        pose(x, y, 7, turn_deg=turn, nod_deg=nod)
        for x, y in ((-3.4, -2.5), (3.4, 2.4), (0, 0))
        for turn, nod in ((50, 10), (-50, 0), (0, 50), (10, -50))
    ]
    with pytest.raises(CalibrationError, match=r"uncertain by \d\.\d% \(standard deviation\)|implausible camera"):
        calibrate(views(poses, noise_px=0.7), Board())


def test_corners_are_found_to_a_tenth_of_a_pixel():
    find = BoardFinder(Board())
    for number in (1, 6, 13):
        found = find(frame(picture(WEBCAM, POSES[number])))
        true = corners(WEBCAM, POSES[number]).reshape(ROWS, COLUMNS, 2)
        assert min(np.abs(found.corners_px - t).max() for t in (true, true[::-1, ::-1])) < 0.3
        assert 1.5 < found.edge_px < 3.5
    blurred = find(frame(cv2.blur(picture(WEBCAM, POSES[1]), (9, 1))))
    assert blurred is None or ViewSelection(still_needed=False).offer(blurred) == BLURRED


def test_another_board_is_not_taken_for_this_one():
    image = frame(picture(WEBCAM, POSES[1]))
    assert BoardFinder(Board(8, 6))(image) is None
    assert BoardFinder(Board(10, 7))(image) is None
    assert BoardFinder(Board(6, 9))(image) is not None  # the same, held upright
    assert BoardFinder(Board())(frame(np.full((480, 640, 3), 128, np.uint8))) is None


def test_still_sharp_and_new_views_are_taken():
    selection = ViewSelection()
    assert selection.offer(view(POSES[0], t_s=0.0)) == MOVING  # not known to be still
    assert selection.offer(view(POSES[0], t_s=0.04)) == TAKEN
    assert selection.offer(view(POSES[0], t_s=0.08)) == ALIKE
    assert selection.offer(view(POSES[1], t_s=0.12)) == MOVING
    assert selection.offer(view(POSES[1], t_s=0.16, edge_px=9.0)) == BLURRED
    assert selection.offer(view(POSES[1], t_s=0.20)) == TAKEN
    found_from_the_other_end = view(POSES[1], t_s=0.24)
    turned = View(found_from_the_other_end.corners_px[::-1, ::-1], 2.0, (640, 480), 0.24)
    assert selection.offer(turned) == ALIKE
    assert len(selection.taken) == 2


def test_sharp_views_of_a_moving_board_serve_where_there_are_too_few_others():
    selection = ViewSelection()
    for number, each in enumerate(views()):
        selection.offer(View(each.corners_px, 2.0, each.size_wh, number * 0.04))
    assert selection.taken == []
    assert len(selection.views()) >= FEWEST_VIEWS
    assert np.allclose(calibrate(selection.views(), Board()).camera.focal_xy_px, 560, rtol=0.005)


def test_what_is_missing_is_named():
    assert missing([])[:2] == ["tilt sideways", "tilt up and down"]
    assert len(missing([])) == 10
    assert missing(views()) == []
    left = [pose(-0.42, y, 1.7) for y in (-0.35, 0, 0.35)]
    assert missing(views(left)) == [
        *("tilt sideways", "tilt up and down", "right edge", "top right corner", "bottom right corner")
    ]


@pytest.mark.parametrize("roll_deg", [0, 90, 180, 270])
def test_the_tilt_is_seen_however_the_board_is_held(roll_deg):
    near_left = view(pose(0, 0, 2, turn_deg=30, roll_deg=roll_deg), noise_px=0)
    assert abs(near_left.keystone[0]) > 0.12
    assert abs(near_left.keystone[1]) < 0.02
    mirrored = near_left.corners_px * (-1, 1) + (640, 0)
    assert View(mirrored, 2.0, (640, 480), 0.0).keystone[0] == pytest.approx(-near_left.keystone[0], abs=1e-3)


class Pictures:
    """A source of these pictures."""

    name, live = "pictures", False

    def __init__(self, images):
        self._frames = iter([frame(image, number) for number, image in enumerate(images)])

    def read(self, timeout_s):
        try:
            return next(self._frames)
        except StopIteration:
            raise EndOfSource from None


def test_the_status_says_what_to_do():
    selection, shown = ViewSelection(still_needed=False), []
    blank = np.full((480, 640, 3), 128, np.uint8)
    collect_views(Pictures([blank, picture(WEBCAM, POSES[5])]), BoardFinder(Board()), selection, Stop(), shown.append)
    assert shown == [
        "view 0 of 20, missing: tilt sideways, tilt up and down, top edge and 7 more | no board in view",
        "view 1 of 20, missing: tilt sideways, tilt up and down, right edge and 4 more",
    ]
    selection.taken = views()
    assert status(selection, ALIKE) == "view 20 of 20 | move or tilt it"
    assert selection.is_done()


def test_a_stop_is_heeded():
    stop = Stop()
    stop.set()
    collect_views(Pictures([]), BoardFinder(Board()), ViewSelection(), stop, pytest.fail)


def test_pictures_of_two_sizes_are_refused(tmp_path):
    blank = np.full((48, 64, 3), 128, np.uint8)
    for name, image in ("wide.png", blank), ("high.png", blank.transpose(1, 0, 2)):
        cv2.imwrite(str(tmp_path / name), image)
    with (
        closing(open_source(Request(str(tmp_path)))) as source,
        pytest.raises(CalibrationError, match=f"{tmp_path.name} change their size: calibrate one size"),
    ):
        collect_views(source, BoardFinder(Board()), ViewSelection(), Stop(), lambda _: None)


def test_the_coverage_picture_is_a_png():
    data = np.frombuffer(coverage_png(calibrate(views(), Board())), np.uint8)
    height, width, _ = cv2.imdecode(data, cv2.IMREAD_COLOR).shape
    assert width > 1000
    assert height > 400
