import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_estimates import estimate
from support.standing import standing as standing_as
from support.viewer_scenes import standing, walk

from realtime.errors import FormatError
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17, RUNNER20
from realtime.viewer.player import HOLD_S, Player, Recording, read_recording


def write(folder, joints, times=None, about=None):
    path = folder / "joints.npy"
    np.save(path, joints)
    if times is not None:
        np.save(folder / "joints_time.npy", times)
    if about is not None:
        (folder / "joints.json").write_text(json.dumps(about))
    return path


def test_without_times_thirty_frames_a_second_are_assumed(tmp_path):
    recording = read_recording(write(tmp_path, walk(60)))
    assert not recording.timed
    assert recording.duration_s == pytest.approx(2.0)
    assert [recording.frame_at(t) for t in (-1, 0, 0.033, 1 / 30, 1.0, 9.0)] == [0, 0, 0, 1, 30, 59]


def test_times_beside_the_file_are_kept(tmp_path):
    times = 1.7e9 + np.array([0.0, 0.1, 0.4])
    recording = read_recording(write(tmp_path, walk(3), times))
    assert recording.timed
    assert recording.t_s == pytest.approx([0, 0.1, 0.4], abs=1e-6)
    assert [recording.frame_at(t) for t in (0.05, 0.15, 0.5)] == [0, 1, 2]


def test_the_shorter_of_two_files_counts(tmp_path):
    recording = read_recording(write(tmp_path, walk(5), np.arange(4.0)))
    assert len(recording.joints) == len(recording.t_s) == 4
    recording = read_recording(write(tmp_path, walk(3), np.arange(4.0)))
    assert len(recording.joints) == len(recording.t_s) == 3


def test_one_frame_of_the_older_program(tmp_path):
    recording = read_recording(write(tmp_path, walk(1)))
    assert recording.view(0.0).joints is not None
    assert recording.duration_s > 0


def test_what_the_recorder_writes_is_read_also_while_it_grows(tmp_path):
    recorder = Recorder(tmp_path, H36M17, source="demo", model="causal-27", min_free_bytes=0)
    for i in range(5):
        recorder(estimate(i).pose)
        recording = read_recording(tmp_path / "joints.npy")
        assert len(recording.joints) == i + 1
    recorder.close()
    np.testing.assert_array_equal(recording.joints[-1], estimate(4).pose.xyz)


def test_a_gap_shows_nobody(tmp_path):
    recording = read_recording(write(tmp_path, walk(4), np.array([0.0, 0.03, 0.06, 5.0])))
    assert recording.view(0.2).joints is not None
    assert recording.view(0.05 + HOLD_S).headline == ""
    assert recording.view(3.0).headline == "no person"


def test_frames_that_are_not_finite_show_nobody(tmp_path):
    joints = walk(9)
    joints[4, 2, 1] = np.nan
    recording = read_recording(write(tmp_path, joints))
    assert recording.view(4 / 30).headline == "no person"
    for i in (0, 3, 5, 8):
        assert np.isfinite(recording.view(i / 30).joints).all()


def test_the_person_stands_on_the_floor(tmp_path):
    view = read_recording(write(tmp_path, np.repeat(standing()[None], 30, 0))).view(0.5)
    np.testing.assert_allclose(view.joints, standing() + (0, 0, 0.96), atol=1e-5)


BAD_ARRAYS = {
    "shape": np.zeros((17, 3)),
    "joints": np.zeros((4, 16, 3)),
    "scalar": np.float32(1),
    "integers": np.zeros((4, 17, 3), int),
    "complex": np.zeros((4, 17, 3), complex),
    "text": np.array(["a"]),
    "empty": np.zeros((0, 17, 3)),
}


@pytest.mark.parametrize("array", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_wrong_arrays_are_told_in_one_line(tmp_path, array):
    with pytest.raises(FormatError, match=r"joints\.npy") as told:
        read_recording(write(tmp_path, array))
    assert "\n" not in str(told.value)


def test_what_is_given_instead_is_told_with_what_to_do(tmp_path):
    video = tmp_path / "walk.mp4"
    video.write_bytes(b"\0\0\0\x20ftypisom")
    with pytest.raises(FormatError, match=rf"a video is lifted first: .* lift {video}$"):
        read_recording(video)
    with pytest.raises(FormatError, match=rf"^{tmp_path} is a folder; a recording's joints\.npy can be played$"):
        read_recording(tmp_path)
    write(tmp_path, walk(4))
    with pytest.raises(FormatError, match=rf"^{tmp_path} is a folder: give {tmp_path / 'joints.npy'}$"):
        read_recording(tmp_path)


def broken_files():
    whole = np.lib.format
    return {
        "nothing": b"",
        "not numpy": b"hello, this is not an array",
        "cut header": whole.magic(1, 0) + b"\x00",
        "text": b"\x93NUMPY" + b"x" * 100,
    }


@pytest.mark.parametrize("content", broken_files().values(), ids=broken_files())
def test_broken_files_are_told_in_one_line(tmp_path, content):
    path = tmp_path / "joints.npy"
    path.write_bytes(content)
    with pytest.raises(FormatError) as told:
        read_recording(path)
    assert "\n" not in str(told.value)


def test_cut_and_pickled_and_zipped_and_missing_files(tmp_path):
    path = write(tmp_path, walk(9))
    path.write_bytes(path.read_bytes()[:-100])
    for make in (
        lambda: None,
        lambda: np.save(path, np.array([{"a": 1}], object), allow_pickle=True),
        lambda: path.write_bytes((np.savez(tmp_path / "z.npz", a=walk(2)), (tmp_path / "z.npz").read_bytes())[1]),
        path.unlink,
        path.mkdir,
    ):
        make()
        with pytest.raises(FormatError) as told:
            read_recording(path)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("times", [np.zeros((3, 2)), np.array([0, np.nan, 1]), np.arange(3), np.zeros(0)])
def test_wrong_times_are_told(tmp_path, times):
    with pytest.raises(FormatError, match=r"joints_time\.npy"):
        read_recording(write(tmp_path, walk(3), times))


def test_times_that_fall_back_are_held(tmp_path):
    assert (np.diff(read_recording(write(tmp_path, walk(4), np.array([0.0, 2, 1, 3]))).t_s) >= 0).all()


def test_another_skeleton_is_refused_by_name(tmp_path):
    with pytest.raises(FormatError, match="runner-18"):
        read_recording(write(tmp_path, walk(2), about={"skeleton": "runner-18"}))
    read_recording(write(tmp_path, walk(2), about={"skeleton": "h36m-17"}))


def test_a_runner_plays_with_its_feet(tmp_path):
    poses = np.repeat(standing_as(RUNNER20)[None], 4, 0)
    poses -= poses[:, RUNNER20.root, None]
    poses[2, 3] = np.nan
    recording = read_recording(write(tmp_path, poses, about={"skeleton": "runner-20"}))
    view = recording.view(0.0)
    assert view.own_feet
    np.testing.assert_allclose(view.feet[0], [[-0.1, 0.07, 0.025], [-0.1, 0.27, 0.025]], atol=1e-5)
    assert recording.view(2 / 30).headline == "no person"


def test_a_skeleton_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(FormatError, match="uses the skeleton 'body-99', which cannot be drawn"):
        read_recording(write(tmp_path, walk(2), about={"skeleton": "body-99"}))


def test_a_broken_description_is_told(tmp_path):
    path = write(tmp_path, walk(2))
    for text in ("{", "[1]", "3"):
        (tmp_path / "joints.json").write_text(text)
        with pytest.raises(FormatError, match=r"joints\.json"):
            read_recording(path)


def of(frames):
    return Recording(walk(frames), np.arange(frames) / 30, np.zeros(frames), timed=False)


def test_the_player_plays_to_the_end_and_again():
    player = Player(of(30))
    player.advance(0.4)
    assert player.t_s == pytest.approx(0.4)
    player.advance(5.0)
    assert (player.at_end, player.playing) == (True, False)
    player.toggle()
    assert (player.t_s, player.playing) == (0.0, True)


def test_pause_speed_and_steps():
    player = Player(of(30), speed=2.0)
    player.advance(0.1)
    assert player.t_s == pytest.approx(0.2)
    player.toggle()
    player.advance(1.0)
    assert player.t_s == pytest.approx(0.2)
    player.step(1)
    assert player.recording.frame_at(player.t_s) == 7
    player.step(-100)
    assert player.t_s == 0.0
    player.seek(99.0)
    player.step(-1)
    assert player.recording.frame_at(player.t_s) == 28
    player.change_speed(faster=True)
    assert player.speed == 4.0
    for _ in range(9):
        player.change_speed(faster=False)
    assert player.speed == 0.1


@given(st.lists(st.floats(0, 10), min_size=1, max_size=20), st.floats(0, 12))
def test_frame_at_is_the_last_frame_begun(times, t_s):
    t = np.sort(np.array(times)) - min(times)
    recording = Recording(walk(len(t)), t, np.zeros(len(t)), timed=True)
    frame = recording.frame_at(t_s)
    assert t[frame] <= t_s + 1e-6
    assert frame == len(t) - 1 or t[frame + 1] > t_s


def test_a_recording_in_a_room_keeps_its_floor_and_stays_in_view(tmp_path):
    joints = walk(60) + np.float32([0, 4, 1.1])
    joints[:, :, 0] += np.arange(60, dtype=np.float32)[:, None] / 20
    recording = read_recording(write(tmp_path, joints, about={"skeleton": H36M17.name, "place": "room"}))
    shown = np.array([recording.view(i / 30).joints for i in range(60)])
    assert shown[..., 2] == pytest.approx(joints[..., 2])
    assert np.abs(shown[:, 0, :2]).max() <= 0.8


def test_a_recording_in_a_room_that_was_copied_alone_stays_in_view(tmp_path):
    recording = read_recording(write(tmp_path, walk(30) + np.float32([0, 4, 1.1])))
    shown = np.array([recording.view(i / 30).joints for i in range(30)])
    assert np.abs(shown[:, 0, :2]).max() <= 0.8
