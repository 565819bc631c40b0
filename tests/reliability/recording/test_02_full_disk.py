"""A full disk costs no earlier pose: it is told with the next frame, the stream goes on, and so does the recording
when there is space again.

On a file system of its own (tmpfs, which needs root or a namespace of its own), and where the system refuses to let
a file grow (RLIMIT_FSIZE), which needs neither.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import subprocess

import pytest
from support.recordings import child, example_pose, loaded, record_until, recording

from realtime.errors import RecordError
from realtime.recording.npy_log import HEADER_BYTES
from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17


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


# Into a disk of 64 KiB, by the program's own sinks: until it is full, 30 frames more, with some space again.
IN_A_TINY_DISK = """
    import json, sys, time
    from contextlib import ExitStack, suppress
    from pathlib import Path
    import numpy as np
    from support.estimators import estimator
    from support.example_estimates import estimate
    from realtime.online.live_sink import RunContext
    from realtime.online.sinks import open_sinks
    from realtime.settings import settings_from
    from realtime.wire.subscriber import PoseSubscriber

    class Camera:
        name = "camera 0"

    disk = Path(sys.argv[1])
    ballast = disk / "ballast"
    settings = settings_from(bind="tcp://127.0.0.1:*", out=disk, min_free_gb=0)
    with ExitStack() as held:
        sinks = open_sinks(RunContext(settings, Camera(), estimator({}), "f" * 32), held)
        record, publish = sinks["record"], sinks["publish"]
        poses = held.enter_context(PoseSubscriber(publish.address, newest=False, timeout_s=20))
        sent = 0

        def frame():
            global sent
            for sink in sinks.values():
                sink(estimate(sent, value=sent))
            sent += 1
            time.sleep(1 / 30)

        while (first := poses.poll(0.01)) is None:
            frame()
        with suppress(OSError):
            ballast.write_bytes(bytes(64 * 1024))
        while not record.fault:
            frame()
        full, fault, told_after = record.rows, record.fault, sent - record.rows
        for _ in range(30):
            frame()
        kept = np.load(disk / "joints.npy")
        ballast.unlink()
        while record.fault:
            frame()
        for _ in range(20):
            frame()
        got = [first.seq]
        while got[-1] < sent - 1:
            got.append(next(iter(poses)).seq)
    rows = np.load(disk / "joints.npy")[:, 0, 0].astype(int).tolist()
    print(json.dumps([full, fault, told_after, kept[:, 0, 0].astype(int).tolist(), rows, got, sent]))
"""


def test_the_stream_goes_on_past_a_full_disk_and_the_recording_when_there_is_space(tmp_path, figure):
    in_namespace = shutil.which("unshare") and "unshare -Urm"
    trial = f"{in_namespace} mount -t tmpfs tmpfs {tmp_path}"
    if not in_namespace or subprocess.run(trial.split(), capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here, in a namespace neither")
    mount = 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"'
    with child(IN_A_TINY_DISK, tmp_path, before=(*in_namespace.split(), "sh", "-c", mount, tmp_path)) as process:
        answer, _ = process.communicate(timeout=100)
    full, fault, told_after, kept, rows, got, sent = json.loads(answer)
    assert "No space left" in fault
    assert kept == list(range(full))
    assert rows[:full] == kept
    assert rows[-20:] == list(range(sent - 20, sent))
    assert got == list(range(got[0], sent))
    assert told_after <= 3  # the frame that did not fit, that after it, and the one the thread was at
    figure(f"tmpfs: told {told_after} frames after the last row, all {full} rows kept, 0 of {sent} poses not published")


def test_a_full_disk_costs_no_earlier_row_and_recording_resumes(tiny_disk, caplog):
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(24 * 1024))
    with caplog.at_level(logging.INFO), recording(tiny_disk) as recorder:
        record_until(recorder, lambda: recorder.fault)
        full = recorder.rows
        assert "No space left" in recorder.fault
        assert full > 50
        for _ in range(1000):
            recorder(example_pose(value=-1))
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


def test_a_file_size_limit_costs_no_earlier_row(figure):
    """The same where nothing can be mounted: the system refuses to let a file grow."""
    writer = child("""
        import resource, signal, sys, tempfile
        import numpy as np
        from support.recordings import example_pose
        from realtime.recording.recorder import Recorder
        from realtime.skeleton import H36M17
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        with tempfile.TemporaryDirectory() as folder:
            recorder = Recorder(folder, H36M17, source="demo", model="m", min_free_bytes=0)
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
            while not recorder.fault:
                recorder(example_pose(value=recorder.rows))
            rows = recorder.rows
            for _ in range(100):
                recorder(example_pose(value=-1))
            assert np.load(folder + "/joints.npy")[:, 0, 0].tolist() == list(range(rows)), rows
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            while recorder.rows < rows + 10:
                recorder(example_pose(value=recorder.rows))
            recorder.close()
            assert np.load(folder + "/joints.npy")[:, 0, 0].tolist() == list(range(rows + 10))
            assert len(np.load(folder + "/joints_time.npy")) == rows + 10
            print(rows, not recorder.fault)
    """)
    answer, _ = writer.communicate(timeout=60)
    assert answer.split() == [str((10_000 - HEADER_BYTES) // 204), "True"]
    figure(f"file size limit: {answer.split()[0]} rows are kept, and the recording goes on")


def test_a_full_disk_at_the_start_is_told_in_one_line(tiny_disk):
    (tiny_disk / "ballast").write_bytes(bytes(60 * 1024))
    with contextlib.suppress(OSError):
        (tiny_disk / "more").write_bytes(bytes(4 * 1024))
    with pytest.raises(RecordError, match=r"No space left.*--out"):
        Recorder(tiny_disk, H36M17, source="demo", model="m")


def test_a_full_disk_at_the_start_leaves_the_earlier_run_where_it_is(tiny_disk):
    with recording(tiny_disk) as recorder:
        recorder(example_pose(value=5))
    with contextlib.suppress(OSError):
        (tiny_disk / "ballast").write_bytes(bytes(64 * 1024))
    before = sorted(tiny_disk.iterdir())
    with pytest.raises(RecordError, match=r"No space left.*--out"):
        Recorder(tiny_disk, H36M17, source="demo", model="m")
    assert sorted(tiny_disk.iterdir()) == before
    assert (loaded(tiny_disk)[0] == 5).all()
