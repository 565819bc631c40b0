"""Our BlazePose against MediaPipe's own, which runs the same networks."""

from contextlib import closing

import cv2
import numpy as np
import pytest
from support.demo_clip import frame_of
from support.mediapipe_warnings import IGNORED
from support.poses import ROOT

from realtime.detectors import open_detector
from realtime.skeleton import BLAZEPOSE33, LIMB_JOINTS

pytest.importorskip("mediapipe", reason="MediaPipe is not installed here")

pytestmark = IGNORED

FRAMES = 75  # 1/30 s apart, which is what MediaPipe takes every frame for
ORDER = BLAZEPOSE33.indices(LIMB_JOINTS)
CLIPS = ("realtime/assets/demo.mp4", "benchmarks/clips/walk_back_high.mp4", "benchmarks/clips/salsa_front_wide.mp4")


def frames_of(path):
    capture = cv2.VideoCapture(str(path))
    images = [capture.read()[1] for _ in range(FRAMES)]
    capture.release()
    return [frame_of(image, index) for index, image in enumerate(images)]


@pytest.fixture(scope="module", params=CLIPS)
def both(request):
    """What ours and MediaPipe's finds in each frame."""
    frames = frames_of(ROOT / request.param)
    assert len(frames) == FRAMES
    found = []
    for name in ("blazepose", "mediapipe"):
        with closing(open_detector(name)) as detect:
            found.append([detect(frame) for frame in frames])
    return list(zip(*found, strict=True))


def in_both(both):
    return [(ours.keypoints, theirs.keypoints) for (ours,), (theirs,) in (pair for pair in both if all(pair))]


def test_both_find_the_person_in_the_same_frames(both):
    counts = [sum(len(found) for found in one) for one in zip(*both, strict=True)]
    assert counts[1] > 0.9 * FRAMES
    assert counts[0] == pytest.approx(counts[1], abs=0.01 * FRAMES)


def test_limb_joints_agree(both):
    """As fractions of the person's height; MediaPipe moves its own by 0.0006 (median) and 0.004 (95th
    percentile) where the picture has one grey level of noise."""
    apart = [
        np.linalg.norm(ours.xy[ORDER] - theirs.xy[ORDER], axis=1) / np.ptp(theirs.xy[:, 1])
        for ours, theirs in in_both(both)
    ]
    assert np.median(apart) < 0.001
    assert np.percentile(apart, 95) < 0.005


@pytest.mark.parametrize(("attribute", "median", "p95"), [("score", 0.001, 0.05), ("world_m", 0.002, 0.02)])
def test_visibility_and_3d_agree(both, attribute, median, p95):
    """As well as MediaPipe's own with and without that noise: 0.025 of visibility, 8 mm (95th percentiles)."""
    apart = [np.abs(getattr(ours, attribute) - getattr(theirs, attribute)) for ours, theirs in in_both(both)]
    assert np.median(apart) < median
    assert np.percentile(apart, 95) < p95
