"""What every detector promises, and the table that opens them."""

import logging
import subprocess
import sys
from contextlib import ExitStack

import numpy as np
import pytest
from support.demo_clip import demo_frames, frame_of
from support.estimators import Scripted
from support.keypoint_files import walker, write_videopose3d_set
from support.mediapipe_warnings import IGNORED
from support.poses import ROOT
from support.rcnn_networks import detectron2_or_skip, random_state, save_pth
from support.rtmpose_networks import save_dot_finder

from realtime import detectors
from realtime.detectors import DETECTORS, choose_detector, installed, open_detector
from realtime.errors import DetectorError, UsageError
from realtime.estimation.build import detector_and_source
from realtime.settings import Settings
from realtime.skeleton import BLAZEPOSE33, COCO17
from realtime.tracking.tracker import open_tracker

pytestmark = IGNORED

SKELETONS = {
    "blazepose": BLAZEPOSE33,
    "keypoint_rcnn": COCO17,
    "rtmpose": COCO17,
    "mediapipe": BLAZEPOSE33,
    "replay": COCO17,
}


def options_of(name, folder):
    """What it takes to open each detector in a test."""
    if name == "blazepose":
        return {}
    if name == "mediapipe":
        pytest.importorskip("mediapipe", reason="MediaPipe is not installed here")
        return {}
    if name == "rtmpose":
        pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        return {"path": save_dot_finder(folder / "n.onnx", threshold=-3)}
    if name == "keypoint_rcnn":
        detectron2_or_skip()
        return {"weights": save_pth(folder / "r50.pth", random_state(50)), "min_size_px": 128, "proposals": 50}
    write_videopose3d_set(folder / "set.npz", {"a.mp4": walker(5)}, size_wh=(854, 480))
    return {"path": folder / "set.npz"}


@pytest.fixture(scope="module", params=DETECTORS)
def detector(request, tmp_path_factory):
    detect = open_detector(request.param, "cpu", **options_of(request.param, tmp_path_factory.mktemp(request.param)))
    yield detect
    detect.close()


def test_a_table_row_for_every_promise():
    assert set(SKELETONS) == set(DETECTORS)


def test_it_says_who_it_is(detector):
    assert detector.skeleton is SKELETONS[detector.name]


def test_people_carry_what_the_contract_says(detector):
    found = [(frame, person) for frame in demo_frames(5) for person in detector(frame)]
    assert found
    assert detector.many_people or all(len(detector(frame)) <= 1 for frame in demo_frames(5))
    for frame, person in found:
        pose = person.keypoints
        joints = len(detector.skeleton)
        assert pose.skeleton is detector.skeleton
        assert (pose.xy.shape, pose.xy.dtype) == ((joints, 2), np.float32)
        assert (pose.score.shape, pose.score.dtype) == ((joints,), np.float32)
        assert pose.size_wh == frame.size_wh
        assert (pose.index, pose.t_capture_ns, pose.t_unix_ns) == (frame.index, frame.t_capture_ns, frame.t_unix_ns)
        assert np.isfinite(pose.xy).all()
        assert ((pose.score >= 0) & (pose.score <= 1)).all()
        assert (pose.bridged, pose.person) == (False, 0)
        assert np.shape(person.box_px) == (4,)
        assert (person.box_px[2:] > person.box_px[:2]).all()
        assert 0 <= person.score <= 1
        if pose.world_m is not None:
            assert pose.world_m.shape == (joints, 3)
            assert np.isfinite(pose.world_m).all()


def test_the_frame_is_not_altered(detector):
    frame = demo_frames(1)[0]
    before = frame.image.copy()
    detector(frame)
    np.testing.assert_array_equal(frame.image, before)


@pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)])
def test_grey_and_alpha_are_read(detector, channels):
    detector(frame_of(np.zeros((480, 854, *channels), np.uint8)))


def test_a_picture_that_does_not_lie_in_one_piece_is_read(detector):
    wide = np.zeros((480, 2 * 854, 3), np.uint8)
    detector(frame_of(wide[:, ::2]))
    detector(frame_of(np.broadcast_to(np.uint8(9), (480, 854, 3))))


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 854, 3), np.uint8),
        np.zeros((480, 0, 3), np.uint8),
        np.zeros((480, 854, 2), np.uint8),
        np.zeros((480, 854, 3), np.float32),
        np.zeros((480, 854, 3), np.uint16),
    ],
    ids=lambda image: f"{image.shape} {image.dtype}",
)
def test_what_is_no_picture_is_refused_in_one_line(detector, image):
    with pytest.raises(DetectorError, match="an image must be") as fault:
        detector(frame_of(image))
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("name", DETECTORS)
def test_closing_twice(name, tmp_path):
    detect = open_detector(name, "cpu", **options_of(name, tmp_path))
    detect.close()
    detect.close()


def test_who_is_followed_is_said_to_have_no_effect_where_one_is_seen(tmp_path, caplog):
    caplog.set_level("INFO")
    write_videopose3d_set(tmp_path / "set.npz", {"a.mp4": walker(5)})

    def open_both(person):
        open_tracker(Scripted({}), person)  # it finds several people
        with ExitStack() as held:
            detector_and_source(Settings(source=str(tmp_path / "set.npz"), person=person), held)
        one = Scripted({})
        one.many_people = False
        open_tracker(one, person)

    open_both("largest")
    assert [record.getMessage() for record in caplog.records] == ["set.npz has no frame rate: assuming 30 fps (--fps)"]
    caplog.clear()
    open_both("centre")
    said = [text for text in map(logging.LogRecord.getMessage, caplog.records) if "frame rate" not in text]
    assert [text.partition(",")[0] for text in said] == ["--person centre: no effect"] * 2
    assert "set.npz contains one person only" in said[0]
    assert "scripted detects one person only" in said[1]


def test_unknown_names():
    with pytest.raises(UsageError, match="auto, blazepose, keypoint_rcnn, rtmpose, mediapipe, replay"):
        open_detector("openpose")


def test_auto_without_a_gpu_is_blazepose():
    assert choose_detector("cpu") == "blazepose"
    detector = open_detector("auto", "cpu")
    assert detector.name == "blazepose"
    detector.close()


@pytest.mark.parametrize(
    ("libraries", "expected"),
    [
        ({"blazepose", "mediapipe", "rtmpose", "keypoint_rcnn"}, "blazepose"),
        ({"blazepose"}, "blazepose"),
        ({"mediapipe", "rtmpose"}, "mediapipe"),  # Intel Macs have no LiteRT
        ({"rtmpose"}, "blazepose"),  # it then tells how to install it
        (set(), "blazepose"),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else value,
)
def test_auto_by_what_is_installed(monkeypatch, libraries, expected):
    monkeypatch.setattr(detectors, "installed", libraries.__contains__)
    assert choose_detector("cpu") == expected


def test_auto_wants_both_detectron2_and_cuda():
    import torch

    both = installed("keypoint_rcnn") and torch.cuda.is_available()
    assert choose_detector() == ("keypoint_rcnn" if both else "blazepose")


def test_the_table_loads_nothing_heavy():
    heavy = {"torch", "cv2", "ai_edge_litert", "onnxruntime", "mediapipe", "matplotlib", "detectron2"}
    code = "import sys, realtime.detectors as d; [d.installed(name) for name in d.DETECTORS]\n"
    code += f"print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
