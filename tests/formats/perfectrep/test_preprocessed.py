"""fit3d_preprocessed_data.pkl, written and read."""

import pickle

import numpy as np
import pytest
from support.fit3d_files import left_leg_first, squats
from support.hostile_pickles import GADGETS, MARK

from realtime.errors import FormatError
from realtime.formats.perfectrep.preprocessed import SeenRecording, read_preprocessed, write_preprocessed


def recording(name, frames, **changes):
    joints = squats(frames).astype(np.float32)
    made = {"joints_m": joints, "pixels": 100 * joints[..., :2], "repetitions": (0, 5)} | changes
    return SeenRecording(name, **made)


RECORDINGS = {
    "train": [recording("s03_squat_1", 7), recording("s03_squat_2", 7), recording("s04_dead_lift_1", 3)],
    "test": [recording("s08_squat_1", 4, repetitions=())],
}


@pytest.fixture
def path(tmp_path):
    write_preprocessed(tmp_path / "x.pkl", RECORDINGS)
    return tmp_path / "x.pkl"


def test_what_is_written_is_what_perfectrep_reads(path):
    """Typed from its compress_fit3d.py and datareader_fit3d.py."""
    data = pickle.loads(path.read_bytes())
    train, test = data["train"], data["test"]
    assert (train["2d_joint_inputs"].shape, train["3d_joint_labels"].shape) == ((17, 25, 2), (17, 25, 3))
    assert train["source"].tolist() == ["s03_squat_1"] * 7 + ["s03_squat_2"] * 7 + ["s04_dead_lift_1"] * 3
    assert np.char.find(train["source"], "squat").tolist() == [4] * 14 + [-1] * 3
    assert train["rep_annotations"] == {r.name: [0, 5] for r in RECORDINGS["train"]}
    assert (test["actions"], test["rep_annotations"]) == (["squat"] * 4, {})


def test_names_are_those_that_every_numpy_has(path):
    """NumPy 1 before 1.26 has no numpy._core."""
    assert b"numpy._core" not in path.read_bytes()
    assert b"numpy.core.multiarray" in path.read_bytes()


def test_it_is_read_back(path):
    back = read_preprocessed(path)
    for split, recordings in RECORDINGS.items():
        assert [r.name for r in back[split]] == [r.name for r in recordings]
        for ours, theirs in zip(back[split], recordings, strict=True):
            np.testing.assert_array_equal(ours.joints_m, theirs.joints_m)
            np.testing.assert_array_equal(ours.pixels, theirs.pixels)
            assert ours.repetitions == theirs.repetitions
    assert (back["train"][2].person, back["train"][2].action) == ("s04", "dead_lift")


def test_legs_as_perfectrep_left_them_are_put_in_order(tmp_path):
    joints = squats(6).astype(np.float32)
    theirs = recording("s03_squat_1", 6, joints_m=left_leg_first(joints), pixels=left_leg_first(joints)[..., :2])
    write_preprocessed(tmp_path / "x.pkl", {"train": [theirs], "test": RECORDINGS["test"]})
    (ours,) = read_preprocessed(tmp_path / "x.pkl")["train"]
    np.testing.assert_array_equal(ours.joints_m, joints)
    np.testing.assert_array_equal(ours.pixels, joints[..., :2])


def table(**changes):
    joints = squats(3)
    good = {
        "2d_joint_inputs": joints[..., :2],
        "3d_joint_labels": joints,
        "source": np.array(["s03_squat_1"] * 3),
        "rep_annotations": {},
    }
    return {"train": good | changes, "test": good}


def named(code_point):
    """Three frames whose name begins with what may be no Unicode."""
    return np.full(3, code_point, np.uint32).view("U1")


def nowhere(shape):
    return np.full(shape, np.nan)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1], "does not have the parts train and test"),
        ({"train": {}}, "does not have the parts"),
        (table(source=None), "there is no source for each of the 3 frames"),
        (table(source=np.array(["a", "b"])), "there is no source"),
        (table(source=np.arange(3)), "there is no source"),
        (table(source=named(0x110000)), "source has a name that is no text"),
        (table(source=named(0xD800)), "source has a name that is no text"),
        (table(**{"3d_joint_labels": "none"}), "3d_joint_labels is not an array of points"),
        (table(**{"3d_joint_labels": np.ones((3, 25))}), "not an array of points"),
        (table(**{"3d_joint_labels": np.ones((3, 25, 3), int)}), "not an array of points"),
        (table(**{"3d_joint_labels": np.ones((3, 17, 3))}), r"has the shape \(3, 17, 3\), not \(frames, 25, 3\)"),
        (table(**{"2d_joint_inputs": np.ones((2, 25, 2))}), "3 frames have joints, but 2 have pixels"),
        (table(**{"2d_joint_inputs": nowhere((3, 25, 2))}), "no finite numbers in 3 frames"),
        (table(rep_annotations={"s03_squat_1": [0, [1]]}), "repetitions are not a list of frames"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, data, message):
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(data))
    with pytest.raises(FormatError, match=message) as fault:
        read_preprocessed(tmp_path / "x.pkl")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_nothing_that_a_pickle_asks_for_is_run(tmp_path, monkeypatch, gadget):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.pkl").write_bytes(gadget)
    with pytest.raises(FormatError):
        read_preprocessed(tmp_path / "x.pkl")
    assert not MARK.exists()


def test_a_file_of_a_terabyte_is_not_read(tmp_path):
    with (tmp_path / "x.pkl").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(FormatError, match="has 1048576 MB; files of this kind have at most 4096 MB"):
        read_preprocessed(tmp_path / "x.pkl")
    with pytest.raises(FormatError, match="cannot be read"):
        read_preprocessed(tmp_path / "y.pkl")
