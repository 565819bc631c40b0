import contextlib
import fcntl
import json
import logging
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.example_estimates import estimate

from realtime.errors import RecordError
from realtime.formats.joints_npy import ABOUT, JOINTS, TIMES, read_joints
from realtime.pose import BRIDGED, NO_PERSON, WARMING_UP
from realtime.recording.earlier_run import archive_previous_run
from realtime.recording.npy_log import HEADER_BYTES, NpyLog, header, repair, whole_rows
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
FILES = JOINTS, TIMES, ABOUT  # in the order in which they are moved


@contextlib.contextmanager
def recording(folder, **options):
    recorder = Recorder(folder, H36M17, **{"source": "demo", "model": "causal-27", "min_free_bytes": 0, **options})
    try:
        yield recorder
    finally:
        recorder.close()


def loaded(folder):
    """Both arrays as a reader takes them: the shorter length counts."""
    joints, times = np.load(folder / "joints.npy"), np.load(folder / "joints_time.npy")
    rows = min(len(joints), len(times))
    assert abs(len(joints) - len(times)) <= 1
    return joints[:rows], times[:rows]


def child(code, **options):
    """A Python process of its own that runs `code` with our modules at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"},
        **options,
    )


# The files


def test_valid_poses_are_recorded_in_order(tmp_path):
    with recording(tmp_path) as recorder:
        for index, reason in enumerate(["ok", NO_PERSON, WARMING_UP, BRIDGED, "stale_camera", "ok"]):
            recorder(estimate(index, reason, value=index))
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
            recorder(estimate(value=value))
        for value in (np.nan, np.inf):
            unsure = estimate(value=3)
            unsure.pose.score[7] = value
            recorder(unsure)
    assert loaded(tmp_path)[0][:, 3, 1].tolist() == [1, 2]


def test_times_are_those_of_capture(tmp_path):
    one = estimate()
    with recording(tmp_path) as recorder:
        recorder(one)
    assert loaded(tmp_path)[1][0] == pytest.approx(one.pose.t_unix_ns / 1e9, abs=1e-3)


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
        recorder(estimate())
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
            recorder(estimate(value=recorder.rows))
        stop.set()
        reader.join()
    assert not faults


# Kill -9

RECORD_FOR_EVER = """
    import sys
    from support.example_estimates import estimate
    from realtime.recording.recorder import Recorder
    from realtime.skeleton import H36M17
    recorder = Recorder(sys.argv[1], H36M17, source="demo", model="m", min_free_bytes=0)
    while True:
        recorder(estimate(value=recorder.rows))
        print(recorder.rows, flush=True)
"""


def test_after_kill_9_every_told_row_is_there(tmp_path):
    for number in range(10):
        writer = child(RECORD_FOR_EVER.replace("sys.argv[1]", repr(str(tmp_path))))
        wanted = random.Random(number).randrange(1, 400)
        for line in writer.stdout:
            if int(line) >= wanted:
                break
        writer.kill()
        told = [int(line) for line in writer.stdout.read().splitlines() if line] or [wanted]
        writer.stdout.close()
        writer.wait()
        joints, _ = loaded(tmp_path)
        assert len(joints) - told[-1] in (0, 1)  # the row in flight
        assert joints[:, 16, 2].tolist() == list(range(len(joints)))
    folders = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(folders) == 9  # every start moved the run before, however it had ended
    for folder in folders:
        assert len(np.load(folder / "joints.npy")) == len(np.load(folder / "joints_time.npy")) > 0


# A full disk


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip("mounting a small file system is not permitted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def record_until(recorder, condition, limit=100_000):
    for _ in range(limit):
        if condition():
            return
        recorder(estimate(value=recorder.rows))
    pytest.fail("the condition never came")


def test_a_full_disk_costs_no_earlier_row_and_recording_resumes(tiny_disk, caplog):
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(24 * 1024))
    with caplog.at_level(logging.INFO), recording(tiny_disk) as recorder:
        record_until(recorder, lambda: recorder.fault)
        full = recorder.rows
        assert "No space left" in recorder.fault
        assert full > 50
        for _ in range(1000):
            recorder(estimate(value=-1))
        joints, _ = loaded(tiny_disk)
        assert joints[:, 0, 0].tolist() == list(range(full))
        assert len(caplog.records) == 1  # told once, not a thousand times
        ballast.unlink()
        record_until(recorder, lambda: not recorder.fault, 10**7)
        record_until(recorder, lambda: recorder.rows > full + 20)
        assert recorder.missed >= 1000
    joints, _ = loaded(tiny_disk)
    assert joints[:, 0, 0].tolist() == list(range(recorder.rows))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_a_file_size_limit_costs_no_earlier_row():
    """The same where nothing can be mounted: the system refuses to let a file warm_start."""
    writer = child("""
        import resource, signal, sys, tempfile
        import numpy as np
        from support.example_estimates import estimate
        from realtime.recording.recorder import Recorder
        from realtime.skeleton import H36M17
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        with tempfile.TemporaryDirectory() as folder:
            recorder = Recorder(folder, H36M17, source="demo", model="m", min_free_bytes=0)
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
            while not recorder.fault:
                recorder(estimate(value=recorder.rows))
            rows = recorder.rows
            for _ in range(100):
                recorder(estimate(value=-1))
            assert np.load(folder + "/joints.npy")[:, 0, 0].tolist() == list(range(rows)), rows
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            while recorder.rows < rows + 10:
                recorder(estimate(value=recorder.rows))
            recorder.close()
            assert np.load(folder + "/joints.npy")[:, 0, 0].tolist() == list(range(rows + 10))
            assert len(np.load(folder + "/joints_time.npy")) == rows + 10
            print(rows, not recorder.fault)
    """)
    answer, _ = writer.communicate(timeout=60)
    assert answer.split() == [str((10_000 - HEADER_BYTES) // 204), "True"]


def test_little_free_space_pauses_with_one_warning(tmp_path, caplog):
    with recording(tmp_path, min_free_bytes=10**18) as recorder:
        for _ in range(20):
            recorder(estimate())
        assert recorder.rows == 0
        assert recorder.missed == 20
        assert re.fullmatch(
            r"recording into .* is paused: less than 1e\+09 GB is free; free some space on its disk", recorder.fault
        )
    assert len(caplog.records) == 1


def test_a_full_disk_at_the_start_is_told_in_one_line(tiny_disk):
    (tiny_disk / "ballast").write_bytes(bytes(60 * 1024))
    with contextlib.suppress(OSError):
        (tiny_disk / "more").write_bytes(bytes(4 * 1024))
    with pytest.raises(RecordError, match=r"No space left.*--out"):
        Recorder(tiny_disk, H36M17, source="demo", model="m")


def test_a_full_disk_at_the_start_leaves_the_earlier_run_where_it_is(tiny_disk):
    with recording(tiny_disk) as recorder:
        recorder(estimate(value=5))
    with contextlib.suppress(OSError):
        (tiny_disk / "ballast").write_bytes(bytes(64 * 1024))
    before = sorted(tiny_disk.iterdir())
    with pytest.raises(RecordError, match=r"No space left.*--out"):
        Recorder(tiny_disk, H36M17, source="demo", model="m")
    assert sorted(tiny_disk.iterdir()) == before
    assert (loaded(tiny_disk)[0] == 5).all()


# A folder that goes


@pytest.fixture
def interrupted(tmp_path):
    """A recorder of 3 rows whose folder was moved away, and that has noticed it."""
    folder = tmp_path / "out"
    with recording(folder) as recorder:
        for value in range(3):
            recorder(estimate(value=value))
        folder.rename(tmp_path / "away")
        record_until(recorder, lambda: recorder.fault, 10**7)
        yield recorder


def test_a_folder_that_is_gone_is_told_in_honest_words(interrupted, caplog):
    missed = interrupted.missed
    for _ in range(10):
        interrupted(estimate(value=-1))
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
    interrupted(estimate(value=7))
    assert interrupted.rows == 2
    assert (loaded(interrupted.folder)[0][1] == 7).all()
    assert sorted(path.name for path in interrupted.folder.iterdir()) == sorted([*FILES, ".recording.lock"])


def test_in_a_folder_made_anew_for_another_run_it_waits_for_that_to_end(interrupted):
    with recording(interrupted.folder):
        record_until(interrupted, lambda: "another run" in interrupted.fault, 10**7)
    record_until(interrupted, lambda: not interrupted.fault, 10**7)
    assert interrupted.rows == 1


def test_one_file_that_was_deleted_is_noticed(tmp_path):
    with recording(tmp_path) as recorder:
        recorder(estimate(value=1))
        (tmp_path / "joints.npy").unlink()
        record_until(recorder, lambda: recorder.fault, 10**7)
        record_until(recorder, lambda: not recorder.fault, 10**7)
        assert len(loaded(tmp_path)[0]) == recorder.rows == 1


# Who may write


def test_a_second_recorder_is_refused_until_the_first_has_gone(tmp_path):
    with recording(tmp_path) as first:
        first(estimate(value=1))
        with pytest.raises(RecordError, match="another run is recording"):
            Recorder(tmp_path, H36M17, source="demo", model="m")
        first(estimate(value=2))
    assert len(loaded(tmp_path)[0]) == 2  # the refused one has moved nothing
    with recording(tmp_path) as second:
        assert second.rows == 0


def test_the_lock_goes_with_the_process(tmp_path):
    writer = child(RECORD_FOR_EVER.replace("sys.argv[1]", repr(str(tmp_path))))
    writer.stdout.readline()
    with pytest.raises(RecordError, match="another run"):
        Recorder(tmp_path, H36M17, source="demo", model="m")
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with recording(tmp_path):
        pass


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


# An earlier run


def test_an_earlier_run_is_moved_and_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "sub").mkdir()
    for value in (1, 2, 3):
        with recording(tmp_path) as recorder:
            recorder(estimate(value=value))
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
        recorder(estimate(value=5))
    (tmp_path / "joints.json").write_text(about)
    place = archive_previous_run(tmp_path)
    assert (loaded(place)[0] == 5).all()
    assert (place / "joints.json").read_text() == about


def test_a_move_that_was_cut_off_is_finished_in_the_same_folder(tmp_path):
    with recording(tmp_path) as recorder:
        recorder(estimate(value=5))
    whole = {name: (tmp_path / name).read_bytes() for name in FILES}
    place = archive_previous_run(tmp_path)
    for name in FILES[1:]:
        (place / name).rename(tmp_path / name)
    assert archive_previous_run(tmp_path) == place
    assert {name: (place / name).read_bytes() for name in FILES} == whole


# Torn files

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
            recorder(estimate(value=value))
    with (tmp_path / "joints_time.npy").open("r+b") as file:
        file.truncate(HEADER_BYTES + 3 * 8 + 5)
    place = archive_previous_run(tmp_path)
    assert np.load(place / "joints.npy")[:, 0, 0].tolist() == [0, 1, 2]
    assert np.load(place / "joints_time.npy").shape == (3,)


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
