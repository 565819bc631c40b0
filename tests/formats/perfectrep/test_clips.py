"""Clips in PerfectRep's layout, written and read."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import FormatError
from realtime.formats.perfectrep.clips import clip_name, read_clip, write_about, write_clip


def clip(frames=5, **changes):
    points = np.linspace(-1, 1, frames * 51).reshape(frames, 17, 3)
    return {"data_input": points, "data_label": points / 2} | changes


def written(folder, data):
    (folder / "x.pkl").write_bytes(data if isinstance(data, bytes) else pickle.dumps(data))
    return folder / "x.pkl"


def test_a_clip_comes_back(tmp_path):
    inputs, label = (part.astype(np.float32) for part in clip().values())
    write_clip(tmp_path / clip_name(7), inputs, label)
    assert (tmp_path / "00000007.pkl").is_file()
    for ours, theirs in zip(read_clip(tmp_path / "00000007.pkl"), (inputs, label), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("protocol", range(2, 6))
def test_clips_of_perfectrep_are_read(tmp_path, protocol):
    """Its inputs have 64 bits, its labels 32."""
    data = clip(data_label=np.zeros((5, 17, 3), np.float32))
    inputs, label = read_clip(written(tmp_path, pickle.dumps(data, protocol)))
    assert (inputs.dtype, label.dtype) == (np.float32, np.float32)
    assert inputs == pytest.approx(data["data_input"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is damaged"),
        (b"no pickle at all", "is"),
        ([1, 2], "is not a clip"),
        ({}, "has no array data_input"),
        (clip(data_label="squat"), "has no array data_label"),
        (clip(data_label=np.eye(3, dtype=int)), "has no array data_label"),
        (clip(data_input=np.zeros((5, 25, 3))), r"data_input has the shape \(5, 25, 3\), not \(frames, 17, 3\)"),
        (clip(data_label=np.zeros((4, 17, 3))), r"\(5, 17, 3\), but data_label \(4, 17, 3\)"),
        (clip(data_label=np.full((5, 17, 3), np.nan)), "not finite, or are not scaled to -1..1"),
        (clip(data_label=np.full((5, 17, 3), 900.0)), "not scaled to -1..1"),
        (clip(data_input=np.zeros((0, 17, 3))), "shape"),
        ([None] * 20_000, "more than 10000 opcodes"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, data, message):
    with pytest.raises(FormatError, match=message) as fault:
        read_clip(written(tmp_path, data))
    assert "\n" not in str(fault.value)


def test_a_large_file_is_not_read(tmp_path):
    with (tmp_path / "x.pkl").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(FormatError, match="has 1024 MB"):
        read_clip(tmp_path / "x.pkl")


GOOD = pickle.dumps(clip(2), 3)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_damaged_clip_is_a_format_error_or_another_clip(tmp_path_factory, at, byte):
    data = bytearray(GOOD)
    data[at] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.pkl"
    path.write_bytes(bytes(data))
    try:
        read_clip(path)
    except FormatError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_what_is_known_of_clips_is_json(tmp_path):
    write_about(tmp_path, {"rate_hz": 50.0, "train": ["s03_squat_1"]})
    assert json.loads((tmp_path / "about.json").read_text()) == {"rate_hz": 50.0, "train": ["s03_squat_1"]}
