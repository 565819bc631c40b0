"""The real Detectron2 with networks of random weights; skipped where it is not installed."""

import pickle
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.demo_clip import demo_frames, frame_of
from support.poses import ROOT
from support.rcnn_networks import CONFIG, detectron2_or_skip, random_state, save_pkl, save_pth

from realtime.detectors import installed, open_detector
from realtime.errors import DetectorError, MissingLibrary, UsageError, WeightsError
from realtime.estimation.build import detector_options
from realtime.settings import Settings
from realtime.skeleton import COCO17


def open_small(weights, **options):
    return open_detector("keypoint_rcnn", "cpu", weights=weights, **({"min_size_px": 128, "proposals": 50} | options))


@pytest.mark.skipif(installed("keypoint_rcnn"), reason="Detectron2 is installed here")
def test_without_detectron2_one_line_says_what_to_do():
    with pytest.raises(MissingLibrary, match=r"docs/detectron2\.md.*--detector blazepose") as fault:
        open_detector("keypoint_rcnn")
    assert "\n" not in str(fault.value)
    assert "[train]" not in str(fault.value)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    detectron2_or_skip()
    folder = tmp_path_factory.mktemp("rcnn")
    return {
        "r50.pth": save_pth(folder / "r50.pth", random_state(50)),
        "r50.pkl": save_pkl(folder / "r50.pkl", random_state(50)),
        "r101.pth": save_pth(folder / "r101.pth", random_state(101)),
    }


def test_keypoints_of_a_frame(weights):
    detect = open_small(weights["r50.pth"])
    found = [(frame, person.keypoints) for frame in demo_frames(3) for person in detect(frame)]
    detect.close()
    assert found
    for frame, pose in found:
        assert (pose.xy.shape, pose.xy.dtype, pose.score.dtype) == ((17, 2), np.float32, np.float32)
        assert pose.skeleton is COCO17
        assert (pose.index, pose.size_wh) == (frame.index, frame.size_wh)
        assert np.isfinite(pose.xy).all()
        assert ((pose.score >= 0) & (pose.score <= 1)).all()


def test_the_zoos_pickles_and_trained_files_are_the_same_network(weights):
    frame = demo_frames(1)[0]
    from_pth, from_pkl = (open_small(weights[name])(frame) for name in ("r50.pth", "r50.pkl"))
    assert from_pth
    for one, same in zip(from_pth, from_pkl, strict=True):
        np.testing.assert_array_equal(one.keypoints.xy, same.keypoints.xy)
        np.testing.assert_array_equal(one.keypoints.score, same.keypoints.score)
        np.testing.assert_array_equal(one.box_px, same.box_px)


def test_any_size_of_frame(weights):
    detect = open_small(weights["r50.pth"])
    for shape in ((480, 640), (1, 1), (33, 700, 1), (64, 64, 4)):
        for person in detect(frame_of(np.zeros(shape, np.uint8))):
            assert np.isfinite(person.keypoints.xy).all()


def test_another_backbones_weights_are_refused_both_ways(weights):
    with pytest.raises(WeightsError, match="another network"):
        open_small(weights["r101.pth"], config=CONFIG.format(50))
    with pytest.raises(WeightsError, match="another network"):
        open_small(weights["r50.pth"], config=CONFIG.format(101))
    detect = open_small(weights["r101.pth"], config=CONFIG.format(101))
    detect(demo_frames(1)[0])


@pytest.mark.parametrize(
    "content", [None, b"", b"hello", b"version https://git-lfs.github.com/spec/v1\n", pickle.dumps([1, 2]), b"cut"]
)
@pytest.mark.parametrize("suffix", [".pkl", ".pth"])
def test_files_that_are_no_weights(content, suffix, weights, tmp_path):
    path = tmp_path / f"x{suffix}"
    if content == b"cut":
        content = weights["r50.pth" if suffix == ".pth" else "r50.pkl"].read_bytes()[:1_000_000]
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError) as fault:
        open_small(path)
    assert "\n" not in str(fault.value)


class Gadget:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("suffix", [".pkl", ".pth"])
def test_weights_that_would_run_code(suffix, tmp_path):
    detectron2_or_skip()
    (tmp_path / f"x{suffix}").write_bytes(pickle.dumps({"model": Gadget(tmp_path / "marker"), "__author__": ""}))
    with pytest.raises(WeightsError):
        open_small(tmp_path / f"x{suffix}")
    assert not (tmp_path / "marker").exists()


def test_weights_that_are_not_finite(tmp_path):
    state = random_state(50)
    state["backbone.fpn_lateral2.weight"][0] = np.nan
    with pytest.raises(WeightsError, match="not finite"):
        open_small(save_pth(tmp_path / "x.pth", state))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"config": "COCO-Keypoints/nothing.yaml"}, "has no"),
        ({"config": "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"}, "no keypoints"),
        ({"config": "COCO-Keypoints/keypoint_rcnn_R_50_FPN_1x.py"}, "no keypoints"),
        ({"config": "quick_schedules/keypoint_rcnn_R_50_FPN_instant_test.yaml"}, "no weights"),
        ({"min_size_px": 5}, "image size"),
        ({"people": 0}, "one person"),
        ({"proposals": 0}, "one region"),
    ],
)
def test_wrong_options(options, says):
    detectron2_or_skip()
    with pytest.raises(UsageError, match=says):
        open_detector("keypoint_rcnn", "cpu", **options)


def test_cuda_where_there_is_none(weights):
    if sees_cuda():
        pytest.skip("there is a CUDA device here")
    with pytest.raises(DetectorError, match="--device cpu"):
        open_detector("keypoint_rcnn", "cuda", weights=weights["r50.pth"])


@pytest.fixture
def mute_server():
    """A port whose connections the kernel takes and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/model_final.pkl"


def test_a_stalled_server_and_an_absent_one(mute_server, monkeypatch, tmp_path):
    detectron2_or_skip()
    from realtime.detectors.zoo_weights import fetch

    monkeypatch.setenv("FVCORE_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match="timed out"):
        fetch(mute_server, stalled_after_s=0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(WeightsError, match="refused"):
        fetch(f"http://127.0.0.1:{port}/model_final.pkl")
    assert socket.getdefaulttimeout() is None


def benchmark(*words):
    command = [sys.executable, "-W", "ignore", "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()


def test_the_benchmark_says_where_it_cannot_be_measured():
    if installed("keypoint_rcnn") and sees_cuda():
        pytest.skip("it would be measured here")
    _, line = benchmark("benchmarks", "gpu")
    assert line.startswith("not measured: ")


def test_the_benchmark_from_end_to_end():
    detectron2_or_skip()
    small = ["--frames", "2", "--turns", "2", "--rcnn-size", "64"]
    rates, ratio = benchmark("benchmarks.gpu", "--device", "cpu", *small)
    assert rates.startswith("keypoint_rcnn on the CPU, 64 px, 4 people: whole program ")
    assert "wanted: at least 0.95" in ratio


def sees_cuda():
    import torch

    return torch.cuda.is_available()


def test_broken_at_its_first_use(weights, monkeypatch):
    from detectron2.engine import DefaultPredictor

    def not_compiled(self, image):
        raise RuntimeError("Not compiled with GPU support\nat csrc/vision.cpp")

    monkeypatch.setattr(DefaultPredictor, "__call__", not_compiled)
    with pytest.raises(MissingLibrary, match=r"on cpu needs detectron2.*\(RuntimeError: Not compiled with GPU.*\.md"):
        open_small(weights["r50.pth"])


def test_the_flags_reach_the_network(weights):
    settings = Settings(rcnn_weights=str(weights["r50.pth"]), rcnn_size=128, rcnn_people=2, rcnn_proposals=50)
    detect = open_detector("keypoint_rcnn", "cpu", **detector_options(settings, "keypoint_rcnn"))
    assert len(detect(demo_frames(1)[0])) == 2
    assert detect._predict.model.proposal_generator.post_nms_topk[False] == 50
