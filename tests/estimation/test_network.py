"""From settings to the network: what each asks for, and which delay it gets."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
from support.keypoint_files import keypoint_file
from support.networks import save_small

from realtime.commands.lift import main as lift
from realtime.detectors.blazepose import KINDS
from realtime.errors import FormatError, UsageError
from realtime.estimation import build
from realtime.estimation.network import network_file, network_use
from realtime.lifting.choice import NetworkUse
from realtime.lifting.model_files import digest_of
from realtime.settings import Settings
from realtime.skeleton import BLAZEPOSE33, COCO17, H36M17, RUNNER20


@pytest.mark.parametrize("landmarks", KINDS)
def test_blazepose_says_which_of_its_networks_it_runs(landmarks):
    use = network_use(Settings(source="demo", detector="blazepose", landmarks=landmarks, window=9, delay=3))
    assert use == NetworkUse(9, 3, landmarks, BLAZEPOSE33)


def test_other_detectors_have_none_and_some_find_fewer_points():
    assert network_use(Settings(detector="mediapipe", landmarks="heavy")) == NetworkUse(27, 0, None, BLAZEPOSE33)
    for detector in ("keypoint_rcnn", "rtmpose", "replay"):
        assert network_use(Settings(detector=detector, landmarks="heavy")) == NetworkUse(27, 0, None, COCO17)


def test_the_joints_that_are_wanted_are_asked_for():
    assert network_use(Settings(detector="rtmpose"), joints=RUNNER20).joints is RUNNER20
    assert network_use(Settings(detector="rtmpose")).joints is H36M17


def test_a_keypoint_file_is_its_own_detector(tmp_path):
    settings = Settings(source=keypoint_file(tmp_path / "walk.npz"), landmarks="heavy")
    assert network_use(settings, symmetric=True) == NetworkUse(27, None, None, COCO17)


@pytest.mark.parametrize(
    ("settings", "symmetric", "says"),
    [
        ({"delay": 3}, True, "--symmetric and --delay 3 are different networks"),
        ({"delay": 3, "causal": True}, False, "sees no future frames: leave out --delay 3 or --causal"),
        ({"causal": True}, True, "sees no future frames: leave out --symmetric or --causal"),
    ],
)
def test_what_does_not_go_together_is_told(settings, symmetric, says):
    with pytest.raises(UsageError, match=says):
        network_use(Settings(**settings), symmetric=symmetric)


def opened(tmp_path, **settings):
    chosen = Settings(source=keypoint_file(tmp_path / "walk.npz"), **settings)
    with ExitStack() as cleanup:
        detector, _ = build.detector_and_source(chosen, cleanup)
        return build.estimator(chosen, detector)


@pytest.mark.parametrize(
    ("settings", "model", "delay"),
    [
        ({}, "causal-27", 0),
        ({"window": 1}, "causal-1", 0),
        ({"window": 3}, "causal-3", 0),
        ({"delay": 3}, "delay3-27", 3),
        ({"model": "delay3-27"}, "delay3-27", 3),  # nobody needs to say what it was trained for
        ({"delay": 13}, "symmetric-27", 13),
        ({"landmarks": "heavy"}, "causal-27", 0),
    ],
)
def test_networks_that_ship_and_how_late_they_answer(tmp_path, settings, model, delay):
    estimator = opened(tmp_path, **settings)
    assert (estimator.model.partition("@")[0], estimator.delay) == (model, delay)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"delay": 5}, "--delay 5: no network in .* answers so many frames late; there is: 3 "),
        ({"delay": 3, "model": "causal"}, "causal-27@.* is causal and sees no future frames; leave out --delay 3, or"),
        ({"delay": 4, "model": "delay3-27"}, "--delay 4: delay3-27@.* sees 3 frames ahead; give --delay 3$"),
    ],
)
def test_a_delay_that_there_is_no_network_for_is_one_line(tmp_path, settings, says):
    with pytest.raises(UsageError, match=says) as fault:
        opened(tmp_path, **settings)
    assert "\n" not in str(fault.value)


def test_a_model_whose_points_are_not_found_is_one_line(tmp_path):
    path = save_small(tmp_path, keypoints=BLAZEPOSE33)
    with pytest.raises(FormatError, match=r"are coco-17, which lacks .* …: tiny-9@\w+ needs them; take"):
        opened(tmp_path, model=str(path))


def test_lift_records_which_network_it_chose(tmp_path):
    source = keypoint_file(tmp_path / "walk.npz")
    assert lift([source, "--out", str(tmp_path / "out"), "--write", "npy", "--delay", "3"]) == 0
    manifest = json.loads((tmp_path / "out" / "walk.lift.json").read_text())
    assert (manifest["settings"]["model"], manifest["settings"]["delay"]) == ("auto", 3)
    chosen = network_file(Settings(source=str(source), delay=3))
    assert manifest["uses"]["model"] == digest_of(chosen)
    assert json.loads((tmp_path / "out" / "walk.json").read_text())["model"] == f"delay3-27@{digest_of(chosen)}"
