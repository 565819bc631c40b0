"""Poses into files: what is in them, and a folder that goes.  What survives is in tests/reliability/recording."""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from support.recordings import child, example_pose, loaded, record_until, recording

from realtime.errors import RecordError
from realtime.formats.joints_npy import ABOUT, JOINTS, TIMES, read_joints
from realtime.pose import BRIDGED, NO_PERSON, WARMING_UP
from realtime.recording.npy_log import HEADER_BYTES, NpyLog, header
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17

FILES = JOINTS, TIMES, ABOUT  # in the order in which they are moved


# The files


def test_valid_poses_are_recorded_in_order(tmp_path):
    with recording(tmp_path) as recorder:
        for index, reason in enumerate(["ok", NO_PERSON, WARMING_UP, BRIDGED, "stale_camera", "ok"]):
            recorder(example_pose(index, reason, value=index))
        assert recorder.rows == 4
    joints, times = loaded(tmp_path)
    assert joints.shape == (4, 17, 3)
    assert joints.dtype == np.dtype("<f4")
    assert times.dtype == np.dtype("<f8")
    assert joints[:, 0, 0].tolist() == [0, 2, 3, 5]
    assert (np.diff(times) >= 0).all()


def test_numbers_that_are_not_finite_are_not_recorded(tmp_path):
    with recording(tmp_path) as recorder:
        for value in (np.nan, 1, np.inf, -np.inf, 2):
            recorder(example_pose(value=value))
        for value in (np.nan, np.inf):
            unsure = example_pose(value=3)
            unsure.score[7] = value
            recorder(unsure)
    assert loaded(tmp_path)[0][:, 3, 1].tolist() == [1, 2]


def test_times_are_those_of_capture(tmp_path):
    one = example_pose()
    with recording(tmp_path) as recorder:
        recorder(one)
    assert loaded(tmp_path)[1][0] == pytest.approx(one.t_unix_ns / 1e9, abs=1e-3)


def test_an_empty_recording_can_be_loaded(tmp_path):
    with recording(tmp_path):
        joints, times = loaded(tmp_path)
    assert joints.shape == (0, 17, 3)
    assert times.shape == (0,)


def test_joints_json_tells_what_the_numbers_mean(tmp_path):
    with recording(tmp_path / "new" / "folder", session="5eed"):
        about = json.loads((tmp_path / "new" / "folder" / "joints.json").read_text())
    assert about["skeleton"] == "h36m-17"
    assert tuple(about["joints"]) == H36M17.joints
    assert (about["unit"], about["origin"], about["model"], about["session"]) == ("m", "pelvis", "causal-27", "5eed")
    assert about["height_m"] is None


def test_joints_json_tells_the_height_that_was_told(tmp_path):
    with recording(tmp_path, height_m=1.8) as recorder:
        recorder(example_pose())
        assert json.loads((tmp_path / "joints.json").read_text())["height_m"] == 1.8
    assert read_joints(tmp_path / "joints.npy").height_m == 1.8


def test_the_growing_file_can_be_loaded_at_any_moment(tmp_path):
    stop, faults, seen = threading.Event(), [], []

    def read():
        while not stop.is_set():
            try:
                joints = np.load(tmp_path / "joints.npy")
                if len(joints) and joints[-1, 0, 0] != len(joints) - 1:
                    faults.append(len(joints))
                seen.append(len(joints))
            except (ValueError, OSError, EOFError) as fault:
                faults.append(fault)

    with recording(tmp_path) as recorder:
        reader = threading.Thread(target=read)
        reader.start()
        while recorder.rows < 3000 or len(set(seen)) < 11:  # so that it did read while the file grew
            recorder(example_pose(value=recorder.rows))
        stop.set()
        reader.join()
    assert not faults


# A folder that goes


@pytest.fixture
def interrupted(tmp_path, monkeypatch):
    """A recorder of 3 rows whose folder was moved away, and that has noticed it."""
    monkeypatch.setattr("realtime.recording.recorder._CHECK_EVERY_S", 0.0)
    folder = tmp_path / "out"
    with recording(folder) as recorder:
        for value in range(3):
            recorder(example_pose(value=value))
        folder.rename(tmp_path / "away")
        record_until(recorder, lambda: recorder.fault, 10**7)
        yield recorder


def test_a_folder_that_is_gone_is_told_in_honest_words(interrupted, caplog):
    missed = interrupted.missed
    for _ in range(10):
        interrupted(example_pose(value=-1))
    assert interrupted.missed == missed + 10
    assert interrupted.fault.endswith("is paused: its files are missing; restore the folder, or create it again")
    assert not interrupted.folder.exists()


def test_in_a_folder_that_comes_back_the_recording_goes_on(interrupted, tmp_path):
    (tmp_path / "away").rename(interrupted.folder)
    rows = interrupted.rows
    record_until(interrupted, lambda: not interrupted.fault, 10**7)
    assert interrupted.rows == rows + 1
    assert loaded(interrupted.folder)[0][:3, 0, 0].tolist() == [0, 1, 2]
    assert len(loaded(interrupted.folder)[0]) == rows + 1


def test_in_a_folder_made_anew_a_recording_begins(interrupted):
    interrupted.folder.mkdir()
    record_until(interrupted, lambda: not interrupted.fault, 10**7)
    interrupted(example_pose(value=7))
    assert interrupted.rows == 2
    assert (loaded(interrupted.folder)[0][1] == 7).all()
    assert sorted(path.name for path in interrupted.folder.iterdir()) == sorted([*FILES, ".recording.lock"])


def test_in_a_folder_made_anew_for_another_run_it_waits_for_that_to_end(interrupted):
    with recording(interrupted.folder):
        record_until(interrupted, lambda: "another run" in interrupted.fault, 10**7)
    record_until(interrupted, lambda: not interrupted.fault, 10**7)
    assert interrupted.rows == 1


# Files that somebody deletes


def recorded(folder):
    return loaded(folder)[0][:, 0, 0].tolist()


@pytest.mark.parametrize("gone", [FILES[:1], FILES[1:2], FILES[2:], FILES])
def test_a_file_that_was_deleted_is_written_again_with_every_row(tmp_path, gone, caplog, monkeypatch):
    monkeypatch.setattr("realtime.recording.recorder._CHECK_EVERY_S", 0.0)
    with recording(tmp_path) as recorder:
        for value in range(5000):  # more than are copied at once
            recorder(example_pose(value=value))
        whole = {name: (tmp_path / name).read_bytes() for name in FILES}
        for name in gone:
            (tmp_path / name).unlink()
        recorder(example_pose(value=5000))
        assert recorded(tmp_path) == list(range(5001))
        assert (recorder.fault, recorder.missed, recorder.rows) == ("", 0, 5001)
        assert (tmp_path / ABOUT).read_bytes() == whole[ABOUT]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, ".recording.lock"])
    assert len([record for record in caplog.records if "was deleted: written again" in record.message]) == len(
        set(gone) & {JOINTS, TIMES}
    )


def test_a_folder_that_was_deleted_is_there_again_with_every_row(tmp_path, monkeypatch):
    monkeypatch.setattr("realtime.recording.recorder._CHECK_EVERY_S", 0.0)
    with recording(tmp_path / "out") as recorder:
        recorder(example_pose(value=0))
        shutil.rmtree(tmp_path / "out")
        recorder(example_pose(value=1))
        with pytest.raises(RecordError, match="another run is recording"):
            Recorder(tmp_path / "out", H36M17, source="demo", model="m")
    assert recorded(tmp_path / "out") == [0, 1]


def test_what_was_deleted_just_before_the_end_is_written_again(tmp_path):
    with recording(tmp_path / "out") as recorder:
        for value in range(3):
            recorder(example_pose(value=value))
        shutil.rmtree(tmp_path / "out")
    assert recorded(tmp_path / "out") == [0, 1, 2]
    recorder.close()
    shutil.rmtree(tmp_path / "out")
    recorder.close()
    assert not (tmp_path / "out").exists()  # that is no concern of it any more


def test_a_file_that_replaced_ours_is_kept_and_so_is_ours(tmp_path, monkeypatch):
    """As rsync, and editors, put a file in place."""
    monkeypatch.setattr("realtime.recording.recorder._CHECK_EVERY_S", 0.0)
    with recording(tmp_path) as recorder:
        recorder(example_pose(value=0))
        (tmp_path / "theirs").write_bytes(b"theirs")
        (tmp_path / "theirs").replace(tmp_path / JOINTS)
        recorder(example_pose(value=1))
    assert recorded(tmp_path) == [0, 1]
    (earlier,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert (earlier / JOINTS).read_bytes() == b"theirs"


def test_what_cannot_be_written_again_now_is_written_later(tmp_path, monkeypatch):
    monkeypatch.setattr("realtime.recording.recorder._CHECK_EVERY_S", 0.0)
    monkeypatch.setattr("realtime.recording.recorder._RETRY_EVERY_S", 0.0)
    with recording(tmp_path) as recorder:
        for value in range(3):
            recorder(example_pose(value=value))
        (tmp_path / JOINTS).unlink()
        with monkeypatch.context() as full:
            full.setattr(NpyLog, "take", lambda *_: full_disk())
            recorder(example_pose(value=-1))
            recorder(example_pose(value=-1))
            assert "No space left" in recorder.fault
            assert not (tmp_path / JOINTS).exists()
        recorder(example_pose(value=3))
        assert recorded(tmp_path) == [0, 1, 2, 3]
        assert recorder.missed == 2


def full_disk():
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.skipif(sys.platform != "linux", reason="one user becomes another")
def test_a_folder_that_becomes_read_only_costs_no_row():
    """As somebody for whom it counts: root may write anyway."""
    code = """
        import os, sys
        from pathlib import Path
        from support.recordings import child, example_pose
        from realtime.errors import RecordError
        from realtime.recording import recorder as module
        from realtime.skeleton import H36M17
        out = Path(sys.argv[1])
        if os.geteuid() == 0:
            os.chown(out, 65534, 65534)
            os.seteuid(65534)
        module._CHECK_EVERY_S = 0.0
        new = lambda: module.Recorder(out, H36M17, source="demo", model="m", min_free_bytes=0)
        recorder = new()
        for value in range(10):
            if value == 5:
                out.chmod(0o500)
            recorder(example_pose(value=value))
        print(recorder.rows, recorder.missed, recorder.fault)
        recorder.close()
        try:
            new()
        except RecordError as fault:
            print(fault)
        out.chmod(0o700)
    """
    with tempfile.TemporaryDirectory() as out:  # pytest's own folders let nobody else through
        with child(code, out) as process:
            said, _ = process.communicate(timeout=60)
        assert recorded(Path(out)) == list(range(10))
    assert said.splitlines() == ["10 0 ", f"cannot record into {out}: Permission denied; give another --out"]


ODD_NAMES = ["-o", "a b", "ü\N{SNOWMAN}", "new\nline", "100%d {x}", "file:x", "'\"$HOME`id`", "\udcff", ".", "x" * 200]


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_folder_of_any_name(tmp_path, name):
    folder = tmp_path / name
    for value in (1, 2):
        with recording(folder, source=name) as recorder:
            recorder(example_pose(value=value))
    (earlier,) = (path for path in folder.iterdir() if path.is_dir())
    assert recorded(earlier) == [1]
    assert recorded(folder) == [2]
    assert read_joints(folder / JOINTS).source == name


# Who may write


@pytest.mark.parametrize("where", ["file", "file/below", "/proc/out_files"])
def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path, where):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RecordError, match=r"cannot record into .*--out") as told:
        Recorder(tmp_path / where, H36M17, source="demo", model="m")
    assert "\n" not in str(told.value)


def test_close_twice(tmp_path):
    recorder = Recorder(tmp_path, H36M17, source="demo", model="m")
    recorder.close()
    recorder.close()
    with (tmp_path / ".recording.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


# The log

SHAPE = (17, 3)


def log_bytes(rows, extra=b""):
    return header(rows, SHAPE, "<f4") + np.arange(rows * 51, dtype="<f4").tobytes() + extra


@pytest.fixture
def log_file(tmp_path):
    return tmp_path / "log.npy"


def test_numpy_reads_the_header_at_every_count(log_file):
    for rows in (0, 1, 9, 10, 999, 1000):
        log_file.write_bytes(log_bytes(rows, b"torn"))
        assert np.load(log_file, allow_pickle=False).shape == (rows, *SHAPE)
        assert np.load(log_file, mmap_mode="r").shape == (rows, *SHAPE) if rows else True
    assert len(header(10**15, SHAPE, "<f4")) == HEADER_BYTES


def test_only_the_count_changes_in_the_header():
    differ = [i for i in range(HEADER_BYTES) if header(0, SHAPE, "<f4")[i] != header(10**15 - 1, SHAPE, "<f4")[i]]
    assert 64 <= min(differ) <= max(differ) < 80  # one aligned cell


def test_a_log_never_overwrites_a_file(log_file):
    log_file.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        NpyLog(log_file, SHAPE, "<f4")
    assert log_file.read_bytes() == b"mine"


def test_a_row_of_another_shape_is_a_bug(log_file):
    log = NpyLog(log_file, SHAPE, "<f4")
    with pytest.raises(ValueError, match="shape"):
        log.put(0, np.zeros((16, 3)))
    log.close()
