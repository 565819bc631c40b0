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
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from poses import ROOT
from test_lift import keypoint_file, walk

from realtime.dask_workers import CONNECT_S, lift_in_turn, lift_there, on_workers
from realtime.errors import MissingLibrary, UsageError
from realtime.executors import EXECUTORS, ON_THIS_MACHINE, Crew, execute
from realtime.lift import main as lift
from realtime.offline import Task, lift_one
from realtime.settings import Settings

FRAMES = 40
LONG = 800  # frames; most of a second
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed: pip install -e '.[dask]'"
)


def task(source, out, **wanted):
    settings = Settings(source=str(source), realtime=False, detector="replay")
    return Task(settings, Path(out) / Path(source).stem, ("npy",), **wanted)


def wait_for(happened, timeout_s=60.0):
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
    alone = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--local-directory", str(folder)]
    with ExitStack() as stack:
        scheduler = dask_process(stack, folder, "scheduler", "--port", "0")
        workers = [dask_process(stack, folder, "worker", *alone) for _ in range(2)]
        yield Cluster(folder, scheduler, workers)


@pytest.fixture(
    params=[pytest.param(name, marks=[needs_dask] * (name == "dask")) for name in (*ON_THIS_MACHINE, "dask")]
)
def crew(request):
    name = request.param
    return Crew(name if name in ON_THIS_MACHINE else request.getfixturevalue("cluster").address, jobs=2)


def lifting(folder, *words):
    """`python -m realtime lift …` under way in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "realtime", "lift", *words],
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
    with pytest.raises(MissingLibrary, match=r"pip install 'realtime-pose3d\[dask\]'"):
        next(on_workers([task("a.npz", tmp_path)], "dask://127.0.0.1:1"))


@needs_dask
@pytest.mark.usefixtures("cluster")  # which starts in the meantime
def test_a_scheduler_that_is_not_there_is_told_within_seconds(tmp_path):
    with socket.socket() as silent:  # takes connections, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        for address, why in (
            (f"dask://127.0.0.1:{silent.getsockname()[1]}", f"nothing in {CONNECT_S:g} s"),
            ("dask://127.0.0.1", "missing port"),
            ("tls://127.0.0.1:8786", "no certificates"),
        ):
            with pytest.raises(UsageError, match=f"no Dask scheduler answers at {address}: .*{why}"):
                next(on_workers([task("a.npz", tmp_path)], address))
        assert time.monotonic() - start < 6 * CONNECT_S  # one of them takes that long, the machine may be busy
    assert not list(tmp_path.iterdir())


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
        assert not lift_one(alone).fault
        assert np.array_equal(np.load(f"out/{alone.stem.name}.npy"), np.load(alone.stem.with_suffix(".npy")))
    before = {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    (again,) = execute(tasks[1:2], crew)
    assert again.done_before
    assert {path: path.stat().st_mtime_ns for path in Path("out").iterdir()} == before


def test_an_input_that_another_is_at_is_waited_for(tmp_path):
    source = keypoint_file(tmp_path / "long.npz", walk(LONG))
    wanted = task(source, tmp_path / "out")
    first = threading.Thread(target=lift_one, args=[wanted])
    first.start()
    wait_for((tmp_path / "out" / ".long.lifting" / ".recording.lock").exists)
    assert "another run" in lift_one(wanted).fault
    assert lift_in_turn(replace(wanted, force=True)).done_before  # --force asked for it once
    first.join()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("long.npy", "long_time.npy", "long.json", "long.lift.json")
    }


def test_a_fault_stays_one_where_nobody_else_is_at_it(tmp_path):
    wanted = task(keypoint_file(tmp_path / "walk.npz"), tmp_path / "out")
    assert not lift_in_turn(wanted).fault
    (tmp_path / "out" / "walk.npy").write_text("mine now")
    for force in (True, False):
        assert "is there already" in lift_in_turn(replace(wanted, force=force)).fault


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
        keypoint_file(tmp_path / name, walk(LONG if name == "long.npz" else FRAMES, seed=seed))
    lock, seen = tmp_path / "out" / ".long.lifting" / ".recording.lock", set()

    def holder():
        opened = {worker: psutil.Process(worker.pid).open_files() for worker in cluster.workers}
        return next((worker for worker, files in opened.items() if str(lock) in {file.path for file in files}), None)

    process = lifting(tmp_path, *names, "--executor", cluster.address, "--out", "out", "--write", "npy")
    killed = wait_for(holder)
    killed.kill()
    assert not (tmp_path / "out" / "long.lift.json").exists()
    while process.poll() is None:
        seen |= {(path.name, path.stat().st_mtime_ns) for path in tmp_path.glob("out/*.lift.json")}
        time.sleep(0.02)
    told = process.stderr.read().splitlines()
    process.stderr.close()
    assert process.returncode == 0, told
    assert [line.partition(" ")[0] for line in told if "/10 " in line] == [f"{n}/10" for n in range(1, 11)]
    assert sorted(name for name, _ in seen) == sorted(f"{Path(name).stem}.lift.json" for name in names)
    assert len(np.load(tmp_path / "out" / "long.npy")) == LONG
    assert not list(tmp_path.glob("out/.*"))
    assert killed.wait() == -signal.SIGKILL


@needs_dask
def test_ctrl_c_cancels_what_has_not_begun(cluster, tmp_path):
    names = [f"{n}.npz" for n in range(6)]
    for seed, name in enumerate(names):
        keypoint_file(tmp_path / name, walk(LONG, seed=seed))
    process = lifting(tmp_path, *names, "--executor", cluster.address, "--out", "out", "--write", "npy")
    wait_for(lambda: list(tmp_path.glob("out/.*.lifting")))
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1].startswith("interrupted")
    wait_for(lambda: not list(tmp_path.glob("out/.*.lifting")))  # what has begun is finished
    assert 1 <= len(list(tmp_path.glob("out/*.lift.json"))) < len(names)


@needs_dask
def test_a_scheduler_that_goes_away_is_one_line(cluster, tmp_path):
    """The last test: it ends the cluster."""
    keypoint_file(tmp_path / "long.npz", walk(LONG))
    process = lifting(tmp_path, "long.npz", "--executor", cluster.address, "--out", "out", "--write", "npy")
    wait_for(lambda: list(tmp_path.glob("out/.*.lifting")))
    cluster.scheduler.kill()
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "is gone: what is finished stays" in told.splitlines()[-1]
    assert "Traceback" not in told
