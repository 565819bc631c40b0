"""Python code, and the program's commands, in a process of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.poses import ROOT

Completed = subprocess.CompletedProcess[str]


def run_python(code: str, *first_on_path: Path, flags: tuple[str, ...] = ()) -> Completed:
    """Run `code`, with these folders and the project's on the path; it must leave with 0."""
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        cwd=ROOT,
        env=_environment(*first_on_path, ROOT, ROOT / "tests"),
        capture_output=True,
        text=True,
        check=True,
    )


def run_realtime(*words: object, cwd: Path = ROOT, first_on_path: tuple[Path, ...] = ()) -> Completed:
    """Run `python -m realtime …` in `cwd`, with these folders and the project's on the path, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "realtime", *map(str, words)],
        cwd=cwd,
        env=_environment(*first_on_path, ROOT),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@contextmanager
def realtime_session(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m realtime …` in a session of its own, its words piped; killed with its processes if it lasts longer
    than the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime", *map(str, words)], cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _environment(*path: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
