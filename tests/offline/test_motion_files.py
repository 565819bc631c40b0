"""Motion in files, by name and content."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.example_motions import walk
from support.keypoint_files import keypoint_file
from support.motion_files import trc_text
from support.qualisys_files import UPDATED, standing_markers, write_text_layout, write_tsv

from realtime.errors import FormatError
from realtime.formats.joints_npy import JOINTS
from realtime.formats.motion_npz import write_motion_npz
from realtime.formats.writers import WRITERS
from realtime.motion import motion
from realtime.offline.motion_files import motion_file, part_of, read_motion
from realtime.pose import PELVIS
from realtime.skeleton import H36M17, RUNNER20

WALK = walk(40, 30.0)
BACK = {name: writer for name, writer in WRITERS.items() if name in ("npy", "npz", "json", "csv", "trc", "c3d")}


def runner(frames=40, **about):
    points = np.random.default_rng(2).normal(size=(frames, len(RUNNER20), 3))
    points -= points[:, RUNNER20.root][:, None]
    return motion(points, 60.0, root_m=np.zeros((frames, 3)) + [0, 4, 1], skeleton=RUNNER20, **about)


@pytest.mark.parametrize("name", BACK)
def test_what_lift_writes_is_read_as_lifted(name, tmp_path):
    path = BACK[name](tmp_path / "walk", WALK)[0]
    assert motion_file(path) == path
    found = read_motion(path)
    assert not found.measured
    assert found.motion.skeleton is H36M17
    assert np.allclose(found.motion.joints, WALK.joints, atol=1e-3)


@pytest.mark.parametrize("name", list(BACK))
def test_a_runner_keeps_its_feet_in_every_format(name, tmp_path):
    path = BACK[name](tmp_path / "run", runner(model="symmetric-runner-feet-81"))[0]
    found = read_motion(path)
    assert found.motion.skeleton is RUNNER20
    assert not found.measured


@pytest.mark.parametrize("name", ["npy", "npz", "json"])
def test_a_runner_whom_no_network_lifted_is_measured(name, tmp_path):
    assert read_motion(BACK[name](tmp_path / "run", runner())[0]).measured


def test_qualisys_markers_are_measured_in_every_file(tmp_path):
    points = standing_markers(20, step_mm=10.0)
    text = write_text_layout(tmp_path / "Anna1.txt.gz", points)
    tsv = write_tsv(tmp_path / "Anna1.tsv", points)
    for path in (text, tsv):
        found = read_motion(motion_file(path))
        assert found.measured
        assert found.motion.skeleton is RUNNER20


def test_markers_of_a_laboratory_in_a_trc_are_measured(tmp_path):
    places = {name: (0.1, 1 + 0.01 * i, 0.01 * i) for i, name in enumerate(UPDATED)}
    (tmp_path / "lab.trc").write_text(trc_text(places))
    assert read_motion(tmp_path / "lab.trc").measured


def test_keypoints_and_videos_are_to_be_lifted(tmp_path):
    assert motion_file(tmp_path / "run.mp4") is None
    keypoint_file(tmp_path / "walk.npz")
    assert motion_file(tmp_path / "walk.npz") is None
    write_motion_npz(tmp_path / "motion.npz", WALK)
    assert motion_file(tmp_path / "motion.npz") is not None


def test_the_folder_of_a_live_recording_stands_for_its_joints_and_its_times_begin_at_0(tmp_path):
    since_1970 = replace(WALK, times_s=WALK.times_s + 1.8e9)
    WRITERS["npy"](tmp_path / JOINTS.removesuffix(".npy"), since_1970)
    assert motion_file(tmp_path) == tmp_path / JOINTS
    assert read_motion(motion_file(tmp_path)).motion.times_s == pytest.approx(WALK.times_s, abs=1e-6)
    (tmp_path / "video.mp4").write_bytes(b"")
    assert motion_file(tmp_path) is None  # lifting says more


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.mot", "holds joint angles and no joints"),
        ("a.bvh", "is an animated skeleton"),
        ("a.trc", "a.trc"),
        ("a.json", "a.json is not a JSON motion file"),
        ("a.csv", "does not have the columns"),
        ("a.npz", "a.npz is not an npz file"),
        ("a.tsv", "a.tsv is not a QTM export"),
        ("a.c3d", "a.c3d"),
    ],
)
def test_other_content_is_one_line(name, told, tmp_path):
    path = tmp_path / name
    path.write_text("hello\n")
    with pytest.raises(FormatError, match=told) as fault:
        read_motion(motion_file(path))
    assert "\n" not in str(fault.value)


def test_a_part_is_counted_from_the_first_frame():
    later = replace(WALK, times_s=WALK.times_s + 10)
    part = part_of(later, 0.5, 1.0)
    assert len(part) == 15
    assert part.times_s[0] == pytest.approx(10.5)
    assert part_of(later, 0, np.inf) is later
    with pytest.raises(FormatError, match="no frame is in the part"):
        part_of(later, 5, 6)
    assert part.place == PELVIS
