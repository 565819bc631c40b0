"""Live poses are those of the whole recording to 1e-5 m, and no frame that comes later changes one that was given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.keypoint_files import walker
from support.lifters import EQUALS, EQUALS_HERE, walk
from support.networks import random_net, small_card, small_network
from support.poses import pose_2d

from realtime.camera import Intrinsics
from realtime.detectors.replay import Replay
from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.formats.safe.npz import save_npz
from realtime.lifting.features import FROM_RAYS
from realtime.lifting.model_files import Network, find_model, load_network
from realtime.lifting.streaming import StreamingLifter
from realtime.lifting.windowed import WindowedLifter
from realtime.skeleton import COCO17, COCO_FEET21
from realtime.sources.blank import BlankPictures
from realtime.sources.paced import play
from realtime.sources.read_ahead import ReadAhead
from realtime.stages import EndOfSource
from realtime.tracking.outliers import KeypointGuard
from realtime.window import PoseWindow


@pytest.mark.parametrize("kind", EQUALS_HERE)
@settings(deadline=None, max_examples=40)
@given(
    widths=st.lists(st.sampled_from([1, 3]), min_size=1, max_size=5).map(tuple),
    features=st.sampled_from(sorted(FROM_RAYS)),
    mirrored=st.booleans(),
    keypoints=st.sampled_from([COCO17, COCO_FEET21]),
    seed=st.integers(0, 50),
    actions=st.lists(st.sampled_from("pppppppskc"), min_size=1, max_size=60),
)
def test_they_equal_the_whole_window(kind, widths, features, mirrored, keypoints, seed, actions):
    """Whatever happens to the window: pushes (p), pushes nobody asked about (s for one,
    k for more than it holds), asking twice, and clears (c)."""
    causal = "symmetric" not in kind
    net = small_network(widths, seed, features=features, causal=causal, mirrored=mirrored, keypoints=keypoints)
    windowed, other = WindowedLifter(net), EQUALS[kind](net)
    assert windowed.window_length == other.window_length
    window = PoseWindow(windowed.window_length, len(keypoints))
    poses = iter(walk(seed, 20_000, len(keypoints)))
    for action in actions:
        if action == "c":
            window.clear()
            continue
        for _ in range({"p": 1, "s": 2, "k": window.length + 2}[action]):
            window.push(pose_2d(next(poses), skeleton=keypoints))
        expected = windowed(window)
        assert np.allclose(other(window), expected, atol=1e-5)
        if action == "s":
            assert np.allclose(other(window), expected, atol=1e-5)


def answers(lifter, poses):
    """What a lifter answers frame by frame."""
    window = PoseWindow(lifter.window_length, len(COCO17))
    for index, xy in enumerate(poses):
        window.push(pose_2d(xy, index=index))
        yield lifter(window)


@pytest.mark.parametrize("kind", [kind for kind in EQUALS_HERE if "symmetric" not in kind])
@settings(max_examples=30)
@given(
    widths=st.lists(st.sampled_from([1, 3]), min_size=1, max_size=4).map(tuple),
    seed=st.integers(0, 50),
    past=st.integers(1, 30),
)
def test_no_later_frame_changes_an_earlier_answer(kind, widths, seed, past):
    lifters = [EQUALS[kind](small_network(widths, seed)) for _ in range(2)]
    beginning, one, other = walk(seed, past), walk(seed + 1, 5), walk(seed + 2, 5)
    first, second = (
        list(answers(lifter, [*beginning, *future])) for lifter, future in zip(lifters, (one, other), strict=True)
    )
    assert np.array_equal(first[:past], second[:past])


@pytest.mark.parametrize("window", [27, 81, 243])
def test_the_networks_that_ship_give_live_what_they_give_for_the_whole_clip(window, figure):
    network = load_network(find_model("causal", window))
    if network.card.keypoints is not COCO17:
        pytest.skip("not of these keypoints")
    xy = walk(1, 120).astype(np.float32)
    live = np.array(list(answers(StreamingLifter(network), xy)))
    rays = Intrinsics().rays(xy, np.array((640, 480), np.float32))
    hips, features = network.card.feature_set.hip_ray(rays), network.card.feature_set
    frames = network.card.config.receptive_field
    padded = np.pad(features.encode(rays, hips), ((frames - 1, 0), (0, 0)), mode="edge")
    with torch.inference_mode():
        whole = features.decode(network.net(torch.from_numpy(padded)[None])[0].numpy(), hips)
    largest_m = np.abs(live - (whole - whole[:, :1])).max()
    assert largest_m < 1e-5
    figure(f"{network.card.name}, 120 frames: live and the whole clip in PyTorch differ by {largest_m:.1e} m at most")


FRAMES = 24
FPS = 12.0  # slow enough that a busy machine drops nothing


def keypoint_file(tmp_path):
    path = tmp_path / "walk.npz"
    xy = walker(FRAMES)
    xy[10:12] = np.nan  # a gap to bridge
    xy[20, 9] += 300  # a stray
    score = np.where(np.isfinite(xy[..., 0]), np.float32(0.8), np.float32(0))
    save_npz(path, format=1, xy=xy, score=score, size_wh=np.array([640, 480]), fps=np.float64(FPS), skeleton="coco-17")
    return path


def joints_of(source, detect):
    card = small_card()
    lifter = StreamingLifter(Network(random_net(card.config).arrays(), card, "0" * 8))
    estimate = Estimator(detect, PersonChain(lifter, guard=KeypointGuard()))
    found = {}
    try:
        while True:
            frame = source.read(1.0)
            if frame is not None:
                (answer,) = estimate(frame)
                found[frame.index] = answer.pose.xyz
    except EndOfSource:
        dropped = source.status().dropped
        source.close()
    return found, dropped


def test_they_give_the_same_joints_bit_for_bit(tmp_path):
    path = keypoint_file(tmp_path)
    results = []
    for realtime in (False, True):
        detect = Replay(path)
        source = play(
            BlankPictures("walk", np.arange(detect.length) / detect.fps, detect.size_wh), realtime=realtime, loop=False
        )
        joints, dropped = joints_of(source if realtime else ReadAhead(source), detect)
        assert dropped == 0
        results.append(joints)
    offline, live = results
    assert sorted(offline) == sorted(live) == list(range(FRAMES))
    assert all(np.array_equal(offline[i], live[i]) for i in offline)
