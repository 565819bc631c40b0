"""Every executor lifts the same; a real Dask scheduler with real workers, some of which are killed."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from support.keypoint_files import keypoint_file, walk
from support.poses import ROOT

import realtime
from realtime.commands.lift import main as lift
from realtime.errors import FolderHeld, MissingLibrary, RecordError, UsageError
from realtime.offline import dask_workers
from realtime.offline import lift as offline
from realtime.offline.dask_workers import lift_in_turn, lift_there, on_workers
from realtime.offline.executors import EXECUTORS, ON_THIS_MACHINE, ExecutorOptions, execute
from realtime.offline.lift import lift_one
from realtime.offline.task import Task
from realtime.recording import folder_lock
from realtime.recording.folder_lock import FolderLock
from realtime.settings import Settings

FRAMES = 40
PATIENCE_S = 60.0  # the machine may be busy
# For workers: an input is not finished before the file <input>.hold is gone.
HOLDING = """
import time
from pathlib import Path
from realtime.offline import lift as offline

def dask_setup(_worker):
    pass_at_once = offline.log_frames

    def hold(task, progress):
        while Path(f"{task.settings.source}.hold").exists():
            time.sleep(0.01)
        return pass_at_once(task, progress)

    offline.log_frames = hold
"""
PATIENTLY = f"""
import runpy
from realtime.offline import dask_workers

dask_workers.CONNECT_S = {PATIENCE_S}
runpy.run_module("realtime", run_name="__main__")
"""
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed: pip install -e '.[dask]'"
)


def task(source, out, **wanted):
    settings = Settings(source=str(source), realtime=False, detector="replay")
    return Task(settings, Path(out) / Path(source).stem, ("npy",), **wanted)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(dask_workers, "CONNECT_S", PATIENCE_S)


def held_back(source):
    """The file that keeps workers from finishing an input."""
    hold = Path(f"{source}.hold")
    hold.touch()
    return hold


def wait_for(happened, timeout_s=PATIENCE_S):
    """What `happened` gives as soon as it is something."""
    deadline = time.monotonic() + timeout_s
    while not (found := happened()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


@dataclass
class Cluster:
    """A scheduler and its workers, each a process that is killed in the end."""

    folder: Path
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]

    @property
    def address(self):
        """dask://127.0.0.1:port"""
        return wait_for(self._written).replace("tcp://", "dask://")

    def _written(self):
        with suppress(OSError, ValueError):  # not there yet, half there
            return json.loads((self.folder / "scheduler.json").read_text())["address"]


def dask_process(stack, folder, *words):
    """`dask …`, killed when the stack closes."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "DASK_CONFIG": str(folder / "none")}
    words = [*words, "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(folder / "scheduler.json")]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words], cwd=folder, env=environment, stdout=log, stderr=log
        )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "holding.py").write_text(HOLDING)
    alone = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--local-directory", str(folder)]
    alone += ["--preload", str(folder / "holding.py")]
    with ExitStack() as stack:
        scheduler = dask_process(stack, folder, "scheduler", "--port", "0")
        workers = [dask_process(stack, folder, "worker", *alone) for _ in range(2)]
        yield Cluster(folder, scheduler, workers)


@pytest.fixture(
    params=[pytest.param(name, marks=[needs_dask] * (name == "dask")) for name in (*ON_THIS_MACHINE, "dask")]
)
def crew(request):
    name = request.param
    return ExecutorOptions(name if name in ON_THIS_MACHINE else request.getfixturevalue("cluster").address, jobs=2)


def lifting(folder, *words):
    """`python -m realtime lift …` under way in a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", PATIENTLY, "lift", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_table_is_what_lift_takes(tmp_path):
    assert set(EXECUTORS) == {*ON_THIS_MACHINE, "dask", "tls"}
    for words in (["dask"], ["processes://x"], ["slurm"], ["inline", "--jobs", "2"]):
        with pytest.raises(UsageError, match=r"HOST:PORT|--jobs counts processes"):
            lift(["a.npz", "--executor", *words])


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    with pytest.raises(MissingLibrary, match=r"pip install -e '\.\[dask\]'"):
        next(on_workers([task("a.npz", tmp_path)], "dask://127.0.0.1:1"))


@needs_dask
@pytest.mark.usefixtures("cluster")  # which starts in the meantime
def test_a_scheduler_that_is_not_there_is_told_within_seconds(tmp_path, monkeypatch):
    with socket.socket() as silent:  # takes connections, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        for address, why, patience_s in (
            (f"dask://127.0.0.1:{silent.getsockname()[1]}", "nothing in 1 s", 1.0),
            ("dask://127.0.0.1", "missing port", PATIENCE_S),
            ("tls://127.0.0.1:8786", "no certificates", PATIENCE_S),
        ):
            monkeypatch.setattr(dask_workers, "CONNECT_S", patience_s)
            with pytest.raises(UsageError, match=f"no Dask scheduler answers at {address}: .*{why}"):
                next(on_workers([task("a.npz", tmp_path)], address))
        assert time.monotonic() - start < PATIENCE_S / 2
    assert not list(tmp_path.iterdir())


@dataclass
class Elsewhere:
    """What is asked of a client: versions, or the faults of looking them up, by worker."""

    workers: dict = field(default_factory=dict)
    scheduler: object = realtime.__version__

    def run(self, *_, **__):
        return dict(self.workers)

    def run_on_scheduler(self, *_):
        if isinstance(self.scheduler, Exception):
            raise self.scheduler
        return self.scheduler

    def nthreads(self):
        return dict.fromkeys(self.workers, 1)


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (Elsewhere({"tcp://a": "0.0.9", "tcp://b": realtime.__version__}), r"^tcp://a has 0\.0\.9; this machine has"),
        (Elsewhere({"tcp://a": ModuleNotFoundError("realtime")}), "^tcp://a has no realtime-pose3d; this"),
        (Elsewhere({"tcp://a": AttributeError("__version__")}), "^tcp://a has no realtime-pose3d; this"),
        (Elsewhere({}, ModuleNotFoundError("realtime")), "^the scheduler has no realtime-pose3d; this"),
        (
            Elsewhere({f"tcp://{n}": "9" for n in range(5)}),
            "^tcp://0 has 9, tcp://1 has 9, .*, and 2 more differ; this",
        ),
    ],
)
def test_another_version_is_told_in_one_line(there, told):
    with pytest.raises(UsageError, match=told) as fault:
        dask_workers._look_over(there)
    assert str(fault.value).endswith(
        f"has realtime-pose3d {realtime.__version__}: install the same version there, with [dask]"
    )
    assert "\n" not in str(fault.value)


def test_a_worker_that_is_gone_meanwhile_is_no_other_version():
    dask_workers._look_over(Elsewhere({"tcp://a": OSError("closed"), "tcp://b": realtime.__version__}))


@needs_dask
def test_workers_are_asked_for_their_version(cluster, tmp_path, monkeypatch):
    assert list(on_workers([], cluster.address)) == []
    monkeypatch.setattr(realtime, "__version__", "9.9")  # as if it were newer here
    with pytest.raises(UsageError, match=r"has 0\.\S+; this machine has realtime-pose3d 9\.9"):
        next(on_workers([task("a.npz", tmp_path / "out")], cluster.address))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        *(("dask://10.0.0.5:8786", True), ("dask://gpu-7:8786", True), ("dask://[2001:db8::1]:8786", True)),
        *(("dask://127.0.0.1:1", False), ("dask://localhost:1", False), ("dask://[::1]:1", False)),
        ("tls://10.0.0.5:8786", False),
    ],
)
def test_what_leaves_this_machine_without_encryption_is_warned_of(address, warned, monkeypatch):
    lines = []
    monkeypatch.setattr(dask_workers._log, "warning", lambda text, *values: lines.append(text % values))
    dask_workers._warn_of_listeners(address)
    assert len(lines) == warned
    assert all(line.startswith(address) and "tls://" in line and "\n" not in line for line in lines)


def test_every_executor_gives_every_outcome_once_and_the_same_joints(crew, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # workers are elsewhere
    names = [f"{n}.npz" for n in range(3)]
    for seed, name in enumerate(names):
        keypoint_file(Path(name), walk(seed=seed))
    Path("broken.npz").write_bytes(b"no keypoints")
    tasks = [task(name, "out") for name in ("broken.npz", *names, "missing.npz")]
    outcomes = list(execute(tasks, crew))
    assert sorted(outcome.name for outcome in outcomes) == sorted(t.name for t in tasks)
    assert {outcome.name for outcome in outcomes if outcome.fault} == {"broken.npz", "missing.npz"}
    assert all("\n" not in str(outcome) for outcome in outcomes)
    assert [outcome.frames for outcome in outcomes if not outcome.fault] == [FRAMES] * 3
    for name in names:
        alone = task(name, "alone")
        done = lift_one(alone)
        assert not done.fault
        assert done.trust
        assert done.trust == next(outcome.trust for outcome in outcomes if outcome.name == name)
        assert np.array_equal(np.load(f"out/{alone.stem.name}.npy"), np.load(alone.stem.with_suffix(".npy")))
    before = {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    (again,) = execute(tasks[1:2], crew)
    assert again.done_before
    assert {path: path.stat().st_mtime_ns for path in Path("out").iterdir()} == before


@pytest.fixture
def collided(monkeypatch):
    """Set once somebody has found an input held; whoever waits looks often."""
    is_held, found = dask_workers._is_held, threading.Event()

    def looking(wanted):
        held = is_held(wanted)
        if held:
            found.set()
        return held

    monkeypatch.setattr(dask_workers, "_is_held", looking)
    monkeypatch.setattr(dask_workers, "_AGAIN_S", 0.01)
    return found


def test_an_input_that_another_is_at_is_waited_for(tmp_path, monkeypatch, collided):
    wanted, go_on = task(keypoint_file(tmp_path / "walk.npz"), tmp_path / "out"), threading.Event()
    pass_at_once = offline.log_frames
    monkeypatch.setattr(offline, "log_frames", lambda *given: go_on.wait(PATIENCE_S) and pass_at_once(*given))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lift_one, wanted)
        wait_for((tmp_path / "out" / ".walk.lifting" / ".recording.lock").exists)
        wait_for(lambda: "another run" in lift_one(wanted).fault)
        second = threads.submit(lift_in_turn, replace(wanted, force=True))
        assert collided.wait(PATIENCE_S)
        go_on.set()
        assert not first.result(PATIENCE_S).fault
        assert second.result(PATIENCE_S).done_before  # --force asked for it once
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("walk.npy", "walk_time.npy", "walk.json", "walk.lift.json")
    }


@pytest.mark.parametrize("fps", [None, 5.0], ids=["as before", "other settings"])
def test_force_outlasts_a_holder_that_is_killed(fps, tmp_path, collided):
    wanted = task(keypoint_file(tmp_path / "walk.npz"), tmp_path / "out", force=True)
    assert not lift_one(wanted).fault
    record, folder = tmp_path / "out" / "walk.lift.json", tmp_path / "out" / ".walk.lifting"
    before = record.read_bytes()
    folder.mkdir()
    code = f"""
import time
from pathlib import Path
from realtime.recording.folder_lock import FolderLock

lock = FolderLock(Path({str(folder)!r}))
print("held", flush=True)
time.sleep(600)
"""
    with ExitStack() as ends, ThreadPoolExecutor(1) as threads:
        holder = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        ends.enter_context(holder)
        ends.callback(holder.kill)
        assert holder.stdout.readline() == "held\n"
        outcome = threads.submit(lift_in_turn, replace(wanted, fps=fps))
        assert collided.wait(PATIENCE_S)
        holder.kill()
        done = outcome.result(PATIENCE_S)
    assert (done.fault, done.done_before) == ("", False)
    assert done.frames == (FRAMES if fps is None else FRAMES / 5)  # of 25 a second
    assert record.read_bytes() != before


def test_who_meets_a_probe_tries_again_with_force(tmp_path, monkeypatch):
    wanted = task(keypoint_file(tmp_path / "walk.npz"), tmp_path / "out")
    assert not lift_one(wanted).fault
    folder = tmp_path / "out" / ".walk.lifting"
    folder.mkdir()
    faults = []

    def meeting_one(again):
        with ExitStack() as held:
            if not faults:
                held.enter_context(closing(FolderLock(folder)))
            faults.append((outcome := lift_one(again)).fault)
            return outcome

    monkeypatch.setattr(dask_workers, "lift_one", meeting_one)
    outcome = lift_in_turn(replace(wanted, force=True))
    assert (outcome.frames, outcome.done_before) == (FRAMES, False)
    assert [bool(fault) for fault in faults] == [True, False]


def test_what_cannot_be_locked_is_not_held(tmp_path, monkeypatch):
    wanted = task("walk.npz", tmp_path)
    folder = tmp_path / ".walk.lifting"
    folder.mkdir()
    with closing(FolderLock(folder)):
        assert dask_workers._is_held(wanted)
        with pytest.raises(FolderHeld, match=f"^{folder_lock.HELD} "):
            FolderLock(folder)

    def no_locks(_file):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(folder_lock, "_lock", no_locks)
    with pytest.raises(RecordError, match="No locks available") as fault:
        FolderLock(folder)
    assert not isinstance(fault.value, FolderHeld)
    assert not dask_workers._is_held(wanted)


def test_a_fault_stays_one_where_nobody_else_is_at_it(tmp_path):
    wanted = task(keypoint_file(tmp_path / "walk.npz"), tmp_path / "out")
    assert not lift_in_turn(wanted).fault
    (tmp_path / "out" / "walk.npy").write_text("mine now")
    for force in (True, False):
        assert "exists already" in lift_in_turn(replace(wanted, force=force)).fault


def test_a_worker_that_does_not_see_the_files_says_so(tmp_path):
    source = Path(keypoint_file(tmp_path / "walk.npz"))
    mark = tmp_path / "mark"
    mark.touch()
    assert not lift_there(task(source, tmp_path), mark).fault
    unseen = [
        lift_there(task(tmp_path / "elsewhere.npz", tmp_path), mark),
        lift_there(task(source, tmp_path), tmp_path / "n"),
    ]
    for outcome, place in zip(unseen, (tmp_path / "elsewhere.npz", tmp_path), strict=True):
        assert outcome.fault.startswith(f"{place} is not there on {platform.node()}")


@needs_dask
def test_a_killed_worker_is_survived_and_every_input_published_once(cluster, tmp_path):
    """Relative paths, too: the workers are in another folder."""
    psutil = pytest.importorskip("psutil")
    names = ["long.npz", *(f"{n}.npz" for n in range(9))]
    for seed, name in enumerate(names):
        keypoint_file(tmp_path / name, walk(seed=seed))
    hold = held_back(tmp_path / "long.npz")
    lock, seen = tmp_path / "out" / ".long.lifting" / ".recording.lock", set()

    def holder():
        opened = {worker: psutil.Process(worker.pid).open_files() for worker in cluster.workers}
        return next((worker for worker, files in opened.items() if str(lock) in {file.path for file in files}), None)

    process = lifting(tmp_path, *names, "--executor", cluster.address, "--out", "out", "--write", "npy")
    killed = wait_for(holder)
    killed.kill()
    assert killed.wait(PATIENCE_S) == -signal.SIGKILL
    assert not (tmp_path / "out" / "long.lift.json").exists()
    hold.unlink()
    running = True
    while running:
        running = process.poll() is None
        seen |= {(path.name, path.stat().st_mtime_ns) for path in tmp_path.glob("out/*.lift.json")}
        time.sleep(0.02)
    told = process.stderr.read().splitlines()
    process.stderr.close()
    assert process.returncode == 0, told
    assert [line.partition(" ")[0] for line in told if "/10 " in line] == [f"{n}/10" for n in range(1, 11)]
    assert sorted(name for name, _ in seen) == sorted(f"{Path(name).stem}.lift.json" for name in names)
    assert len(np.load(tmp_path / "out" / "long.npy")) == FRAMES
    assert not list(tmp_path.glob("out/.*"))


@needs_dask
def test_ctrl_c_cancels_what_has_not_begun(cluster, tmp_path):
    names = [f"{n}.npz" for n in range(6)]
    holds = [held_back(keypoint_file(tmp_path / name)) for name in names]
    process = lifting(tmp_path, *names, "--executor", cluster.address, "--out", "out", "--write", "npy")
    wait_for(lambda: list(tmp_path.glob("out/.*.lifting")))
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert told.splitlines()[-1].startswith("interrupted")
    for hold in holds:
        hold.unlink()
    wait_for(lambda: not list(tmp_path.glob("out/.*.lifting")))  # what has begun is finished
    assert 1 <= len(list(tmp_path.glob("out/*.lift.json"))) < len(names)


@needs_dask
def test_a_scheduler_that_goes_away_is_one_line(cluster, tmp_path):
    """The last test: it ends the cluster."""
    held_back(keypoint_file(tmp_path / "long.npz"))
    process = lifting(tmp_path, "long.npz", "--executor", cluster.address, "--out", "out", "--write", "npy")
    wait_for(lambda: list(tmp_path.glob("out/.*.lifting")))
    cluster.scheduler.kill()
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "is gone: what is finished stays" in told.splitlines()[-1]
    assert "Traceback" not in told
