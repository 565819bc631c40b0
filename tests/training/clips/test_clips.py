"""Clips of Fit3D: where they are cut, their scale, and the places that recordings are read from."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fit3d_files import CAMERAS, FRAMES, LENS, camera, joints_of, put, squats, write_fit3d

from realtime.commands.cli import main as program
from realtime.errors import FormatError, UsageError
from realtime.formats.perfectrep.clips import read_clip
from realtime.formats.perfectrep.preprocessed import SeenRecording
from realtime.training.clips.clips import STRIDES, cut, cut_recordings, cut_sets
from realtime.training.clips.recordings import read_seen_recordings
from realtime.training.clips.scale import Scale


def test_clips_begin_every_stride_as_long_as_they_fit():
    """Where PerfectRep's split_clips begins them."""
    assert cut(330, 243, 81)[:, [0, -1]].tolist() == [[0, 242], [81, 323]]
    assert cut(243, 243, 81).tolist() == [list(range(243))]
    assert cut(729, 243, 243)[:, 0].tolist() == [0, 243, 486]
    assert cut(728, 243, 243)[:, 0].tolist() == [0, 243]


@given(st.integers(1, 60), st.integers(1, 30), st.integers(1, 30))
def test_every_clip_is_whole_and_in_the_recording(frames, length, stride):
    rows = cut(frames, length, stride)
    assert rows.shape[1:] == (length,)
    assert (rows.min(), rows.max()) >= (0, 0)
    assert rows.max() < frames
    steps = np.diff(rows, axis=1)
    if frames < length:  # stretched: all frames, none of them much longer than another
        assert np.ptp(np.bincount(rows[0], minlength=frames)) <= 1
        assert ((steps == 0) | (steps == 1)).all()
    else:
        assert (steps == 1).all()
        assert len(rows) == (frames - length) // stride + 1


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return write_fit3d(tmp_path_factory.mktemp("fit3d"))


@pytest.fixture(scope="module")
def prepared(raw, tmp_path_factory):
    out = tmp_path_factory.mktemp("data")
    assert program(["prepare", "fit3d", str(raw), "--out", str(out)]) == 0
    return out


def test_a_recording_is_where_its_camera_saw_it(raw):
    """The projection without the lens' distortion is a matrix product; the rest is small and tested by hand."""
    split = read_seen_recordings(raw)
    assert {name: sorted({r.person for r in recordings}) for name, recordings in split.items()} == {
        "train": ["s03", "s04"],
        "test": ["s08"],
    }
    seen = next(r for r in split["test"] if r.name == "s08_squat_65906101")
    data = camera(CAMERAS["65906101"])["extrinsics"]
    room = joints_of("s08", "squat")
    axes = np.einsum("ij,tkj->tki", np.array(data["R"]), room - np.array(data["T"]))
    np.testing.assert_allclose(seen.joints_m, axes, atol=1e-5)
    straight = axes[..., :2] / axes[..., 2:] * LENS["f"][0] + LENS["c"][0]
    assert np.abs(seen.pixels - straight).max() < 15
    assert np.abs(seen.pixels - straight).max() > 1
    assert seen.repetitions == (0, 55, 110, 165, 220, 275)


@pytest.mark.parametrize(
    ("held_out", "message"),
    [
        (["s05"], "--hold-out s05: the people are s03, s04, s08"),
        (["s03", "s04", "s08"], "nobody is left to train on"),
    ],
)
def test_somebody_is_on_either_side(raw, held_out, message):
    with pytest.raises(UsageError, match=message):
        read_seen_recordings(raw, held_out)


def test_without_the_people_of_perfectreps_test_somebody_else_is_asked_for(tmp_path):
    with pytest.raises(
        UsageError, match="nobody is left to test on: give some people as --hold-out; the people are s03, s04"
    ):
        read_seen_recordings(write_fit3d(tmp_path, people=("s03", "s04"), actions=("squat",)))


def test_somebody_behind_the_camera_is_said(tmp_path):
    write_fit3d(tmp_path, actions=("squat",))
    away = camera((4.0, 2.5, 1.5))
    away["extrinsics"]["T"] = [[-9.0, -9.0, 1.5]]
    put(tmp_path / "train/s04/camera_parameters/65906101/squat.json", away)
    with pytest.raises(FormatError, match=r"65906101.squat.json: somebody is behind the camera"):
        read_seen_recordings(tmp_path)


def test_one_scale_for_all(raw):
    recordings = read_seen_recordings(raw)
    sets = cut_sets(recordings)
    scale, seen = sets.scale, recordings["train"]
    pixels, metres = (np.concatenate([getattr(r, name)[..., :2] for r in seen]) for name in ("pixels", "joints_m"))
    for points, centre, unit in (
        (pixels, scale.centre_px, scale.unit_px),
        (metres, scale.centre_m, scale.unit_m),
    ):
        scaled = (points - centre) / unit
        extents = np.stack([scaled.min((0, 1)), scaled.max((0, 1))])
        assert extents.sum(0) == pytest.approx([0, 0], abs=1e-5)  # as far to one side as to the other
        assert np.abs(extents).max() == pytest.approx(1)
    for split, clips in (("train", sets.train), ("test", sets.test)):
        inputs, labels = clips.batch(np.arange(len(clips)))
        rows = cut(FRAMES, 243, STRIDES[split])
        truth = np.concatenate([r.joints_m[rows, :17] for r in recordings[split]])
        back = labels * scale.unit_m + [*scale.centre_m, 0]
        np.testing.assert_allclose(back[..., :2], truth[..., :2], atol=1e-5)
        np.testing.assert_allclose(back[..., 2], truth[..., 2] - truth[..., :1, 2], atol=1e-5)
        pixels = np.concatenate([r.pixels[rows, :17] for r in recordings[split]])
        np.testing.assert_allclose(inputs[..., :2] * scale.unit_px + scale.centre_px, pixels, atol=1e-2)
        assert (inputs[..., 2] == 1).all()
        assert clips.sources[:2] == (recordings[split][0].name,) * 2 if split == "train" else clips.sources


def test_points_at_one_place_have_no_scale():
    still = np.zeros((4, 25, 3), np.float32)
    with pytest.raises(FormatError, match="there is no scale"):
        Scale.of([SeenRecording("s03_squat_1", still, still[..., :2])])


def test_clips_come_back_from_their_files(raw, prepared):
    sets = cut_sets(read_seen_recordings(raw))
    for split, clips in (("train", sets.train), ("test", sets.test)):
        files = sorted((prepared / "motion3d" / "Fit3D" / split).glob("*.pkl"))
        assert len(files) == len(clips)
        for number, path in enumerate(files):
            for ours, theirs in zip(read_clip(path), clips.batch(number), strict=True):
                np.testing.assert_array_equal(ours, theirs)
    about = json.loads((prepared / "motion3d" / "Fit3D" / "about.json").read_text())
    assert about["scale"]["unit_m"] == sets.scale.unit_m
    assert (about["train"], about["test"]) == (list(sets.train.sources), list(sets.test.sources))


def test_clips_alone_are_not_in_metres(prepared, tmp_path):
    shutil.copytree(prepared / "motion3d" / "Fit3D", tmp_path / "motion3d" / "Fit3D")
    for place in (tmp_path, tmp_path / "motion3d", tmp_path / "motion3d" / "Fit3D"):
        with pytest.raises(FormatError, match=r"has clips, but not fit3d_preprocessed_data\.pkl"):
            read_seen_recordings(place)


def test_recordings_are_the_same_wherever_they_are_read_from(raw, prepared):
    ours = read_seen_recordings(raw)
    for place in (prepared, prepared / "motion3d", prepared / "motion3d" / "fit3d_preprocessed_data.pkl"):
        for split, recordings in read_seen_recordings(place).items():
            for one, other in zip(recordings, ours[split], strict=True):
                assert (one.name, one.repetitions) == (other.name, other.repetitions)
                np.testing.assert_array_equal(one.joints_m, other.joints_m)
                np.testing.assert_array_equal(one.pixels, other.pixels)


def test_another_folder_is_no_data_set(tmp_path):
    with pytest.raises(FormatError, match=r"is not a data set: .*docs/form-data.md"):
        read_seen_recordings(tmp_path / "nowhere")


def test_people_of_prepared_files_can_be_split_anew(prepared):
    split = read_seen_recordings(prepared, ["s03"])
    assert {name: {r.person for r in recordings} for name, recordings in split.items()} == {
        "train": {"s04", "s08"},
        "test": {"s03"},
    }


def test_a_short_recording_is_one_clip():
    joints = squats(100).astype(np.float32)
    recording = SeenRecording("s03_squat_1", joints, joints[..., :2])
    clips = cut_recordings([recording], Scale.of([recording]), 81)
    assert clips.rows.shape == (1, 243)
    assert clips.batch(0)[0].shape == (243, 17, 3)
