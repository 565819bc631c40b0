"""How tall the person is: a factor on joints and distance, and said wherever the joints go."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from support.estimators import Scripted, as_told, estimator, keypoints, small_lifter
from support.keypoint_files import keypoint_file, walk
from support.poses import frame_at

from realtime.commands.infer import main as infer
from realtime.commands.lift import main as lift
from realtime.errors import UsageError
from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.estimation.trust.frame_quality import frame_quality
from realtime.formats.motion_json import read_motion_json
from realtime.offline.lift import lift_video
from realtime.pose import ASSUMED_HEIGHT_M

FRAMES = 12


def lifted(**more):
    estimate = estimator({i: keypoints(i) for i in range(FRAMES)}, **more)
    return [estimate(frame_at(i)) for i in range(FRAMES)]


def test_what_is_found_suspicious_does_not_depend_on_it():
    qualities = [[replace(frame_quality(one), lean=None) for one in lifted(height_m=m)] for m in (None, 1.2, 2.2)]
    assert qualities[0] == qualities[1] == qualities[2]


def test_everybody_can_have_a_height_of_their_own():
    heights = {0: 1.5, 1: 1.9}
    both = Estimator(
        Scripted({i: [keypoints(i, person=person) for person in range(3)] for i in range(FRAMES)}),
        *(PersonChain(small_lifter(), height_m=heights.get) for _ in range(3)),
        track=as_told,
    )
    alone = lifted()
    assert both.height_m is None  # of all together
    for i in range(FRAMES):
        for answer in both(frame_at(i)):
            told_m = heights.get(answer.keypoints.person)
            assert answer.height_m == told_m
            factor = 1.0 if told_m is None else told_m / ASSUMED_HEIGHT_M
            assert np.allclose(answer.pose.xyz, factor * alone[i].pose.xyz, atol=1e-5)


def test_nobody_has_no_height():
    estimate = estimator({}, height_m=1.9)
    assert estimate.height_m == 1.9
    assert estimate(frame_at(0)).height_m is None


def test_a_height_that_nobody_has_is_refused():
    with pytest.raises(UsageError, match=r"^a person's height is from 0\.5 to 2\.5 m, not 180$"):
        PersonChain(small_lifter(), height_m=180)
    estimate = estimator({0: keypoints(0)}, height_m=lambda _person: 180.0)
    with pytest.raises(UsageError, match="not 180"):
        estimate(frame_at(0))


@pytest.fixture
def source(tmp_path):
    return keypoint_file(tmp_path / "walk.npz", walk(30))


def test_a_motion_says_what_it_was_told_and_stands_as_much_farther_away(source):
    # By the network alone: how much is smoothed depends on speed, which is larger in a taller person; and so does
    # whether a foot rests, by which the distance is held.
    plain, told = (lift_video(source, quality="fast", **height) for height in ({}, {"height": 1.9}))
    assert (plain.height_m, told.height_m) == (None, 1.9)
    assert np.allclose(told.joints, 1.9 / ASSUMED_HEIGHT_M * plain.joints, atol=1e-5)
    assert np.allclose(told.root_m, 1.9 / ASSUMED_HEIGHT_M * plain.root_m, rtol=0.02, atol=0.01)
    with pytest.raises(UsageError, match=r"^height takes metres from 0\.5 to 2\.5, such as 1\.80, not '180'$"):
        lift_video(source, height=180)


def test_results_of_another_height_are_not_taken_for_these(source, tmp_path, capsys):
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy,json"]
    assert lift([*words, "--height", "1.9"]) == 0
    manifest = json.loads((tmp_path / "out" / "walk.lift.json").read_text())
    assert manifest["settings"]["height"] == 1.9
    assert json.loads((tmp_path / "out" / "walk.json").read_text())["height_m"] == 1.9
    assert lift([*words, "--height", "1.9"]) == 0
    assert "done before" in capsys.readouterr().err
    for other in (["--height", "1.8"], []):
        assert lift([*words, *other]) == 1
        assert "other settings made the files there" in capsys.readouterr().err
    assert lift([*words, "--force"]) == 0
    assert json.loads((tmp_path / "out" / "walk.json").read_text())["height_m"] is None


def test_infer_takes_it_too(source, tmp_path):
    assert infer([source, "--height", "1.6", "--write", "json"]) == 0
    assert read_motion_json(tmp_path / "walk_pose.motion.json").height_m == 1.6
