"""`lift --symmetric`: the answers of a network that sees the future, streamed."""

from __future__ import annotations

import json

import av
import numpy as np
import pytest
import torch
from support.estimators import Scripted, as_told, everybody
from support.keypoint_files import keypoint_file, walk, walker, write_videopose3d_video
from support.networks import save_small, save_upstream
from support.poses import ROOT, frame_at, pose_2d

from realtime.camera import Intrinsics, camera_to_published
from realtime.commands.lift import main as lift
from realtime.errors import UsageError, WeightsError
from realtime.estimation.agreement import Agreement
from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.formats.writers import WRITERS
from realtime.lifting.base import width_normalised
from realtime.lifting.model_files import load_network
from realtime.lifting.open import open_lifter
from realtime.pose import NO_PERSON, OK, WARMING_UP
from realtime.smoothing import OneEuro
from realtime.tracking.gaps import GapBridge

LATE = 13


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(save_small(tmp_path_factory.mktemp("model"), "s-27", (3, 3, 3), causal=False))


@pytest.fixture(autouse=True)
def no_sides(monkeypatch):
    """Networks of random weights know no sides: what they answer is not held against the keypoints."""
    monkeypatch.setattr(Agreement, "contradicted", lambda *_: False)


def plain(model, points, size_wh=(640, 480)):
    """The published joints (T, 17, 3) of one motion: every layer over the whole padded sequence."""
    network = load_network(model)
    xy = np.asarray(points, np.float32)[..., :2]
    size = np.array(size_wh, np.float32)
    if network.card.normalise == "width":
        rays = width_normalised(xy, np.broadcast_to(size, (len(xy), 2)))
    else:
        rays = Intrinsics().rays(xy, size)
    hips, features = network.card.feature_set.hip_ray(rays), network.card.feature_set
    late = network.card.config.receptive_field // 2
    padded = np.pad(features.encode(rays, hips), ((late, late), (0, 0)), mode="edge")
    joints = features.decode(network.net(torch.from_numpy(padded)[None])[0].numpy(), hips)
    return (joints - joints[:, :1]) @ camera_to_published(0).T


@pytest.mark.parametrize("frames", [1, LATE, LATE + 1, 27, 100])
def test_lift_equals_an_evaluation_of_the_whole_sequence(model, tmp_path, frames):
    points = walk(frames)
    source = keypoint_file(tmp_path / "walk.npz", points)
    words = ["--symmetric", "--model", model, "--write", "npy"]
    assert lift([source, "--out", str(tmp_path / "out"), *words]) == 0
    assert np.allclose(np.load(tmp_path / "out" / "walk.npy"), plain(model, points), atol=1e-5)
    assert np.load(tmp_path / "out" / "walk_time.npy") == pytest.approx(np.arange(frames) / 25)


def test_a_checkpoint_of_videopose3d(tmp_path):
    save_upstream(tmp_path / "up.bin", (3, 3))
    source = keypoint_file(tmp_path / "walk.npz")
    words = ["--symmetric", "--model", str(tmp_path / "up.bin"), "--write", "npy"]
    assert lift([source, "--out", str(tmp_path / "out"), *words]) == 0
    expected = plain(str(tmp_path / "up.bin"), walk())
    assert np.allclose(np.load(tmp_path / "out" / "walk.npy"), expected, atol=1e-5)


def test_gaps_are_bridged_or_end_the_motion_and_another_begins(model, tmp_path):
    points = walk(100)
    points[20:25] = np.nan  # 0.2 s are bridged by the last pose, 0.8 s for half a second
    points[50:70] = np.nan
    source = keypoint_file(tmp_path / "walk.npz", points)
    words = ["--symmetric", "--model", model, "--write", "npy"]
    assert lift([source, "--out", str(tmp_path / "out"), *words]) == 0
    joints = np.load(tmp_path / "out" / "walk.npy")
    held = points.copy()
    held[20:25], held[50:62] = points[19], points[49]  # 12 frames of 0.04 s are within half a second
    assert np.allclose(joints[:62], plain(model, held[:62]), atol=1e-5)
    assert np.isnan(joints[62:70]).all()
    assert np.allclose(joints[70:], plain(model, points[70:]), atol=1e-5)


def test_another_person_begins_anew(model, tmp_path):
    first, second = walker(40, at=(20, 50)), walker(60, at=(400, 50))
    people = [[body] for body in first] + [[]] * 40 + [[body] for body in second]
    write_videopose3d_video(tmp_path / "two.npz", people, [[0.9]] * 40 + [[]] * 40 + [[0.9]] * 60)
    words = ["--symmetric", "--model", model, "--write", "npy"]
    assert lift([str(tmp_path / "two.npz"), "--out", str(tmp_path / "out"), *words]) == 0
    joints = np.load(tmp_path / "out" / "two.npy")
    held = np.concatenate([first, np.repeat(first[-1:], 15, 0)])  # half a second at 30 frames a second
    assert np.allclose(joints[:55], plain(model, held), atol=1e-5)
    assert np.isnan(joints[55:80]).all()
    assert np.allclose(joints[80:], plain(model, second), atol=1e-5)


class Anyone(Scripted):
    """A detector by a function from frame to pose."""

    def __init__(self, detect):
        self.detect = detect

    def __call__(self, frame):
        return everybody(self.detect(frame))


def delayed(model, poses, bridge=None, **more):
    """Fed with these poses one by one, None for nobody."""
    poses = iter(poses)
    chain = PersonChain(open_lifter(model, 27, delay=None), bridge=bridge or GapBridge(max_gap_s=0.0), **more)
    return Estimator(Anyone(lambda _frame: next(poses)), chain, track=as_told)


def test_answers_are_late_in_order_and_about_their_own_frame(model):
    xy = walk(40)[..., :2]
    poses = [pose_2d(p, index=i, person=i // 30) for i, p in enumerate(xy[:35])] + [None] * 5
    estimate = delayed(model, poses)
    found = []
    for index in range(40):
        answers = list(estimate(frame_at(index)))
        found += answers
        expected = min(index + 1, max(0, index + 1 - LATE)) if index < 30 else 30 if index < 35 else index + 1
        assert len(found) == expected
    assert list(estimate.finish()) == []
    assert [answer.frame.index for answer in found] == list(range(40))
    assert [answer.pose.index for answer in found] == list(range(40))
    reasons = [answer.pose.reason for answer in found]
    assert reasons == [WARMING_UP] * LATE + [OK] * 17 + [WARMING_UP] * 5 + [NO_PERSON] * 5
    assert [answer.have for answer in found[12:18]] == [26, 27, 27, 27, 27, 26]
    for answer in found[:35]:
        frame = answer.frame
        assert np.array_equal(answer.keypoints.xy, poses[frame.index].xy)
        assert (answer.pose.t_capture_ns, answer.lag_start_ns) == (poses[frame.index].t_capture_ns, frame.t_capture_ns)


def test_a_hole_in_time_ends_the_motion(model):
    xy = walk(20)[..., :2]
    estimate = delayed(model, [pose_2d(p, index=i) for i, p in enumerate(xy)])
    found = []
    for i in range(20):
        found += estimate(frame_at(i + 60 * (i >= 10)))
    found += estimate.finish()
    joints = np.array([answer.pose.xyz for answer in found])
    assert np.allclose(joints[:10], plain(model, xy[:10]), atol=1e-5)
    assert np.allclose(joints[10:], plain(model, xy[10:]), atol=1e-5)


def test_no_more_than_half_a_window_of_frames_is_held(model):
    xy = walk(200)[..., :2]
    estimate = delayed(model, [pose_2d(p, index=i) for i, p in enumerate(xy)])
    seen = 0
    for i in range(200):
        seen += len(estimate(frame_at(i)))
        assert i + 1 - seen <= LATE


def test_smoothing_begins_anew_with_each_motion_and_not_before(model):
    xy = walk(60)[..., :2]
    poses = [pose_2d(p, index=i, person=i // 30) for i, p in enumerate(xy)]

    def lifted(poses, start):
        estimate = delayed(model, poses, smooth=OneEuro())
        found = [a for i in range(len(poses)) for a in estimate(frame_at(start + i))]
        return np.array([answer.pose.xyz for answer in [*found, *estimate.finish()]])

    apart = np.concatenate([lifted(poses[:30], 0), lifted(poses[30:], 30)])
    assert np.allclose(lifted(poses, 0), apart, atol=1e-6)


def test_every_format_and_a_part(model, tmp_path):
    source = keypoint_file(tmp_path / "walk.npz", walk(60))
    words = ["--symmetric", "--model", model, "--start", "0.4", "--end", "2"]
    assert lift([source, "--out", str(tmp_path / "out"), *words, "--write", f"{','.join(WRITERS)},mp4,png,2d"]) == 0
    assert np.allclose(np.load(tmp_path / "out" / "walk.npy"), plain(model, walk(60)[10:50]), atol=1e-5)
    with av.open(str(tmp_path / "out" / "walk.mp4")) as film:
        times_s = [frame.time for frame in film.decode(video=0)]
    assert times_s == pytest.approx(np.arange(40) / 25, abs=1e-3)
    record = json.loads((tmp_path / "out" / "walk.lift.json").read_text())
    assert record["settings"]["symmetric"] is True
    assert record["frames"] == 40


def test_what_was_done_without_it_is_not_taken_for_it(model, tmp_path, capsys):
    source = keypoint_file(tmp_path / "walk.npz")
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy", "--model", model]
    assert lift(words) == 0
    assert "--symmetric gives it the real one" in capsys.readouterr().err
    before = np.load(tmp_path / "out" / "walk.npy")
    assert lift([*words, "--symmetric"]) == 1
    assert "other settings" in capsys.readouterr().err
    assert lift([*words, "--symmetric", "--force"]) == 0
    after = np.load(tmp_path / "out" / "walk.npy")
    assert not np.allclose(before, after, atol=1e-3)
    assert np.allclose(after[-1], before[-1], atol=1e-5)  # after the last pose neither knows more


def test_a_causal_network_is_refused_in_one_line(tmp_path):
    source = keypoint_file(tmp_path / "walk.npz")
    words = ["--symmetric", "--model", str(ROOT / "model" / "causal-27.safetensors")]
    with pytest.raises(UsageError, match="is causal and sees no future frames"):
        lift([source, "--out", str(tmp_path / "out"), *words])
    with pytest.raises(WeightsError, match="there is no model 'nosuch'"):
        lift([source, "--out", str(tmp_path / "out"), "--symmetric", "--model", "nosuch"])
