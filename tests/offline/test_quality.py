"""`--quality`: what it chooses, and what is given by itself."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from support.keypoint_files import keypoint_file, walk
from support.networks import save_small
from support.poses import ROOT

from realtime.commands.lift import main as lift
from realtime.errors import UsageError
from realtime.lifting.choice import NetworkUse, choose_network
from realtime.offline import quality
from realtime.offline.lift import lift_video
from realtime.offline.quality import QUALITIES
from realtime.offline.request import lift_request
from realtime.skeleton import BLAZEPOSE33, COCO17
from realtime.smoothing import ZeroLag

CHOSEN = ("window", "smooth", "landmarks", "mirror_average")


def task(path="walk.mp4", **given):
    return lift_request(given).task(path=ROOT / path, stem=ROOT / "x")


def chosen(path="walk.mp4", **given):
    """Quality, whether the network sees the future, and the settings that a quality chooses."""
    made = task(path, **given)
    return made.quality, made.symmetric, *(getattr(made.settings, name) for name in CHOSEN)


FAST = ("fast", False, 27, "off", "full", False)
GOOD = ("good", True, 81, "zero-lag", "full", False)
BEST = ("best", True, 81, "zero-lag", "heavy", True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, GOOD),
        ({"quality": "good"}, GOOD),
        ({"quality": "fast"}, FAST),
        ({"quality": "best"}, BEST),
        ({"landmarks": "lite"}, ("good", True, 81, "zero-lag", "lite", False)),
        ({"smooth": "off"}, ("good", True, 81, "off", "full", False)),
        ({"quality": "best", "landmarks": "full"}, ("best", True, 81, "zero-lag", "full", True)),
        ({"quality": "best", "mirror_average": False}, ("best", True, 81, "zero-lag", "heavy", False)),
        ({"quality": "best", "detector": "rtmpose"}, ("best", True, 81, "zero-lag", "full", False)),
        ({"quality": "good", "window": 81}, ("good", True, 81, "zero-lag", "full", False)),
        ({"quality": "fast", "smooth": "zero-lag"}, ("fast", False, 27, "zero-lag", "full", False)),
    ],
)
def test_a_quality_chooses_what_is_not_given(given, expected):
    assert chosen(**given) == expected


@pytest.mark.parametrize("network", [{"model": "causal-81"}, {"window": 81}, {"causal": True}, {"window": 27}])
def test_a_network_named_without_a_quality_is_run_as_in_live_use(network):
    made = task(**network)
    assert (made.quality, made.symmetric, made.settings.smooth) == ("fast", False, "off")
    for name, value in network.items():
        assert getattr(made.settings, name) == value


def test_symmetric_is_good_without_smoothing():
    assert chosen(symmetric=True) == ("good", True, 81, "off", "full", False)
    assert chosen(symmetric=True, smooth="one-euro") == ("good", True, 81, "one-euro", "full", False)
    assert chosen(symmetric=True, window=27) == ("good", True, 27, "off", "full", False)
    assert chosen(symmetric=False) == GOOD


def test_a_single_picture_is_lifted_as_in_live_use_and_a_stack_of_them_is_not(tmp_path):
    cv2.imwrite(str(tmp_path / "one.png"), np.zeros((48, 64, 3), np.uint8))
    cv2.imwritemulti(str(tmp_path / "stack.tif"), [np.zeros((48, 64, 3), np.uint8)] * 3)
    assert chosen(tmp_path / "one.png") == ("good", *FAST[1:])
    assert chosen(tmp_path / "one.png", quality="best") == ("best", False, 27, "off", "heavy", True)
    assert chosen(tmp_path / "stack.tif") == GOOD
    assert task(tmp_path / "one.png", symmetric=True).symmetric


def test_nothing_is_chosen_for_keypoints_that_are_found_already(tmp_path):
    assert chosen(keypoint_file(tmp_path / "walk.npz"), quality="best") == ("best", *GOOD[1:])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"symmetric": True, "quality": "fast"}, "--symmetric is --quality good --smooth off: leave it out"),
        ({"symmetric": True, "quality": "best"}, "leave it out with --quality best"),
        ({"quality": "good", "causal": True}, "--causal"),
        ({"symmetric": True, "causal": True}, "--causal"),
    ],
)
def test_what_contradicts_itself_is_refused_in_one_line(given, says):
    with pytest.raises(UsageError, match=says) as told:
        lift_request(given)
    assert "\n" not in str(told.value)


def test_good_takes_a_symmetric_network_that_sees_feet_where_they_are_found():
    window = QUALITIES["good"].future["window"]
    taken = [choose_network(NetworkUse(window, None, points=points)).stem for points in (BLAZEPOSE33, COCO17)]
    assert taken == [f"symmetric-feet-{window}", f"symmetric-{window}"]


def test_good_is_the_networks_answer_smoothed(tmp_path):
    """Of keypoints, with the network that it takes; and the same is done for several inputs, each by a process."""
    sources = [keypoint_file(tmp_path / f"{n}.npz", walk(40, seed=n)) for n in range(2)]
    words = ["--out", str(tmp_path / "out"), "--write", "npy", "--jobs", "2"]
    assert lift([*sources, *words]) == 0
    for n, source in enumerate(sources):
        plain, good = lift_video(source, symmetric=True), np.load(tmp_path / "out" / f"{n}.npy")
        t_s = plain.times_s
        for i, at in enumerate(t_s):
            near = np.abs(t_s - at) < ZeroLag.reach_s + 1e-6
            expected = ZeroLag()(plain.joints[near], t_s[near] - at)
            assert np.allclose(good[i], expected, atol=1e-5)
        assert not np.allclose(good, plain.joints, atol=1e-3)


def test_the_quality_is_told_kept_in_the_manifest_and_done_once(tmp_path, capsys):
    source, out = keypoint_file(tmp_path / "walk.npz"), tmp_path / "out"
    words = [source, "--out", str(out), "--write", "npy"]
    assert lift(words) == 0
    assert "quality good (symmetric-81) → walk.npy" in capsys.readouterr().err
    record = json.loads((out / "walk.lift.json").read_text())["settings"]
    assert (record["quality"], record["symmetric"], record["smooth"]) == ("good", True, "zero-lag")
    for same in (["--quality", "good"], ["--symmetric", "--smooth", "zero-lag"], ["--quality", "best"]):
        assert lift([*words, *same]) == 0  # there is nothing better for keypoints
        assert "done before" in capsys.readouterr().err
    for other in (["--quality", "fast"], ["--symmetric"], ["--smooth", "one-euro"], ["--window", "27"]):
        assert lift([*words, *other]) == 1
        assert "other settings" in capsys.readouterr().err


def test_what_is_for_blazepose_is_not_asked_of_the_detector_that_another_machine_takes(monkeypatch):
    monkeypatch.setattr(quality, "choose_detector", lambda _device: "mediapipe")
    assert chosen(quality="best") == ("best", *GOOD[1:])
    assert chosen(quality="best", detector="blazepose") == BEST


def test_a_causal_network_has_no_future(tmp_path, capsys):
    model = str(save_small(tmp_path, "own-9"))
    words = [keypoint_file(tmp_path / "walk.npz"), "--out", str(tmp_path / "out"), "--write", "npy", "--model", model]
    for asked in ("--quality good", "--symmetric"):
        with pytest.raises(UsageError, match=f"own-9 is causal and sees no future frames; leave out {asked}, or"):
            lift([*words, *asked.split()])
    assert lift(words) == 0
    assert "quality fast (own-9)" in capsys.readouterr().err


def test_a_pose_is_warm_after_a_second_of_a_network_that_sees_the_future(tmp_path):
    motion = lift_video(keypoint_file(tmp_path / "walk.npz", walk(60)))
    assert motion.notes.reason == ("warming_up",) * 26 + ("ok",) * 34
