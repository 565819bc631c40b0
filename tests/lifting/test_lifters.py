from __future__ import annotations

import numpy as np
import pytest
import torch
from support.lifters import EQUALS, EQUALS_HERE, walk
from support.networks import random_net, save_small, save_upstream, small_network
from support.poses import pose_2d

from realtime.camera import Intrinsics
from realtime.errors import UsageError
from realtime.lifting.base import width_normalised
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import load_network, save_network
from realtime.lifting.open import open_lifter
from realtime.lifting.streaming import StreamingLifter
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.windowed import WindowedLifter
from realtime.skeleton import COCO17, RUNNER18
from realtime.window import PoseWindow


@pytest.fixture(params=[*EQUALS_HERE, "windowed", "symmetric", "upstream"])
def lifter(request, tmp_path):
    """Every kind of lifter there is."""
    if request.param == "upstream":
        save_upstream(tmp_path / "net.bin")
        return WindowedLifter(load_network(tmp_path / "net.bin"))
    kind = EQUALS.get(request.param, WindowedLifter)
    return kind(small_network(causal="symmetric" not in request.param))


class TestEveryLifter:
    def test_joints_are_about_the_pelvis(self, lifter):
        window = PoseWindow(lifter.window_length, len(COCO17))
        for xy in walk(1, 30):
            window.push(pose_2d(xy))
            joints = lifter(window)
            assert joints.shape == (17, 3)
            assert joints.dtype == np.float32
            assert np.isfinite(joints).all()
            assert np.array_equal(joints[0], (0, 0, 0))

    def test_only_the_window_matters(self, lifter):
        window = PoseWindow(lifter.window_length, len(COCO17))
        tail = walk(2, lifter.window_length)
        answers = []
        for seed in (3, 4):
            for xy in (*walk(seed, 11), *tail):
                window.push(pose_2d(xy))
                answer = lifter(window)
            answers.append(answer)
        assert np.allclose(*answers, atol=1e-5)

    def test_picture_size_does_not_matter(self, lifter):
        answers = []
        for zoom in (1, 2):
            window = PoseWindow(lifter.window_length, len(COCO17))
            for xy in walk(5, 9):
                window.push(pose_2d(xy * zoom, size_wh=(640 * zoom, 480 * zoom)))
            answers.append(lifter(window))
        assert np.allclose(*answers, atol=1e-5)

    def test_it_has_a_name_with_a_digest(self, lifter):
        name, _, digest = lifter.name.partition("@")
        assert name == "net"
        assert len(digest) == 8


def test_a_symmetric_network_repeats_the_newest_as_future():
    net = small_network(causal=False)
    lifter = WindowedLifter(net)
    assert lifter.window_length == 5  # of 9, four are the future
    poses = walk(6, 5)
    window = PoseWindow(5, len(COCO17))
    for xy in poses:
        window.push(pose_2d(xy))
    whole = PoseWindow(9, len(COCO17))
    for xy in (*poses, *[poses[-1]] * 4):
        whole.push(pose_2d(xy))
    rays = Intrinsics().rays(whole.xy, whole.size_wh)
    hips, features = net.card.feature_set.hip_ray(rays), net.card.feature_set
    output = net.net(torch.from_numpy(features.encode(rays, hips))[None])[0, -1].numpy()
    joints = features.decode(output, hips[4])
    expected = joints - joints[0]
    assert np.allclose(lifter(window), expected, atol=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_a_symmetric_network_on_a_gpu_gives_the_joints_of_the_cpu(tmp_path):
    path = str(save_small(tmp_path, "s", causal=False))
    on_cpu, on_gpu = (open_lifter(path, 9, device=device) for device in ("cpu", "cuda"))
    window = PoseWindow(on_cpu.window_length, len(COCO17))
    for i, xy in enumerate(walk(1, 12)):
        window.push(pose_2d(xy, index=i))
        assert np.allclose(on_gpu(window), on_cpu(window), atol=1e-4)


def test_upstream_coordinates():
    # VideoPose3D: x over the width to -1..1, y by the same factor; portrait as well.
    xy = np.array([[[0, 0], [480, 640], [240, 320]]], np.float32)
    normalised = width_normalised(xy, np.array([[480, 640]], np.float32))
    assert np.allclose(normalised, [[[-1, -640 / 480], [1, 640 / 480], [0, 0]]])


def test_open_lifter_streams_causal_networks(tmp_path, caplog):
    assert isinstance(open_lifter(str(save_small(tmp_path)), 9), StreamingLifter)
    assert not caplog.records
    assert isinstance(open_lifter(str(save_small(tmp_path, "s", causal=False)), 9), WindowedLifter)
    assert "lift VIDEO --symmetric gives it the real one" in caplog.text


def test_every_lifter_says_how_far_it_looks_ahead(tmp_path):
    causal, symmetric = str(save_small(tmp_path)), str(save_small(tmp_path, "s", causal=False))
    assert [open_lifter(path, 9).lookahead for path in (causal, symmetric)] == [0, 0]  # live: at once
    assert open_lifter(symmetric, 9, delay=None).lookahead == 4
    assert open_lifter(symmetric, 9, delay=4).lookahead == 4
    assert list(open_lifter(causal, 9).flush()) == []


@pytest.mark.parametrize("poses", [1, 3, 4, 5, 9, 30])
@pytest.mark.parametrize("delay", [None, 1, 3, 8])
def test_with_lookahead_every_pose_is_answered_for_with_its_future(poses, delay):
    network = small_network(causal=False, delay=delay)
    lifter = StreamingLifter(network)
    late = lifter.lookahead
    assert late == (delay or 4)
    window = PoseWindow(lifter.window_length, len(COCO17))
    for seed in (1, 2):  # the second motion begins anew
        xy = walk(seed, poses).astype(np.float32)
        pushed = []
        for pose in xy:
            window.push(pose_2d(pose))
            pushed.append(lifter(window))
        assert [joints is None for joints in pushed] == [i < late for i in range(poses)]
        found = [joints for joints in pushed if joints is not None] + list(lifter.flush())
        window.clear()
        rays = Intrinsics().rays(xy, np.array((640, 480), np.float32))
        hips, features = network.card.feature_set.hip_ray(rays), network.card.feature_set
        padded = np.pad(features.encode(rays, hips), ((8 - late, late), (0, 0)), mode="edge")
        joints = features.decode(network.net(torch.from_numpy(padded)[None])[0].numpy(), hips)
        assert np.allclose(found, joints - joints[:, :1], atol=1e-5)


def test_lookahead_wants_a_network_that_sees_so_far(tmp_path):
    causal, late = str(save_small(tmp_path)), str(save_small(tmp_path, "l", delay=3))
    with pytest.raises(UsageError, match=r"tiny-9@.* is causal and sees no future frames; leave out --model, or"):
        open_lifter(causal, 9, delay=None)
    with pytest.raises(UsageError, match=r"tiny-9@.* is causal and sees no future frames; leave out --delay 3, or"):
        open_lifter(causal, 9, delay=3)
    with pytest.raises(UsageError, match=r"--delay 2: l@.* sees 3 frames ahead; give --delay 3$"):
        open_lifter(late, 9, delay=2)
    for delay, flag in ((None, "--symmetric"), (3, "--delay 3")):
        with pytest.raises(UsageError, match=rf"{flag} takes no \.onnx"):
            open_lifter("s.onnx", 9, delay=delay)


def test_a_network_that_waits_has_its_newest_pose_repeated_where_nobody_may_wait(tmp_path, caplog):
    late = str(save_small(tmp_path, "l", delay=3))
    assert isinstance(open_lifter(late, 9), WindowedLifter)
    assert "l sees 3 frames ahead: the newest pose is repeated for them; --delay 3 gives it the real" in caplog.text


def test_a_skeleton_whose_root_is_not_its_first_joint(tmp_path):
    """A runner's joints come about the back of the waist, joint 5, not about the head."""
    card = ModelCard("runner", TcnConfig((3, 3), 8, 37, 18, mirrored=True), "turned", skeleton_out="runner-18")
    net = random_net(card.config, mirrors=card.mirrors)
    save_network(tmp_path / "runner-9", net, card)
    streaming = open_lifter(str(tmp_path / "runner-9.safetensors"), 9)
    windowed = WindowedLifter(load_network(tmp_path / "runner-9.safetensors"))
    window = PoseWindow(9, len(COCO17))
    for xy in walk(3, 12):
        window.push(pose_2d(xy))
        joints = streaming(window)
    assert streaming.skeleton is RUNNER18
    assert joints.shape == (18, 3)
    assert np.array_equal(joints[RUNNER18.index("waist_back")], (0, 0, 0))
    assert np.abs(joints[0]).max() > 0
    assert np.allclose(windowed(window), joints, atol=1e-5)


def test_open_lifter_wants_skeletons_it_knows(tmp_path):
    path = save_small(tmp_path)
    card = path.with_suffix(".json")
    card.write_text(card.read_text().replace("h36m-17", "runner-18"))
    with pytest.raises(UsageError, match="answers with 17 joints, but its model card says runner-18, which has 18"):
        open_lifter(str(path), 9)
    card.write_text(card.read_text().replace("runner-18", "mine-17"))
    with pytest.raises(UsageError, match="to mine-17, and mine-17 is not known here; known skeletons: h36m-17"):
        open_lifter(str(path), 9)


def test_a_file_with_a_larger_window_than_asked_is_said(tmp_path, caplog):
    open_lifter(str(save_small(tmp_path)), 5)
    assert "needs a window of 9, not 5" in caplog.text
