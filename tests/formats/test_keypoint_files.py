"""Keypoint files of the three layouts, good and hostile."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.keypoint_files import (
    npy,
    object_npy,
    walker,
    write_videopose3d_set,
    write_videopose3d_video,
    zipped,
)
from support.poses import SHARED

from realtime.errors import FormatError, RecordError
from realtime.formats.keypoints_npz import read_keypoints, write_keypoints
from realtime.formats.safe.npz import read_npz
from realtime.formats.videopose3d_npz import read_video_set, write_video, write_video_set
from realtime.skeleton import BLAZEPOSE33, COCO17, COCO_FEET21, H36M17, RUNNER18
from realtime.track import single_person_track

LEFT_TURN = SHARED / "data" / "video" / "left_turn.mov.npz"
STOP = SHARED / "data" / "video" / "data_2d_custom_myvideos.npz"


def needs(path):
    return pytest.mark.skipif(not path.exists(), reason=f"the recorded file {path.name} is not here")


# ---- what other programs write -----------------------------------------------------


@needs(LEFT_TURN)
def test_a_real_detectron2_recording():
    track = read_keypoints(LEFT_TURN)
    assert (len(track), track.size_wh, track.skeleton, track.fps) == (120, (1920, 1080), COCO17, None)
    with np.load(LEFT_TURN, allow_pickle=True, encoding="latin1") as plain:  # a file we know
        for ours, theirs in zip(track.people, plain["keypoints"][:, 1], strict=True):
            np.testing.assert_array_equal(ours[0].T, theirs[0][[0, 1, 3]])
        for ours, theirs in zip(track.boxes, plain["boxes"][:, 1], strict=True):
            np.testing.assert_array_equal(ours, theirs)


@needs(STOP)
def test_a_real_custom_set():
    track = read_keypoints(STOP)
    assert (len(track), track.size_wh) == (129, (1920, 1080))
    with np.load(STOP, allow_pickle=True, encoding="latin1") as plain:
        np.testing.assert_array_equal(track.best()[..., :2], plain["positions_2d"].item()["stop.mov"]["custom"][0])


def test_several_people_and_nobody(tmp_path):
    one, two = walker(3), walker(3, at=(300, 80))
    people = [[one[0], two[0]], [], [two[2]]]
    write_videopose3d_video(tmp_path / "v.npz", people, [[0.8, 0.9], [], [0.7]])
    track = read_keypoints(tmp_path / "v.npz")
    assert [len(frame) for frame in track.people] == [2, 0, 1]
    np.testing.assert_array_equal(track.people[0][0][:, :2], one[0])
    best = track.best()
    np.testing.assert_array_equal(best[0, :, :2], two[0])
    assert np.isnan(best[1]).all()
    assert (best[0, :, 2] == 0.25).all()


def test_a_set_of_several_videos_wants_a_name(tmp_path):
    path = tmp_path / "set.npz"
    write_videopose3d_set(path, {"a.mp4": walker(4), "b.mp4": walker(6, at=(0, 0))})
    assert len(read_keypoints(path, "b.mp4")) == 6
    for wrong in (None, "c.mp4"):
        with pytest.raises(FormatError, match=r"one of a\.mp4, b\.mp4"):
            read_keypoints(path, wrong)


COCO_SIDES = [[1, 3, 5, 7, 9, 11, 13, 15], [2, 4, 6, 8, 10, 12, 14, 16]]
H36M_SIDES = [[4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]]


def write_h36m_set(path, metadata, subjects=("S1", "S9")):
    """As VideoPose3D's `data_2d_h36m_*.npz`: by subject, action and camera, without sizes of videos.
    All coordinates of a recording are its number."""
    actions, numbers = ("Directions", "Walking 1"), iter(range(100))
    positions = {
        subject: {action: [np.full((3, 17, 2), next(numbers), np.float32) for _ in range(4)] for action in actions}
        for subject in subjects
    }
    np.savez_compressed(path, positions_2d=positions, metadata=metadata)
    return path


@pytest.mark.parametrize(
    ("metadata", "skeleton"),
    [
        ({"layout_name": "h36m", "num_joints": 17, "keypoints_symmetry": H36M_SIDES}, H36M17),  # cpn_ft_h36m_dbb
        ({"layout_name": "coco", "num_joints": 17, "keypoints_symmetry": COCO_SIDES}, COCO17),  # detectron_pt_coco
        ({"num_joints": 17, "keypoints_symmetry": H36M_SIDES}, H36M17),  # gt
    ],
)
def test_human36m_by_subject_action_and_camera(metadata, skeleton, tmp_path):
    path = write_h36m_set(tmp_path / "data_2d_h36m_gt.npz", metadata)
    for name, number, size_wh in (("S1/Directions/0", 0, (1000, 1002)), ("S9/Walking 1/2", 14, (1000, 1000))):
        track = read_keypoints(path, name)
        assert (len(track), track.size_wh, track.skeleton, track.fps) == (3, size_wh, skeleton, 50)
        assert (track.best()[..., :2] == number).all()


@pytest.mark.parametrize("name", [None, "S9", "S9/Walking 1", "S9/Walking", "S2", "S9/Walking 1/4", "S9/Walking 1/-1"])
def test_human36m_wants_the_name_of_one_recording(name, tmp_path):
    path = write_h36m_set(tmp_path / "data_2d_h36m_gt.npz", {"layout_name": "h36m"})
    with pytest.raises(FormatError, match=r"say which recording with --video, one of S[19]/") as fault:
        read_keypoints(path, name)
    assert "\n" not in str(fault.value)
    listed = str(fault.value).partition("one of ")[2]
    if name in ("S9", "S9/Walking 1"):
        assert "S1" not in listed
        assert "S9/Walking 1/3" in listed
    else:
        assert listed.endswith("… (16 in all)")


@pytest.mark.parametrize("camera", [-1, 4])
def test_a_camera_that_is_not_there(camera, tmp_path):
    path = write_h36m_set(tmp_path / "data_2d_h36m_gt.npz", {"layout_name": "h36m"})
    with pytest.raises(FormatError, match=f"has no camera {camera}; its cameras are 0 to 3"):
        read_video_set(path, "S9", "Walking 1", camera)


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        (None, "does not say which keypoints it has"),
        (3, "does not say which keypoints it has"),
        ({}, "does not say which keypoints it has"),
        ({"keypoints_symmetry": [[1], [2]]}, "does not say which keypoints it has"),
        ({"keypoints_symmetry": 7}, "does not say which keypoints it has"),
        ({"layout_name": "mpii"}, "layout 'mpii'; supported are coco, h36m"),
        ({"layout_name": ["coco"]}, "supported are coco, h36m"),
        ({"layout_name": "coco"}, "does not say how large the images of 'run.mp4' are"),
        ({"layout_name": "coco", "video_metadata": None}, "does not say how large"),
        ({"layout_name": "coco", "video_metadata": {}}, "does not say how large"),
        ({"layout_name": "coco", "video_metadata": {"run.mp4": {}}}, "does not say how large"),
        ({"layout_name": "coco", "video_metadata": {"run.mp4": {"w": 640}}}, "does not say how large"),
        ({"layout_name": "coco", "video_metadata": {"run.mp4": {"w": None, "h": "x"}}}, "does not say how large"),
        ({"layout_name": "coco", "video_metadata": {"run.mp4": {"w": np.inf, "h": 3}}}, "does not say how large"),
    ],
)
def test_a_set_with_odd_metadata_is_refused_in_words(metadata, says, tmp_path):
    arrays = {} if metadata is None else {"metadata": np.array(metadata, object)}
    np.savez(tmp_path / "x.npz", positions_2d=np.array({"run.mp4": {"custom": [walker(3)]}}, object), **arrays)
    with pytest.raises(FormatError, match=says) as fault:
        read_keypoints(tmp_path / "x.npz")
    assert "Error" not in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("metadata", [None, 3, {}, {"w": 640}, {"w": "wide", "h": "high"}, [640, 480]])
def test_one_video_with_odd_metadata_is_refused_in_words(metadata, tmp_path):
    write_videopose3d_video(tmp_path / "good.npz", [[walker(1)[0]]], [[0.9]])
    with np.load(tmp_path / "good.npz", allow_pickle=True) as good:  # a file of our own
        arrays = {name: good[name] for name in ("boxes", "keypoints")}
    if metadata is not None:
        arrays["metadata"] = np.array(metadata, object)
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(FormatError, match=r"does not say how large its images are|has no metadata") as fault:
        read_keypoints(tmp_path / "x.npz")
    assert "Error" not in str(fault.value)


def test_names_of_videos_may_contain_what_separates_actions(tmp_path):
    path = tmp_path / "set.npz"
    write_videopose3d_set(path, {"a/b.mp4": walker(4), "a/c.mp4": walker(6)})
    assert len(read_keypoints(path, "a/c.mp4")) == 6
    with pytest.raises(FormatError, match=r"one of a/b\.mp4, a/c\.mp4$"):
        read_keypoints(path, "a")


# ---- there and back ----------------------------------------------------------------

POINT = st.one_of(st.floats(-50, 2000, width=32), st.just(np.nan))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(POINT, min_size=34, max_size=34), min_size=1, max_size=4))
def test_our_layout_there_and_back(tmp_path, numbers):
    points = np.array(numbers, np.float32).reshape(-1, 17, 2)
    points = np.concatenate([points, np.full_like(points[..., :1], 0.5)], -1)
    points[np.isnan(points).any(-1)] = np.nan
    track = single_person_track(points, (640, 480), COCO17, fps=29.97)
    write_keypoints(tmp_path / "own.npz", track)
    back = read_keypoints(tmp_path / "own.npz")
    assert (back.size_wh, back.fps, back.skeleton) == ((640, 480), 29.97, COCO17)
    seen = np.isfinite(points[..., 0]).any(1)
    np.testing.assert_array_equal(back.best()[seen], points[seen])
    assert [len(frame) for frame in back.people] == list(seen.astype(int))


def test_our_layout_is_plain_arrays_for_everyone(tmp_path):
    points = np.ones((2, 33, 3), np.float32)
    write_keypoints(tmp_path / "own.npz", single_person_track(points, (4, 3), BLAZEPOSE33))
    with np.load(tmp_path / "own.npz", allow_pickle=False) as plain:
        assert plain["xy"].shape == (2, 33, 2)
        assert (str(plain["skeleton"]), plain["fps"], plain["size_wh"].tolist()) == ("blazepose-33", 0, [4, 3])
    assert read_keypoints(tmp_path / "own.npz").fps is None


def test_a_video_of_videopose3d_there_and_back(tmp_path):
    people = [[walker(1)[0], walker(1, at=(300, 0))[0]], []]
    write_videopose3d_video(tmp_path / "theirs.npz", people, [[0.9, 0.8], []])
    track = read_keypoints(tmp_path / "theirs.npz")
    write_video(tmp_path / "ours.npz", track)
    with (
        np.load(tmp_path / "theirs.npz", allow_pickle=True) as theirs,
        np.load(tmp_path / "ours.npz", allow_pickle=True) as ours,
    ):
        assert set(ours) == set(theirs)
        np.testing.assert_array_equal(ours["keypoints"][0, 1], theirs["keypoints"][0, 1])
        assert ours["keypoints"][1, 1] == [] == ours["boxes"][0, 0]
        assert ours["metadata"].item() == theirs["metadata"].item()


def test_a_set_is_filled_between_frames_as_videopose3d_does(tmp_path):
    xy = walker(5)
    points = np.concatenate([xy, np.ones_like(xy[..., :1])], -1)
    points[[0, 2]] = np.nan
    write_video_set(tmp_path / "set.npz", {"a.mp4": single_person_track(points, (640, 480), COCO17)})
    with np.load(tmp_path / "set.npz", allow_pickle=True) as plain:
        filled = plain["positions_2d"].item()["a.mp4"]["custom"][0]
    np.testing.assert_allclose(filled[2], xy[2], atol=1e-4)  # steady, so in the middle of its neighbours
    np.testing.assert_array_equal(filled[0], xy[1])
    np.testing.assert_array_equal(read_keypoints(tmp_path / "set.npz").best()[..., :2], filled)


def test_nobody_at_all_cannot_be_in_a_set(tmp_path):
    nobody = single_person_track(np.full((3, 17, 3), np.nan, np.float32), (640, 480), COCO17)
    with pytest.raises(FormatError, match="nobody"):
        write_video_set(tmp_path / "set.npz", {"empty.mp4": nobody})


@pytest.mark.parametrize(
    ("skeletons", "told"),
    [([COCO17, RUNNER18], "not coco-17 and runner-18"), ([COCO_FEET21], "not coco-feet-21"), ([], "not none")],
)
def test_a_set_has_keypoints_of_one_kind_that_it_knows(tmp_path, skeletons, told):
    tracks = {s.name: single_person_track(np.ones((1, len(s), 3), np.float32), (640, 480), s) for s in skeletons}
    with pytest.raises(FormatError, match=f"one kind of keypoints, coco-17 or h36m-17 or runner-18, {told}$"):
        write_video_set(tmp_path / "set.npz", tracks)


def test_a_folder_that_is_not_there(tmp_path):
    track = single_person_track(np.ones((1, 17, 3), np.float32), (640, 480), COCO17)
    with pytest.raises(RecordError, match="No such file"):
        write_keypoints(tmp_path / "no" / "own.npz", track)


# ---- hostile and broken files ------------------------------------------------------


F4 = "{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}"
BROKEN = {
    "header of 10^9 rows": npy(F4.format("(1000000000, 17, 2)"), b"\0" * 64),
    "negative shape": npy(F4.format("(-1, 17, -2)"), b"\0" * 136),
    "too little data": npy(F4.format("(4, 17, 2)"), b"\0" * 64),
    "no npy": b"hello",
    "empty": b"",
    "header that calls": npy("{'descr': __import__('os').system('touch marker'), 'shape': ()}"),
    "header of version 9": b"\x93NUMPY\x09\x00" + b"\0" * 200,
    "structured": npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 4),
    "objects without pickle": object_npy(b""),
    "objects of another shape": object_npy(b"\x80\x03]."),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_arrays(data, tmp_path):
    with pytest.raises(FormatError) as fault:
        read_npz(zipped(tmp_path / "x.npz", xy=data), ["xy"])
    assert "\n" not in str(fault.value)


def own_arrays(**changed):
    good = {
        "format": 1,
        "xy": np.ones((3, 17, 2), np.float32),
        "score": np.ones((3, 17), np.float32),
        "size_wh": np.array([640, 480]),
        "fps": 30.0,
        "skeleton": "coco-17",
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"format": 2}, "format 2"),
        ({"format": "one"}, "format one"),
        ({"score": None}, "does not contain score"),
        ({"skeleton": "octopus-8"}, "octopus-8"),
        ({"skeleton": "h36m-17", "xy": np.ones((3, 16, 2))}, "of shape"),
        ({"xy": np.ones((3, 17, 3))}, "of shape"),
        ({"xy": np.full((3, 17, 2), "a")}, "of shape"),
        ({"score": np.ones((2, 17))}, "of shape"),
        ({"size_wh": np.array([0, 480])}, "0 x 480"),
        ({"size_wh": np.array([640, 10**9])}, "1000000000"),
        ({"size_wh": np.array([np.nan, np.inf])}, "size_wh"),
        ({"fps": -3.0}, "-3 frames"),
        ({"fps": np.nan}, "nan frames"),
        ({"xy": np.ones((0, 17, 2)), "score": np.ones((0, 17))}, "no frames"),
    ],
)
def test_our_layout_with_wrong_content(changed, says, tmp_path):
    np.savez(tmp_path / "x.npz", **own_arrays(**changed))
    with pytest.raises(FormatError, match=says) as fault:
        read_keypoints(tmp_path / "x.npz")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "arrays",
    [
        {"keypoints": np.zeros((3, 2))},
        {"keypoints": np.zeros(3), "boxes": np.zeros(3), "metadata": np.zeros(3)},
        {"positions_2d": np.array({}, object), "metadata": np.array({}, object)},
        {"positions_2d": np.array([1, None], object), "metadata": np.array(3, object)},
        {"positions_2d": np.array({"a": {"custom": [np.ones((3, 5, 2))]}}, object), "metadata": np.array({}, object)},
        {"weights": np.zeros(3)},
        {},
    ],
)
def test_files_of_something_else(arrays, tmp_path):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(FormatError):
        read_keypoints(tmp_path / "x.npz")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"\0" * 100, b"\x80\x03N."])
def test_files_that_are_no_npz(content, tmp_path):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(FormatError):
        read_keypoints(tmp_path / "x.npz")


def test_no_file(tmp_path):
    with pytest.raises(FormatError, match="No such file"):
        read_keypoints(tmp_path / "x.npz")
    with pytest.raises(FormatError):
        read_keypoints(tmp_path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flipped_byte_is_a_format_error_or_other_numbers(tmp_path, data):
    buffer = io.BytesIO()
    np.savez(buffer, **own_arrays())
    content = bytearray(buffer.getvalue())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (tmp_path / "x.npz").write_bytes(content)
    try:
        read_keypoints(tmp_path / "x.npz")
    except FormatError as error:
        assert "\n" not in str(error)  # noqa: PT017
