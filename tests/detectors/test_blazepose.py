"""BlazePose on the bundled clip, against its exact truth."""

import os
import subprocess
import sys

import numpy as np
import pytest
from support.demo_clip import ASSETS, demo_frames, demo_truth, frame_of
from support.estimators import followed
from support.poses import ROOT

from realtime.detectors import open_detector
from realtime.skeleton import BLAZEPOSE33, LIMB_JOINTS

pytest.importorskip("mediapipe", reason="MediaPipe is not installed here")

COUNT = 150  # walking away and towards, and the turn between


@pytest.fixture(scope="module")
def poses():
    detector = open_detector("blazepose")
    detect = followed(detector)
    poses = [detect(frame) for frame in demo_frames(COUNT)]
    detector.close()
    return poses


def test_it_finds_the_person_in_every_frame(poses):
    assert all(poses)
    assert {pose.person for pose in poses} == {0}


def test_limb_joints_are_where_the_truth_is(poses):
    """3 % of the body's height; 1.8 % was measured over the whole clip."""
    truth, height_px = demo_truth()
    order = BLAZEPOSE33.indices(LIMB_JOINTS)
    found = np.stack([pose.xy[order] for pose in poses])
    exact = np.stack([truth[joint][:COUNT] for joint in LIMB_JOINTS], 1)
    error = np.linalg.norm(found - exact, axis=-1) / height_px[:COUNT, None]
    assert np.median(error) < 0.03
    assert np.median(error, axis=0).max() < 0.05


def test_its_own_3d_has_the_camera_axes(poses):
    """Metres from the hip centre; x right, y down, z away, each compared with the truth."""
    order = BLAZEPOSE33.indices(LIMB_JOINTS)
    found = np.stack([pose.world_m[order] for pose in poses])
    with np.load(ASSETS / "demo_truth.npz") as truth:
        names = [str(name).replace("l_", "left_").replace("r_", "right_") for name in truth["joint_names"]]
        camera = truth["joints_3d_camera"][:COUNT]
    hips = camera[:, [names.index("left_hip"), names.index("right_hip")]].mean(1, keepdims=True)
    exact = camera[:, [names.index(joint) for joint in LIMB_JOINTS]] - hips
    for axis in range(3):
        agreement = np.corrcoef(found[..., axis].ravel(), exact[..., axis].ravel())[0, 1]
        assert agreement > 0.7
    middle = np.stack([pose.world_m[BLAZEPOSE33.indices(["left_hip", "right_hip"])].mean(0) for pose in poses])
    assert np.abs(middle).max() < 0.01


def test_the_same_frames_give_the_same_keypoints(poses):
    detector = open_detector("blazepose")
    for frame, pose in zip(demo_frames(10), poses, strict=False):
        (person,) = detector(frame)
        np.testing.assert_allclose(person.keypoints.xy, pose.xy, atol=0.01)
    detector.close()


def test_nobody_on_a_black_picture_and_another_person_after_a_while():
    detector = open_detector("blazepose")
    detect = followed(detector)
    black = np.zeros((480, 854, 3), np.uint8)
    assert detect(frame_of(black, 0)) is None
    picture = demo_frames(1)[0].image
    assert detect(frame_of(picture, 1)).person == 0
    for index in range(2, 8):
        assert detect(frame_of(black, index)) is None
    assert detect(frame_of(picture, 8)).person == 0  # a quarter of a second later
    for index in range(9, 15):
        detect(frame_of(black, index))
    assert detect(frame_of(picture, 60)).person == 1
    detector.close()


def test_it_says_nothing_on_stderr():
    code = "from realtime.detectors import open_detector\nfrom support.demo_clip import demo_frames\n"
    code += "d = open_detector('blazepose'); print([len(d(f)) == 1 for f in demo_frames(3)]); d.close()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[True, True, True]\n"
    assert done.stderr == ""


def test_a_missing_library_is_told_in_one_line(tmp_path):
    """A folder in front of the path with a mediapipe that does not load, as without libGL."""
    (tmp_path / "mediapipe.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    code = "from realtime.detectors import open_detector\nfrom realtime.errors import MissingLibrary\n"
    code += "try: open_detector('blazepose')\nexcept MissingLibrary as e: print(e)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "libGL.so.1" in done.stdout
    assert "mediapipe==0.10.21" in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
