"""A recording by a camera that looks down, lifted with `--camera-pitch auto`."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from support.keypoint_files import keypoint_file
from support.walkers import pictured, seen_by, walker

from realtime.camera import camera_to_published
from realtime.commands.lift import main
from realtime.estimation.camera_level import CameraLevel
from realtime.offline.frame_log import FrameLog
from realtime.offline.lift import lift_video
from realtime.pose import ESTIMATED, UNKNOWN, Estimate, Pose3D
from realtime.skeleton import H36M17

FRAMES, FPS = 90, 30.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The keypoints of somebody who walks about before a camera that looks 20° down."""
    points = pictured(seen_by(walker(FRAMES, rate_hz=FPS), pitch_deg=20, height_m=2.2))
    return keypoint_file(tmp_path_factory.mktemp("down") / "walk.npz", points, FPS)


def test_one_angle_levels_the_whole_recording(recorded):
    auto = lift_video(recorded, camera_pitch="auto")
    pitch = auto.camera_pitch
    assert pitch.how == ESTIMATED
    assert 10 < pitch.deg < 30  # the network never saw a body whose eyes and ears are its nose
    given = lift_video(recorded, camera_pitch=pitch.deg)
    assert np.allclose(auto.joints, given.joints, atol=1e-5)
    assert np.allclose(auto.root_m, given.root_m, atol=1e-4)


def test_without_auto_nothing_is_estimated(recorded):
    level, zero = lift_video(recorded), lift_video(recorded, camera_pitch=0)
    assert np.array_equal(level.joints, zero.joints, equal_nan=True)
    assert (level.camera_pitch.deg, level.camera_pitch.how) == (0.0, "given")


def test_files_and_the_last_line_say_it(recorded, tmp_path, capsys):
    assert main([recorded, "--camera-pitch", "auto", "--out", str(tmp_path), "--write", "npz,json,npy"]) == 0
    manifest = json.loads((tmp_path / "walk.lift.json").read_text())
    said = {name: manifest[name] for name in ("camera_pitch_deg", "camera_pitch_how")}
    assert manifest["settings"]["camera_pitch"] == "auto"
    assert said["camera_pitch_how"] == ESTIMATED
    for name in ("walk.motion.json", "walk.json"):
        content = json.loads((tmp_path / name).read_text())
        assert {key: content[key] for key in said} == said
    with np.load(tmp_path / "walk.npz") as arrays:
        assert {name: arrays[name].item() for name in said} == said
    whole = round(said["camera_pitch_deg"])
    captured = capsys.readouterr()
    assert f"camera {whole}° down (estimated)" in captured.out + captured.err
    assert "camera-pitch" not in captured.out + captured.err  # it is not advised when it is on


def logged(bodies, applied_deg, **camera):
    """A log of bodies whose poses were levelled by some angle each as they came."""
    level = CameraLevel(None)
    log = FrameLog("net@0", H36M17, level=level)
    for i, ((joints, root), deg) in enumerate(zip(seen_by(bodies, **camera), applied_deg, strict=True)):
        level.add(joints, root, H36M17, i / FPS)
        rotation, t_ns = camera_to_published(deg), round(i / FPS * 1e9)
        pose = Pose3D(joints @ rotation.T, np.ones(17), rotation @ root, H36M17, i, t_ns, t_ns, pitch_deg=deg)
        log.add(Estimate(pose, None, 1, 1, 1.0, 1.0, 0), i / FPS)
    return log


def test_what_poses_were_levelled_by_meanwhile_makes_no_difference():
    bodies = walker(FRAMES)
    motion = logged(bodies, np.linspace(0, 30, FRAMES), pitch_deg=12).motion("")
    rotation = camera_to_published(motion.camera_pitch.deg)
    assert motion.camera_pitch.deg == pytest.approx(12, abs=1.5)
    for row, (joints, root) in enumerate(seen_by(bodies, pitch_deg=12)):
        assert np.allclose(motion.joints[row], joints @ rotation.T, atol=1e-5)
        assert np.allclose(motion.root_m[row], rotation @ root, atol=1e-5)


def test_where_it_cannot_be_told_axes_are_the_camera_s():
    few = walker(FRAMES)[:30]
    motion = logged(few, np.full(30, 5.0), pitch_deg=12).motion("")
    assert motion.camera_pitch == replace(motion.camera_pitch, deg=0.0, how=UNKNOWN)
    joints, _ = seen_by(few, pitch_deg=12)[0]
    assert np.allclose(motion.joints[0], joints @ camera_to_published(0.0).T, atol=1e-5)
