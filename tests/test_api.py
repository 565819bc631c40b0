"""The public names, and the examples of README and docs as they are printed."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
import threading
from contextlib import closing

import numpy as np
import pytest
from support.example_estimates import estimate
from support.poses import ROOT

import realtime
from realtime.errors import SourceError, UsageError
from realtime.motion import Motion3D
from realtime.skeleton import H36M17
from realtime.wire.publisher import Publisher

NAMES = [
    *("Estimator", "Motion3D", "PoseError", "PoseSubscriber", "Skeleton", "__version__"),
    *("lift_video", "live", "open_detector", "open_lifter", "open_source"),
]


def test_the_exported_names_are_these():
    assert realtime.__all__ == NAMES
    assert {*realtime.PLACES, "__version__"} == set(NAMES)
    assert set(NAMES) <= set(dir(realtime))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there_and_documented(name):
    value = getattr(realtime, name)
    assert name == "__version__" or value.__doc__
    if name in realtime.PLACES:
        assert value is getattr(importlib.import_module(f"realtime.{realtime.PLACES[name]}"), name)


def test_another_name_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = realtime.nothing


def test_packages_do_not_hide_public_names():
    """A package of the name would take its place as soon as something in it is imported."""
    packages = {path.parent.name for path in (ROOT / "realtime").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "realtime").glob("*.py")}
    assert not set(NAMES) & (packages | modules)


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "realtime" / "py.typed").is_file()


def test_live_poses_equal_lifted_ones():
    poses = list(realtime.live("demo", max_frames=30, realtime=False))
    motion = realtime.lift_video("demo", max_frames=30, quality="fast")
    assert isinstance(motion, Motion3D)
    assert motion.skeleton is poses[0].skeleton is H36M17
    np.testing.assert_array_equal(motion.joints, [pose.xyz for pose in poses])


def test_a_part_is_lifted_by_the_names_of_the_flags():
    motion = realtime.lift_video("demo", start=0.5, end=1, fps=10)
    assert motion.times_s == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9], abs=0.02)


def test_a_quality_changes_the_answer_and_not_the_frames():
    fast, usual, good, plain = (
        realtime.lift_video("demo", max_frames=30, **flags)
        for flags in ({"quality": "fast"}, {}, {"quality": "good"}, {"symmetric": True})
    )
    assert [motion.model.partition("@")[0] for motion in (fast, good, plain)] == [
        "causal-feet-27",
        *["symmetric-feet-81"] * 2,
    ]
    np.testing.assert_array_equal(fast.times_s, good.times_s)
    np.testing.assert_array_equal(usual.joints, good.joints)
    assert np.abs(fast.joints - plain.joints).max() > 0.001
    assert 0 < np.abs(good.joints - plain.joints).max() < 0.05  # smoothed


@pytest.mark.parametrize(
    ("call", "fault", "says"),
    [
        (lambda: realtime.live("demo", windw=9), UsageError, "no setting 'windw' .did you mean window"),
        (lambda: realtime.live("demo", window=0), UsageError, "window takes a whole number from 1 to 6561, not '0'"),
        (lambda: next(realtime.live("nowhere.mp4")), SourceError, "there is no 'nowhere.mp4'"),
        (lambda: realtime.live("demo", guard=False), UsageError, "guard takes one of on, off, not 'false'"),
        (lambda: realtime.live("demo", fps=float("nan")), UsageError, "fps takes a number from 1 to 1000, not 'nan'"),
        (lambda: realtime.lift_video("demo", start=-1), UsageError, "start takes a number from 0 to 1000000, not '-1'"),
        (lambda: realtime.lift_video("demo", start=2, end=1), UsageError, "--end must be later than --start"),
        (lambda: realtime.lift_video("demo", max_frames=0), UsageError, "max_frames takes a whole number from 1"),
        (lambda: realtime.lift_video("demo", symmetrc=True), UsageError, "'symmetrc' .did you mean symmetric"),
        (lambda: realtime.lift_video(0), UsageError, "takes files and folders"),
        (lambda: realtime.lift_video("rtsp://192.168.0.7/x"), UsageError, "takes files and folders"),
    ],
)
def test_faults_are_the_projects_in_one_line(call, fault, says):
    with pytest.raises(fault, match=says) as told:
        call()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("module", ["realtime.online.poses", "realtime.offline.lift"])
def test_examples_of_docstrings(module):
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried
    assert not failed


def examples():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)):
            if re.search(r"^(import realtime|from realtime import)", code, flags=re.MULTILINE):
                yield pytest.param(code, id=f"{page.stem}-{number}")


@pytest.fixture
def publisher():
    """Somebody who publishes on an address of the test's own."""
    stop = threading.Event()
    addresses: list[str] = []

    def publish():
        address = "tcp://127.0.0.1:*"
        with closing(Publisher(address, source="test", skeleton=H36M17, model="net@0")) as socket:
            addresses.append(socket.address)
            while not stop.wait(0.01):
                socket(estimate())

    thread = threading.Thread(target=publish)
    thread.start()
    while not addresses:
        stop.wait(0.01)
    yield addresses[0]
    stop.set()
    thread.join()


@pytest.mark.parametrize("code", list(examples()))
def test_printed_examples_run(code, publisher, tmp_path):
    assert len([line for line in code.splitlines() if line.strip()]) <= 8
    code = code.replace("PoseSubscriber(", f"PoseSubscriber({publisher!r}, ")
    if "PoseSubscriber" in code:  # it goes on for as long as there are poses
        code = code.replace("for pose in poses:", "for pose, _ in zip(poses, range(3)):")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
