"""A recording that is there is never overwritten, and never appended to: it is moved to a folder named after its start.

The list asks for appending where dtype, shape and skeleton match.  A recording here is one run, with one clock, model
and session in joints.json: rows of another would follow it at another time, from another camera, under a wrong name.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.recordings import example_pose, loaded, recording

from realtime.formats.joints_npy import ABOUT, JOINTS, TIMES
from realtime.recording.earlier_run import archive_previous_run

FILES = JOINTS, TIMES, ABOUT  # in the order in which they are moved


def test_an_earlier_run_is_moved_and_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "sub").mkdir()
    for value in (1, 2, 3):
        with recording(tmp_path) as recorder:
            recorder(example_pose(value=value))
    with recording(tmp_path):
        pass
    folders = sorted(path for path in tmp_path.iterdir() if path.is_dir() and path.name != "sub")
    assert len(folders) == 3
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d)?", folder.name) for folder in folders)
    values = [loaded(folder)[0][0, 0, 0] for folder in folders]
    assert sorted(values) == [1, 2, 3]
    assert all(sorted(path.name for path in folder.iterdir()) == sorted(FILES) for folder in folders)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert list((tmp_path / "sub").iterdir()) == []


def test_an_earlier_run_without_a_pose_leaves_nothing_behind(tmp_path):
    for _ in range(3):
        with recording(tmp_path):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, ".recording.lock"])


def test_an_empty_array_of_somebody_else_is_kept(tmp_path):
    np.save(tmp_path / "joints.npy", np.empty((0, 17, 3)))
    with recording(tmp_path):
        pass
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert np.load(folder / "joints.npy").shape == (0, 17, 3)


def test_files_of_the_older_kind_are_moved_as_they_are(tmp_path):
    np.save(tmp_path / "joints.npy", np.ones((1, 17, 3), np.float32))
    before = (tmp_path / "joints.npy").read_bytes()
    place = archive_previous_run(tmp_path)
    assert (place / "joints.npy").read_bytes() == before
    assert archive_previous_run(tmp_path) is None


@pytest.mark.parametrize("about", ["", "{", "[]", '{"started_unix_s": "x"}', '{"started_unix_s": -1}', "[" * 50_000])
def test_a_broken_description_keeps_nothing_from_being_moved(tmp_path, about):
    with recording(tmp_path) as recorder:
        recorder(example_pose(value=5))
    (tmp_path / "joints.json").write_text(about)
    place = archive_previous_run(tmp_path)
    assert (loaded(place)[0] == 5).all()
    assert (place / "joints.json").read_text() == about


def test_a_move_that_was_cut_off_is_finished_in_the_same_folder(tmp_path):
    with recording(tmp_path) as recorder:
        recorder(example_pose(value=5))
    whole = {name: (tmp_path / name).read_bytes() for name in FILES}
    place = archive_previous_run(tmp_path)
    for name in FILES[1:]:
        (place / name).rename(tmp_path / name)
    assert archive_previous_run(tmp_path) == place
    assert {name: (place / name).read_bytes() for name in FILES} == whole


names = st.sampled_from([JOINTS, TIMES, ABOUT, "video.mp4", "video_time.npy"])
contents = st.binary(max_size=300).map(lambda content: b"theirs " + content)  # what cannot be one of ours, torn


@given(before=st.lists(st.dictionaries(names, contents, min_size=1), min_size=1, max_size=4))
def test_whatever_was_in_the_files_is_kept_byte_for_byte(before, tmp_path_factory):
    """Files of any content, of somebody else or broken, at several starts within the same second."""
    folder = tmp_path_factory.mktemp("out")
    for files in before:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with recording(folder) as recorder:
            recorder(example_pose())
    kept = [path.read_bytes() for path in folder.glob("*/*") if path.is_file()]
    for files in before:
        for content in files.values():
            assert content in kept


def test_ten_starts_within_a_second_leave_ten_recordings(tmp_path, figure):
    for value in range(10):
        with recording(tmp_path) as recorder:
            recorder(example_pose(value=value))
    folders = [tmp_path, *(path for path in tmp_path.iterdir() if path.is_dir())]
    assert sorted(loaded(folder)[0][0, 0, 0] for folder in folders) == list(range(10))
    figure(f"{len(folders)} starts one after the other, {len(folders)} recordings, none overwritten or appended to")
