"""Python code, and the program's commands, in a process of their own."""

import os
import subprocess
import sys
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


def _environment(*path: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
