"""Live and offline are the same stages with another source."""

from __future__ import annotations

import numpy as np
from support.keypoint_files import walker
from support.networks import random_net, small_card

from realtime.detectors.replay import Replay
from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.formats.safe.npz import save_npz
from realtime.lifting.model_files import Network
from realtime.lifting.streaming import StreamingLifter
from realtime.sources.blank import BlankPictures
from realtime.sources.paced import play
from realtime.sources.read_ahead import ReadAhead
from realtime.stages import EndOfSource
from realtime.tracking.outliers import KeypointGuard

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
