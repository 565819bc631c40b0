"""Left and right exchanged for a while in keypoints of a rendered person, through every kind of network that ships.

`python -m benchmarks swaps` does this with what BlazePose finds, and with many more runs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from support.demo_clip import demo_truth
from support.poses import ROOT, frame_at, pose_2d

from benchmarks.swap_runs import PARTS, Run, Track, exchanged, is_exchanged, random_runs
from benchmarks.swaps import bare, mended
from realtime.camera import camera_to_published
from realtime.estimation.person import PersonChain
from realtime.lifting.model_files import load_network
from realtime.lifting.streaming import StreamingLifter
from realtime.pose import OK, WARMING_UP, Detection
from realtime.skeleton import BLAZEPOSE33, COCO17
from realtime.tracking.outliers import KeypointGuard
from realtime.training.evaluation.truth_clips import demo_truth as true_limbs

NETWORKS = ("causal-1", "causal-27", "delay3-27", "symmetric-27")
AFTER = 3  # frames until the sides are right again


@cache
def network(name):
    return load_network(ROOT / "model" / f"{name}.safetensors")


@cache
def track(score=0.9):
    """The bundled clip's person, seen with a detector's noise; every frame has the times of `frame_at`."""
    truth, height_px = demo_truth()
    xy = np.stack([truth.get(joint, truth["nose"]) for joint in COCO17.joints], 1)
    xy = xy + np.random.default_rng(5).normal(0, 0.004 * height_px.mean(), xy.shape)
    poses = [
        pose_2d(points, index=i, score=score, size_wh=(1280, 720), t_s=frame_at(i).t_capture_ns / 1e9)
        for i, points in enumerate(xy)
    ]
    return Track("demo", poses, true_limbs())


def estimated(name, poses):
    """Of one person; None stands for nobody."""
    chain = PersonChain(StreamingLifter(network(name)), guard=KeypointGuard())
    estimates = []
    for i, pose in enumerate(poses):
        estimates += chain.push(pose, Detection(frame_at(i), (), 0.0, 0))
    return [*estimates, *chain.finish()]


def published(name, poses):
    """Joints (T, 17, 3) m in camera axes, NaN without."""
    joints = [e.pose.xyz if e.pose.valid else np.full((17, 3), np.nan) for e in estimated(name, poses)]
    return np.array(joints) @ camera_to_published()


@pytest.mark.parametrize("name", NETWORKS)
def test_after_a_run_the_sides_are_right_again(name):
    runs = random_runs([track()], 6, seed=2)
    assert {run.part for run in runs} == set(PARTS)
    for run in runs:
        _, after = run.wrong(mended(network(name), run.poses()))
        assert not after[AFTER:].any()


def test_without_the_guard_and_the_mending_they_are_not():
    """So that the tests here are of something."""
    run = Run(track(), "body", 260, 25)
    during, after = run.wrong(bare(network("causal-27"), run.poses()))
    assert during.any()
    assert after[AFTER:].any()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_long_run_of_the_body_is_corrected_while_it_lasts(name):
    run = Run(track(), "body", 100, 22)
    during, after = run.wrong(mended(network(name), run.poses()))
    assert not during.any()
    assert not after.any()


@pytest.mark.parametrize("name", NETWORKS)
def test_clean_keypoints_are_lifted_as_by_the_bare_network(name):
    poses = track().poses[:120]
    plain = bare(network(name), poses)
    assert np.allclose(published(name, poses), plain - plain[:, :1], atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("end", [4, 20, 45])
def test_a_recording_that_begins_with_exchanged_sides(name, end):
    poses = [exchanged(pose, "body") if i < end else pose for i, pose in enumerate(track().poses[: end + 30])]
    wrong = is_exchanged(published(name, poses), track().true[: end + 30], "body")
    assert not wrong[end + AFTER :].any()


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("gap", [range(58, 66), range(66, 74), range(55, 75)])
def test_a_run_that_begins_or_ends_in_a_gap(name, gap):
    run, seen = range(60, 70), list(track().poses[:110])
    poses = [None if i in gap else exchanged(pose, "body") if i in run else pose for i, pose in enumerate(seen)]
    wrong = is_exchanged(published(name, poses), track().true[:110], "body")
    assert not wrong[max(run.stop, gap.stop) + AFTER :].any()


@pytest.mark.parametrize("score", [0.05, 1.0])
def test_other_detectors(score):
    """With 33 points, and with scores as low or as high as detectors give."""
    order = [COCO17.index(name) if name in COCO17.joints else 0 for name in BLAZEPOSE33.joints]
    whole = [
        pose_2d(
            p.xy[order], index=p.index, score=score, size_wh=p.size_wh, t_s=p.t_capture_ns / 1e9, skeleton=BLAZEPOSE33
        )
        for p in track().poses[:130]
    ]
    poses = [exchanged(pose, "body") if 70 <= i < 100 else pose for i, pose in enumerate(whole)]
    wrong = is_exchanged(published("causal-27", poses), track().true[:130], "body")
    assert not wrong[100 + AFTER :].any()


def two_scenes():
    """60 poses, a cut in the film, and 30 poses."""
    poses = [pose for part in (slice(20, 80), slice(170, 200)) for pose in track().poses[part]]
    return [pose_2d(p.xy, index=i, size_wh=p.size_wh, t_s=frame_at(i).t_capture_ns / 1e9) for i, p in enumerate(poses)]


@pytest.mark.parametrize("name", ["causal-27", "symmetric-27"])
def test_after_a_cut_in_the_film_the_joints_are_those_of_the_new_scene(name):
    """As far off as those of a motion that begins there."""
    poses = two_scenes()
    cut, anew = published(name, poses)[60:], published(name, poses[60:])
    assert np.abs(cut - anew).max() < 0.1


@pytest.mark.parametrize(("name", "have"), [("causal-27", 1), ("delay3-27", 4)])
def test_after_a_cut_the_window_is_told_to_fill_again(name, have):
    told = [(e.have, e.pose.reason) for e in estimated(name, two_scenes())]
    assert told[57:62] == [(27, OK)] * 3 + [(have, WARMING_UP), (have + 1, WARMING_UP)]
    assert told[-4][1] == OK
