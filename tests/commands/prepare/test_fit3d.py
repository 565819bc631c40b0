"""`prepare fit3d`: Fit3D's folder to what PerfectRep's scripts wrote."""

import pickle

import numpy as np
import pytest
from support.fit3d_files import camera, put, squats, write_fit3d

from realtime.commands.cli import main as program
from realtime.errors import FormatError, PoseError, RecordError, UsageError


def prepare(*words):
    return program(["prepare", "fit3d", *map(str, words)])


@pytest.fixture(scope="module")
def fit3d(tmp_path_factory):
    return write_fit3d(tmp_path_factory.mktemp("fit3d"))


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_clips_and_recordings_are_written_as_perfectrep_named_them(fit3d, tmp_path, capsys):
    out = tmp_path / "data"
    assert prepare(fit3d, "--out", out) == 0
    clips = [f"motion3d/Fit3D/test/{n:08d}.pkl" for n in range(4)] + [
        f"motion3d/Fit3D/train/{n:08d}.pkl" for n in range(16)
    ]
    others = ["motion3d/Fit3D/about.json", "motion3d/fit3d_preprocessed_data.pkl"]
    assert files_in(out) == sorted(clips + others)
    assert capsys.readouterr().out.splitlines() == [
        "train: s03, s04: 8 recordings, 2640 frames, 16 clips of 243 frames",
        "test: s08: 4 recordings, 1320 frames, 4 clips of 243 frames",
        f"wrote {out / 'motion3d' / 'fit3d_preprocessed_data.pkl'}",
        f"wrote {out / 'motion3d' / 'Fit3D'}",
    ]
    clip = pickle.loads((out / clips[-1]).read_bytes())
    assert {name: (array.shape, str(array.dtype)) for name, array in clip.items()} == {
        "data_input": ((243, 17, 3), "float32"),
        "data_label": ((243, 17, 3), "float32"),
    }


def test_clips_of_exercises_are_labelled(fit3d, tmp_path):
    out = tmp_path / "data"
    prepare(fit3d, "--out", out, "--actions", "deadlift,squat", "--hold-out", "s03")
    place = out / "action" / "Fit3D"
    assert {name.rpartition("/")[0] for name in files_in(place)} == {
        f"{split}/{exercise}" for split in ("train", "test") for exercise in ("squat", "deadlift")
    }
    clip = pickle.loads((place / "train" / "squat" / "00000003.pkl").read_bytes())
    assert clip["data_input"].shape == (243, 17, 3)
    np.testing.assert_array_equal(clip["data_label"], np.tile([0, 1], (243, 1)))
    with pytest.raises(UsageError, match="--actions burpees: the exercises are deadlift, squat"):
        prepare(fit3d, "--out", tmp_path / "other", "--actions", "burpees")


def test_nothing_is_overwritten_unless_it_is_told_to_be(fit3d, tmp_path):
    mine = put(tmp_path / "motion3d" / "Fit3D" / "mine.txt", "notes")
    other = put(tmp_path / "motion3d" / "H36M" / "x.txt", "of another set")
    with pytest.raises(RecordError, match="Fit3D exists already and is not overwritten"):
        prepare(fit3d, "--out", tmp_path)
    assert mine.is_file()
    assert prepare(fit3d, "--out", tmp_path, "--force") == 0
    assert not mine.exists()
    assert other.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["motion3d"]


def test_what_perfectrep_prepared_is_cut_to_the_same_clips(fit3d, tmp_path):
    """Its second step alone, as with the file that it offers for download."""
    prepare(fit3d, "--out", tmp_path / "both")
    prepare(tmp_path / "both" / "motion3d" / "fit3d_preprocessed_data.pkl", "--out", tmp_path / "second")
    assert files_in(tmp_path / "second") == files_in(tmp_path / "both")
    for name in files_in(tmp_path / "both"):
        assert (tmp_path / "second" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()


def test_somebody_who_is_not_there_is_said(tmp_path, capsys):
    root = write_fit3d(tmp_path / "raw", actions=("squat",))
    (root / "train" / "s04").rename(root / "s04")
    prepare(root, "--out", tmp_path / "data")
    assert "s04 is named in fit3d_info.json, but is not there: left out" in capsys.readouterr().out


TINY = squats(3)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("joints3d_25/squat.json", {"joints3d_25": np.full((4, 25, 3), np.nan).tolist()}, "no finite numbers"),
        ("joints3d_25/squat.json", {"joints3d_25": TINY[:, :17].tolist()}, "expected joints of shape"),
        ("joints3d_25/squat.json", {"joints3d_25": [[[1, 2, 3]], [[1]]]}, "does not contain joints3d_25"),
        ("camera_parameters/50591643/squat.json", {"extrinsics": {}}, "does not contain extrinsics"),
        (
            "camera_parameters/50591643/squat.json",
            camera((-4.0, 0.0, 1.5)) | {"extrinsics": None},
            "does not contain extrinsics",
        ),
        ("rep_ann.json", {"squat": [[0, 55], 110]}, "not a list of frames"),
    ],
)
def test_a_fault_is_said_in_one_line_and_nothing_is_written(tmp_path, name, content, message):
    put(write_fit3d(tmp_path / "raw", actions=("squat",)) / "train" / "s03" / name, content)
    with pytest.raises(FormatError, match=message) as fault:
        prepare(tmp_path / "raw", "--out", tmp_path / "data")
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "data").exists()


def test_a_camera_that_is_missing_is_named(tmp_path):
    root = write_fit3d(tmp_path / "raw", actions=("squat",))
    (root / "train" / "s04" / "camera_parameters" / "65906101" / "squat.json").unlink()
    with pytest.raises(FormatError, match=r"s04.camera_parameters.65906101.squat.json is missing"):
        prepare(root, "--out", tmp_path / "data")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "b"], "takes one folder, not 2"),
        (["a", "--write", "3d"], "--write belongs to"),
        (["a"], "is not a data set"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PoseError, match=message):
        prepare(*words)


def test_a_folder_that_cannot_be_written_is_said(fit3d, tmp_path):
    put(tmp_path / "data", "a file")
    with pytest.raises(RecordError, match="cannot write"):
        prepare(fit3d, "--out", tmp_path / "data")
