"""Recordings of poses whose numbers are known, and programs that make them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.example_estimates import estimate
from support.poses import ROOT

from realtime.recording.recorder import Recorder
from realtime.skeleton import H36M17


def example_pose(*about, **more):
    """The pose of an example estimate: all joints at `value`, for one."""
    return estimate(*about, **more).pose


@contextlib.contextmanager
def recording(folder, **options):
    """A Recorder for `folder`, closed at the end."""
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


def record_until(recorder, condition, limit=100_000):
    """Record poses with their number as the value of all joints."""
    for _ in range(limit):
        if condition():
            return
        recorder(example_pose(value=recorder.rows))
    pytest.fail("the condition never came")


def child(code, *words, before=(), **options):
    """A Python process of its own that runs `code` with our modules at hand; `before`: a program that starts it."""
    return subprocess.Popen(
        [*map(str, before), sys.executable, "-c", textwrap.dedent(code), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        **options,
    )


# A program that records into the folder that it is told, and tells the number of rows after each.
RECORD_FOR_EVER = """
    import sys
    from support.recordings import example_pose
    from realtime.recording.recorder import Recorder
    from realtime.skeleton import H36M17
    recorder = Recorder(sys.argv[1], H36M17, source="demo", model="m", min_free_bytes=0)
    while True:
        recorder(example_pose(value=recorder.rows))
        print(recorder.rows, flush=True)
"""


@contextlib.contextmanager
def live_run(*flags):
    """run.py in a process of its own, that publishes on `address`; killed if it does not end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    words = [sys.executable, ROOT / "run.py", "--bind", address, *flags]
    with subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, text=True) as process:
        process.address = address
        try:
            yield process
        finally:
            process.kill()
