"""`doctor` finds each of ten faults of an installation or a machine, names it, and says what to do about it.

Each is a real one, in a real process: a library is missing from a virtual environment, or its native code is cut
short; a second OpenCV is installed over the first; one byte of a network is another; a port is taken; there is no
camera; a folder is read-only, or full; PyTorch is an old release; the processor does something else for most of
the time.  The old PyTorch is one by its metadata alone, as the real one has 200 MB.
"""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from support.faulty_machines import Machine, file_system, install

from realtime.detectors.blazepose.network_files import networks_folder, networks_of_wheel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made of symbolic links and signals")
NO_CAMERA = not any(Path("/dev").glob("video*"))


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def networks(tmp_path):
    """Those of a first run: heavy and lite, which would be timed too, are not here."""
    folder = tmp_path / "networks"
    folder.mkdir()
    for network in networks_of_wheel():
        shutil.copy(networks_folder() / network.file_name, folder)
    return folder


def missing_library(machine):
    for entry in [*machine.libraries.glob("matplotlib"), *machine.libraries.glob("matplotlib-*")]:
        entry.unlink()
    return nullcontext()


def broken_library(machine):
    (native,) = [path for path in machine.own_copy("PIL").glob("_imaging.*") if path.suffix in (".so", ".pyd")]
    native.write_bytes(native.read_bytes()[:10_000])
    return nullcontext()


def two_opencvs(machine):
    install(machine, "opencv_python", "4.12.0.88")
    return nullcontext()


def bad_hash(machine):
    file = machine.program / "model" / "causal-9.safetensors"
    content = bytearray(file.read_bytes())
    file.unlink()
    content[-1] ^= 1
    file.write_bytes(content)
    return nullcontext()


@contextmanager
def port_in_use(machine):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        machine.address = f"tcp://127.0.0.1:{holder.getsockname()[1]}"
        yield


def no_camera(machine):
    return nullcontext()  # where there is one, the test is skipped


@contextmanager
def read_only_folder(machine):
    machine.out.mkdir(mode=0o500)
    machine.out = machine.out / "disk"
    if os.access(machine.out.parent, os.W_OK):  # root may write into any folder
        with file_system(machine.out, "ro,size=64k") as mounted:
            if not mounted:
                pytest.skip("mounting a small file system is not permitted here")
            yield
    else:
        yield


@contextmanager
def full_disk(machine):
    with file_system(machine.out, "size=64k") as mounted:
        if not mounted:
            pytest.skip("mounting a small file system is not permitted here")
        with pytest.raises(OSError, match="No space"):
            (machine.out / "ballast").write_bytes(bytes(1 << 20))
        yield


def old_torch(machine):
    install(machine, "torch", "2.9.1", torch="__version__ = '2.9.1'")
    return nullcontext()


def slow_cpu(machine):
    machine.slow = True
    return nullcontext()


# The fault, and what the doctor's line begins with, names, and says behind its arrow.
FAULTS = {
    "missing library": (missing_library, "BAD  matplotlib", "missing; needed for the viewer", "pip install"),
    "broken library": (broken_library, "BAD  PIL", "cannot be imported", "--force-reinstall"),
    "two OpenCVs": (two_opencvs, "BAD  opencv", "over each other: opencv-python opencv-python-headless", "uninstall"),
    "bad hash": (bad_hash, "BAD  model", "causal-9", "git checkout"),
    "port in use": (port_in_use, "BAD  port", "in use", "--bind"),
    "no camera": (no_camera, "note  cameras", "none found", "run.py --source FILE"),
    "read-only folder": (read_only_folder, "BAD  folder", "cannot be written", "another --out"),
    "full disk": (full_disk, "BAD  folder", "0.0 GB free", "free some space"),
    "old torch": (old_torch, "BAD  torch", "2.9.1", "pip install"),
    "slow CPU": (slow_cpu, "note  speed", "below 30", "--landmarks lite"),
}
ALONE = "full disk"  # of the two with a folder
WAITING = "slow CPU"  # on which everything else would take ten times as long
CONSEQUENCES = {"broken library": {"BAD  matplotlib"}}  # which needs Pillow
# What a sound installation may be told too: without PyTorch, on a server, on a busy machine.
QUIET = {"note  torch", "note  cameras", "note  window", "note  speed"}


def examined(machine, networks, faults):
    """{"BAD  port": its line} of what is not well."""
    contexts = [FAULTS[fault][0](machine) for fault in faults]
    with nested(contexts):
        code, lines = machine.doctor(networks)
    found = {
        " ".join(line.split()[:2]).replace(" ", "  ", 1): line
        for line in lines
        if line.lstrip()[:4] in ("BAD ", "note")
    }
    assert code == (2 if any(begin.startswith("BAD") for begin in found) else 0)
    return found


@contextmanager
def nested(contexts):
    if not contexts:
        yield
        return
    with contexts[0], nested(contexts[1:]):
        yield


def is_told(fault, found):
    _, begin, named, remedy = FAULTS[fault]
    line = found.get(begin, "")
    return named in line and remedy in line.partition(named)[2]


def test_eight_at_once_and_one_alone(machine, networks, tmp_path, figure):
    at_once = [fault for fault in FAULTS if fault not in (ALONE, WAITING) and (fault != "no camera" or NO_CAMERA)]
    found = examined(machine, networks, at_once)
    told = [fault for fault in at_once if is_told(fault, found)]
    print(*found.values(), sep="\n")
    assert told == at_once

    (tmp_path / "second").mkdir()
    alone = examined(Machine(tmp_path / "second"), networks, [ALONE])
    told += [ALONE] if is_told(ALONE, alone) else []
    print(*alone.values(), sep="\n")
    assert {begin for begin in alone if begin not in QUIET} == {"BAD  folder"}

    figure(f"{len(told)} of {len(at_once) + 1} planted faults are named, each with what to do")
    assert sorted(told) == sorted([*at_once, ALONE])


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_each_by_itself_and_nothing_else(machine, networks, fault, figure):
    if fault == "no camera" and not NO_CAMERA:
        pytest.skip("this machine has a camera")
    found = examined(machine, networks, [fault])
    assert is_told(fault, found), found
    others = {begin for begin in found if begin not in QUIET} - CONSEQUENCES.get(fault, set())
    assert others == {FAULTS[fault][1]} - QUIET
    figure(f"{fault}: named by itself, with what to do, and nothing else is")
