"""Installations and machines with a fault, for the doctor to find."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from support.poses import ROOT

# Libraries that an installation does without, which the doctor would take time to import.
_OPTIONAL = ("torch", "mediapipe", "onnx", "distributed", "dask", "ezc3d", "scipy", "pillow_heif", "detectron2")


@dataclass
class Machine:
    """A virtual environment whose libraries are links to those of this Python, and a copy of the program in a
    folder of its own; faults are planted by changing them.

    `out`: where recordings go; `address`: where poses are published; `slow`: the processor gives the doctor 9 % of
    its time.
    """

    folder: Path
    out: Path = field(init=False)
    address: str = "tcp://127.0.0.1:*"
    slow: bool = False

    def __post_init__(self) -> None:
        self.out = self.folder / "out"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.folder / "venv"], check=True)
        for entry in Path(np.__file__).parents[1].iterdir():
            if not entry.name.startswith(("_", *_OPTIONAL)) and entry.suffix != ".pth":
                (self.libraries / entry.name).symlink_to(entry)
        shutil.copytree(ROOT / "realtime", self.program / "realtime", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "run.py", self.program)
        (self.program / "model").mkdir()
        for file in (ROOT / "model").iterdir():
            (self.program / "model" / file.name).symlink_to(file)

    @property
    def libraries(self) -> Path:
        """The folder of the installed libraries."""
        (folder,) = self.folder.glob("venv/[lL]ib/**/site-packages")
        return folder

    @property
    def program(self) -> Path:
        """The checkout."""
        return self.folder / "program"

    def own_copy(self, library: str) -> Path:
        """A library's package as files that may be changed."""
        place = self.libraries / library
        origin = place.resolve()
        place.unlink()
        shutil.copytree(origin, place, ignore=shutil.ignore_patterns("__pycache__"))
        return place

    def doctor(self, networks: Path) -> tuple[int, list[str]]:
        """The exit code of `doctor` here, and its lines."""
        words = ["-m", "realtime", "doctor", "--bind", self.address, "--out", str(self.out)]
        with subprocess.Popen(
            [self.folder / "venv" / "bin" / "python", *words],
            cwd=self.program,
            env=os.environ | {"PYTHONPATH": "", "REALTIME_POSE3D_NETWORKS": str(networks)},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if self.slow and line.split()[1:2] == ["window"]:  # the line before the speed
                    slow_down(process)
            return process.wait(), lines


def slow_down(process: subprocess.Popen[str]) -> None:
    """Let it run for 2 ms of every 22 ms, to its end, as a processor does that others keep busy."""
    while process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.020)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.002)


def install(machine: Machine, name: str, version: str, **files: str) -> None:
    """What pip leaves of a package: its metadata, and these files."""
    (machine.libraries / f"{name}-{version}.dist-info").mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (machine.libraries / f"{name}-{version}.dist-info" / "METADATA").write_text(metadata)
    for module, text in files.items():
        (machine.libraries / module).mkdir()
        (machine.libraries / module / "__init__.py").write_text(text)


@contextmanager
def file_system(folder: Path, options: str) -> Iterator[bool]:
    """A small file system in memory at `folder`; False where this user may not mount one."""
    folder.mkdir()
    mount = shutil.which("mount")
    words = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = mount is not None and subprocess.run(words, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
