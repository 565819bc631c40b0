"""A file torn at any length, in its header or its last row, is repaired, or refused in one line; never a crash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.recordings import example_pose, recording

from realtime.errors import FormatError
from realtime.formats.joints_npy import read_joints
from realtime.recording.earlier_run import archive_previous_run
from realtime.recording.npy_log import HEADER_BYTES, header, repair, whole_rows

SHAPE = (17, 3)


def log_bytes(rows, extra=b""):
    return header(rows, SHAPE, "<f4") + np.arange(rows * 51, dtype="<f4").tobytes() + extra


@pytest.fixture
def log_file(tmp_path):
    return tmp_path / "log.npy"


def test_a_file_cut_anywhere_is_repaired(log_file):
    whole = log_bytes(3)
    for length in range(len(whole) + 1):
        log_file.write_bytes(whole[:length])
        rows = whole_rows(log_file, SHAPE, "<f4")
        assert rows == max(0, length - HEADER_BYTES) // 204
        repair(log_file, rows, SHAPE, "<f4")
        np.testing.assert_array_equal(np.load(log_file).ravel(), np.arange(rows * 51))
        assert log_file.stat().st_size == HEADER_BYTES + rows * 204


def test_a_header_lost_from_anywhere_is_repaired(log_file):
    whole = log_bytes(3)
    for length in range(HEADER_BYTES + 1):  # as a power cut may leave it: zeros, the rows behind
        log_file.write_bytes(whole[:length] + bytes(HEADER_BYTES - length) + whole[HEADER_BYTES:])
        assert whole_rows(log_file, SHAPE, "<f4") == 3
        repair(log_file, 3, SHAPE, "<f4")
        assert log_file.read_bytes() == whole


def test_rows_that_were_put_but_not_counted_are_dropped(log_file):
    log_file.write_bytes(log_bytes(3, b"x" * 300))
    assert whole_rows(log_file, SHAPE, "<f4") == 3


@given(junk=st.binary(max_size=400), keep=st.integers(0, 80))
@settings(max_examples=200)
def test_what_is_not_ours_is_refused_and_never_touched(tmp_path_factory, junk, keep):
    path = tmp_path_factory.mktemp("junk") / "log.npy"
    content = log_bytes(0)[:keep] + junk
    path.write_bytes(content)
    try:
        rows = whole_rows(path, SHAPE, "<f4")
    except ValueError:
        assert path.read_bytes() == content
    else:
        repair(path, rows, SHAPE, "<f4")
        assert np.load(path).shape == (rows, *SHAPE)


def test_both_arrays_are_repaired_to_the_shorter(tmp_path):
    with recording(tmp_path) as recorder:
        for value in range(5):
            recorder(example_pose(value=value))
    with (tmp_path / "joints_time.npy").open("r+b") as file:
        file.truncate(HEADER_BYTES + 3 * 8 + 5)
    place = archive_previous_run(tmp_path)
    assert np.load(place / "joints.npy")[:, 0, 0].tolist() == [0, 1, 2]
    assert np.load(place / "joints_time.npy").shape == (3,)


def test_readers_of_a_file_torn_anywhere_get_whole_rows_or_one_line(tmp_path, figure):
    """The viewer's and `lift`'s way to a recording, at every length of both arrays, and of a header in zeros."""
    with recording(tmp_path) as recorder:
        for value in range(3):
            recorder(example_pose(value=value))
    refused = read = 0
    for name in ("joints.npy", "joints_time.npy"):
        whole = (tmp_path / name).read_bytes()
        torn = [whole[:length] for length in range(len(whole))]
        torn += [whole[:length] + bytes(HEADER_BYTES - length) + whole[HEADER_BYTES:] for length in range(HEADER_BYTES)]
        for content in torn:
            (tmp_path / name).write_bytes(content)
            try:
                motion = read_joints(tmp_path / "joints.npy")
            except FormatError as fault:
                assert "\n" not in str(fault)  # noqa: PT017 - either way is right
                refused += 1
            else:
                assert motion.joints[:, 0, 0].tolist() == list(range(len(motion)))
                read += 1
        (tmp_path / name).write_bytes(whole)
    figure(f"{refused + read} torn files: {refused} refused in one line, {read} read as far as they go, 0 crashes")


@given(length=st.integers(0, 192 + 3 * 204), of_times=st.integers(0, 192 + 3 * 8))
def test_both_torn_by_a_power_cut_start_a_new_recording_and_keep_whole_rows(length, of_times, tmp_path_factory):
    folder = tmp_path_factory.mktemp("torn")
    with recording(folder) as recorder:
        for value in range(3):
            recorder(example_pose(value=value))
    for name, size in (("joints.npy", length), ("joints_time.npy", of_times)):
        with (folder / name).open("r+b") as file:
            file.truncate(size)
    place = archive_previous_run(folder)
    rows = min(max(0, length - HEADER_BYTES) // 204, max(0, of_times - HEADER_BYTES) // 8)
    if place is not None:
        assert np.load(place / "joints.npy")[:, 0, 0].tolist() == list(range(rows))
        assert len(np.load(place / "joints_time.npy")) == rows
    else:
        assert rows == 0
