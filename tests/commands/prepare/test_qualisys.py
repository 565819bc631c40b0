"""`prepare qualisys`, on recordings whose markers say who they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.qualisys_files import CORPUS, UPDATED, standing_markers, write_text_layout, write_tsv

from realtime.commands.cli import main as program
from realtime.errors import FormatError, RecordError, UsageError
from realtime.formats.joints_npy import read_joints
from realtime.formats.keypoints_npz import read_keypoints
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.qualisys.miqus_cameras import MIQUS_CAMERAS
from realtime.formats.qualisys.motion import read_qualisys
from realtime.formats.runningpose.data_3d import read_runner_3d, write_runner_3d
from realtime.formats.runningpose.joints_csv import read_runner_csv
from realtime.formats.safe.npz import read_npz
from realtime.formats.videopose3d_npz import read_video_set
from realtime.skeleton import RUNNER18, RUNNER20

HEAD = RUNNER18.index("head_front")


def prepare(*words):
    return program(["prepare", "qualisys", *map(str, words)])


@pytest.fixture
def run(tmp_path):
    """11 frames at 170 a second of markers that move 1 mm along x in each."""
    return write_text_layout(tmp_path / "Ioanna1.txt", standing_markers(11, step_mm=1.0))


def names(folder):
    return {path.name for path in folder.iterdir()}


def stored(path, name="positions_3d"):
    return read_npz(path, [name])[name].item()


def test_the_first_frames_are_cut_and_then_every_second_is_kept(run, tmp_path, capsys):
    assert prepare(run, "--out", tmp_path / "out", "--write", "csv", "--cut-frame", 3) == 0
    assert names(tmp_path / "out") == {"Ioanna1_3D_keypoints.csv"}
    kept = read_runner_csv(tmp_path / "out" / "Ioanna1_3D_keypoints.csv")
    # Frames 3, 5, 7, 9 of 0 to 10: x is 100 mm and the frame's number.
    np.testing.assert_allclose(kept.placed[:, HEAD, 0], [0.103, 0.105, 0.107, 0.109], atol=1e-6)
    told = capsys.readouterr().out
    assert "Ioanna1.txt: 11 frames, 170 a second" in told
    assert "Ioanna1: 4 frames kept, 85 a second\n" in told
    assert f"wrote {tmp_path / 'out' / 'Ioanna1_3D_keypoints.csv'}" in told


def test_every_frame_is_kept_where_the_cameras_are_as_fast(run, tmp_path):
    prepare(run, "--out", tmp_path / "out", "--write", "npz", "--every", 1)
    motion = read_motion_npz(tmp_path / "out" / "Ioanna1.npz")
    assert (motion.skeleton, motion.fps, len(motion)) == (RUNNER20, 170, 11)


def test_a_motion_for_the_viewer(run, tmp_path):
    prepare(run, "--out", tmp_path / "out", "--write", "npy")
    assert names(tmp_path / "out") == {"Ioanna1.npy", "Ioanna1_time.npy", "Ioanna1.json"}
    motion = read_joints(tmp_path / "out" / "Ioanna1.npy")
    assert (motion.skeleton, len(motion)) == (RUNNER20, 6)


def test_both_sets_by_default_with_the_same_names_of_all_cameras(run, tmp_path):
    second = write_tsv(tmp_path / "Josef2.tsv", standing_markers(6), rate_hz=170)
    prepare(run, second, "--out", tmp_path / "out", "--name", "training")
    assert names(tmp_path / "out") == {"data_3d_training.npz", "data_2d_custom_training.npz"}
    positions = stored(tmp_path / "out" / "data_3d_training.npz")
    keypoints = stored(tmp_path / "out" / "data_2d_custom_training.npz", "positions_2d")
    clips = [f"{name}_camera{number}" for name in ("Ioanna1", "Josef2") for number in (1, 2, 3)]
    assert list(positions) == list(keypoints) == clips
    assert [len(positions[clip]) for clip in clips] == [6, 6, 6, 3, 3, 3]
    assert [keypoints[clip]["custom"][0].shape for clip in clips] == [(n, 18, 2) for n in (6, 6, 6, 3, 3, 3)]


def test_the_3d_set_by_hand(run, tmp_path):
    """X = R (P - T) with the numbers that RunningPose publishes for its camera 2."""
    prepare(run, "--out", tmp_path / "out", "--camera", 2, "--write", "3d")
    ((name, points),) = stored(tmp_path / "out" / "data_3d_runningpose.npz").items()
    assert name == "Ioanna1_camera2"
    m = UPDATED.index("HeadFront")
    x, y, z = (100 + 697.331482, 10 * m + 2968.999268, 1000 + 10 * m - 1121.579468)
    expected = (
        0.997871 * x - 0.064902 * y + 0.006349 * z,
        -0.006020 * x + 0.005255 * y + 0.999968 * z,
        -0.064933 * x - 0.997878 * y + 0.004853 * z,
    )
    np.testing.assert_allclose(points[0, HEAD], expected, atol=1e-3)


def test_the_2d_set_has_the_pixels_of_the_3d_set(run, tmp_path):
    prepare(run, "--out", tmp_path / "out", "--camera", 3, "--write", "2d")
    track = read_video_set(tmp_path / "out" / "data_2d_custom_runningpose.npz")
    assert (track.skeleton, track.size_wh, len(track)) == (RUNNER18, (1920, 1080), 6)
    camera = MIQUS_CAMERAS[2]
    expected = camera.pixels(read_qualisys(run).placed[::2, :18])
    np.testing.assert_allclose(track.best()[..., :2], expected, atol=0.01)
    assert len(read_keypoints(tmp_path / "out" / "data_2d_custom_runningpose.npz")) == 6


def test_annotations_and_angles(run, tmp_path):
    prepare(run, "--out", tmp_path / "out", "--write", "coco,angles", "--camera", 1)
    assert names(tmp_path / "out") == {"runningpose_coco.json", "Ioanna1.angles.json"}
    data = json.loads((tmp_path / "out" / "runningpose_coco.json").read_text())
    assert [image["file_name"] for image in data["images"]][-1] == "Ioanna1_camera1/000005.jpg"
    assert len(json.loads((tmp_path / "out" / "Ioanna1.angles.json").read_text())["LKnee"]) == 6


def test_missing_markers_are_counted_and_interpolated_only_in_the_2d_set(tmp_path, capsys):
    points = standing_markers(6, step_mm=1.0)
    points[2, UPDATED.index("LKneeIn")] = np.nan
    run = write_text_layout(tmp_path / "a.txt", points)
    prepare(run, "--out", tmp_path / "out", "--write", "3d,2d,coco", "--camera", 2)
    assert "a: 3 frames kept, 85 a second; markers are missing for left_knee in 1\n" in capsys.readouterr().out
    knee = RUNNER18.index("left_knee")
    ((_, positions),) = stored(tmp_path / "out" / "data_3d_runningpose.npz").items()
    assert np.isnan(positions[:, knee, 0]).tolist() == [False, True, False]
    pixels = read_video_set(tmp_path / "out" / "data_2d_custom_runningpose.npz").best()[:, knee, :2]
    np.testing.assert_allclose(pixels[1], pixels[[0, 2]].mean(0), atol=0.01)
    annotation = json.loads((tmp_path / "out" / "runningpose_coco.json").read_text())["annotations"][1]
    assert annotation["num_keypoints"] == 17


def test_cameras_of_ones_own(run, tmp_path):
    table = {
        "size": [1000, 1000],
        "matrix": [[500, 0, 500], [0, 500, 500], [0, 0, 1]],
        "rotation": [np.pi / 2, 0, 0],
        "translation": [0, 0, 5],
    }
    (tmp_path / "room.json").write_text(json.dumps({"front": table}))
    prepare(run, "--out", tmp_path / "out", "--cameras", tmp_path / "room.json")
    assert list(stored(tmp_path / "out" / "data_3d_runningpose.npz")) == ["Ioanna1_front"]
    with pytest.raises(UsageError, match="--camera 2: there are 1 camera, counted from 1"):
        prepare(run, "--cameras", tmp_path / "room.json", "--camera", 2)


def test_files_of_runningpose_are_taken_as_they_are(run, tmp_path):
    out = tmp_path / "out"
    prepare(run, "--out", out, "--write", "csv,3d", "--camera", 1)
    prepare(out / "Ioanna1_3D_keypoints.csv", "--out", tmp_path / "again", "--write", "3d", "--camera", 1)
    first, second = (stored(folder / "data_3d_runningpose.npz") for folder in (out, tmp_path / "again"))
    np.testing.assert_allclose(second["Ioanna1_camera1"], first["Ioanna1_camera1"], atol=0.01)  # mm

    prepare(out / "data_3d_runningpose.npz", "--out", tmp_path / "npz", "--write", "npz,angles")
    motion = read_motion_npz(tmp_path / "npz" / "Ioanna1_camera1.npz")
    assert (motion.skeleton, len(motion), motion.fps) == (RUNNER18, 6, 85)
    assert (tmp_path / "npz" / "Ioanna1_camera1.angles.json").is_file()
    with pytest.raises(
        UsageError, match=r"Ioanna1_camera1 is where its camera saw it, .* only angles, npy, npz can be"
    ):
        prepare(out / "data_3d_runningpose.npz", "--out", tmp_path / "no")
    assert not (tmp_path / "no").exists()


def test_names_in_a_file_do_not_lead_into_another_folder(tmp_path):
    write_runner_3d(tmp_path / "data_3d_x.npz", {"../../a b": np.ones((2, 18, 3)), "/etc/c": np.ones((2, 18, 3))})
    prepare(tmp_path / "data_3d_x.npz", "--out", tmp_path / "out" / "deep", "--write", "npz")
    assert names(tmp_path / "out" / "deep") == {".._.._a_b.npz", "_etc_c.npz"}
    assert names(tmp_path / "out") == {"deep"}


def test_nothing_is_overwritten_unless_told_to(run, tmp_path):
    out = tmp_path / "out"
    prepare(run, "--out", out, "--write", "csv")
    before = (out / "Ioanna1_3D_keypoints.csv").read_bytes()
    with pytest.raises(RecordError, match=r"Ioanna1_3D_keypoints\.csv exists already"):
        prepare(run, "--out", out, "--write", "csv,npz", "--cut-frame", 1)
    assert names(out) == {"Ioanna1_3D_keypoints.csv"}
    assert (out / "Ioanna1_3D_keypoints.csv").read_bytes() == before
    prepare(run, "--out", out, "--write", "csv", "--cut-frame", 1, "--force")
    assert (out / "Ioanna1_3D_keypoints.csv").read_bytes() != before
    assert names(out) == {"Ioanna1_3D_keypoints.csv"}


@pytest.mark.parametrize(
    ("words", "fault", "says"),
    [
        (["--cut-frame", "11"], UsageError, "--cut-frame 11 leaves nothing of .*, which has 11 frames"),
        (["--camera", "4"], UsageError, "--camera 4: there are 3 cameras"),
        (["--write", "mp4"], UsageError, "--write takes one or more of csv, 3d, 2d, coco, angles, npy, npz"),
        (["--name", "a/b"], UsageError, "--name takes a name of letters"),
        (["--cameras", "no.xml"], FormatError, "no.xml cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, tmp_path, words, fault, says):
    with pytest.raises(fault, match=says) as told:
        prepare(run, "--out", tmp_path / "out", *words)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "out").exists()


def test_two_recordings_of_one_name_and_another_source(run, tmp_path):
    with pytest.raises(UsageError, match="two recordings are called Ioanna1: rename one"):
        prepare(run, run)
    with pytest.raises(UsageError, match="prepare takes one of qualisys, fit3d, keypoints, not 'kinect'"):
        program(["prepare", "kinect", str(run)])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the Qualisys recordings are not here")
def test_the_published_runs(tmp_path, capsys):
    prepare(*sorted(CORPUS.glob("Tindra?.txt.gz")), "--out", tmp_path)
    told = capsys.readouterr().out
    assert "Tindra3: 333 frames kept, 85 a second\n" in told
    assert "Tindra3_camera3: whole in the picture in 333 of 333 frames" in told
    motions = read_runner_3d(tmp_path / "data_3d_runningpose.npz")
    assert len(motions) == 9
    side = motions["Tindra1_camera2"]  # she is a person of 1.6 to 1.8 m who runs to the right, upright in the end
    assert side.root_m[-1, 0] > side.root_m[0, 0] + 5
    assert side.joints[-1, HEAD, 2] > 0.4
